# A fuzzer is a libFuzzer program under --enable-fuzzing; in every other build
# it replays tests/fuzz/regress/<name>/ as a test. One block each:
#
#   YL_FUZZERS += tests/fuzz/fuzz-name
#   tests_fuzz_fuzz_name_SOURCES = tests/fuzz/fuzz-name.c
#   tests_fuzz_fuzz_name_LDADD = $(YL_FUZZ_ENGINE) src/x/libyl-x.la
YL_FUZZ_ENGINE = tests/fuzz/libreplay.la $(YL_FUZZ_LINK)
check_LTLIBRARIES += tests/fuzz/libreplay.la
tests_fuzz_libreplay_la_SOURCES = tests/fuzz/replay.c
tests_fuzz_libreplay_la_LIBADD = $(GLIB_LIBS)

YL_FUZZERS += tests/fuzz/fuzz-address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz-address.c
tests_fuzz_fuzz_address_LDADD = $(YL_FUZZ_ENGINE) src/base/libyl-base.la

YL_FUZZERS += tests/fuzz/fuzz-request
tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz-request.c
tests_fuzz_fuzz_request_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_fuzz_fuzz_request_LDADD = $(YL_FUZZ_ENGINE) \
  src/signal/libyl-signal.la $(JSON_LIBS)

YL_FUZZERS += tests/fuzz/fuzz-whip
tests_fuzz_fuzz_whip_SOURCES = tests/fuzz/fuzz-whip.c
tests_fuzz_fuzz_whip_LDADD = $(YL_FUZZ_ENGINE) src/whip/libyl-whip.la

YL_FUZZERS += tests/fuzz/fuzz-rtp
tests_fuzz_fuzz_rtp_SOURCES = tests/fuzz/fuzz-rtp.c
tests_fuzz_fuzz_rtp_LDADD = $(YL_FUZZ_ENGINE) src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-rtp-ext
tests_fuzz_fuzz_rtp_ext_SOURCES = tests/fuzz/fuzz-rtp-ext.c
tests_fuzz_fuzz_rtp_ext_LDADD = $(YL_FUZZ_ENGINE) src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-rtp-loss
tests_fuzz_fuzz_rtp_loss_SOURCES = tests/fuzz/fuzz-rtp-loss.c
tests_fuzz_fuzz_rtp_loss_LDADD = $(YL_FUZZ_ENGINE) src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-vp8
tests_fuzz_fuzz_vp8_SOURCES = tests/fuzz/fuzz-vp8.c
tests_fuzz_fuzz_vp8_LDADD = $(YL_FUZZ_ENGINE) src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-h264
tests_fuzz_fuzz_h264_SOURCES = tests/fuzz/fuzz-h264.c
tests_fuzz_fuzz_h264_LDADD = $(YL_FUZZ_ENGINE) src/rtp/libyl-rtp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-rtcp
tests_fuzz_fuzz_rtcp_SOURCES = tests/fuzz/fuzz-rtcp.c
tests_fuzz_fuzz_rtcp_LDADD = $(YL_FUZZ_ENGINE) src/rtcp/libyl-rtcp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-twcc
tests_fuzz_fuzz_twcc_SOURCES = tests/fuzz/fuzz-twcc.c
tests_fuzz_fuzz_twcc_LDADD = $(YL_FUZZ_ENGINE) src/rtcp/libyl-rtcp.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-sdp
tests_fuzz_fuzz_sdp_SOURCES = tests/fuzz/fuzz-sdp.c
tests_fuzz_fuzz_sdp_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
tests_fuzz_fuzz_sdp_LDADD = $(YL_FUZZ_ENGINE) src/sdp/libyl-sdp.la
YL_FUZZERS += tests/fuzz/fuzz-nego
tests_fuzz_fuzz_nego_SOURCES = tests/fuzz/fuzz-nego.c
tests_fuzz_fuzz_nego_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
tests_fuzz_fuzz_nego_LDADD = $(YL_FUZZ_ENGINE) src/nego/libyl-nego.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-stun
tests_fuzz_fuzz_stun_SOURCES = tests/fuzz/fuzz-stun.c
tests_fuzz_fuzz_stun_LDADD = $(YL_FUZZ_ENGINE) \
  tests/support/libicecheck.la src/ice/libyl-ice.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-srtp
tests_fuzz_fuzz_srtp_SOURCES = tests/fuzz/fuzz-srtp.c
tests_fuzz_fuzz_srtp_LDADD = $(YL_FUZZ_ENGINE) src/srtp/libyl-srtp.la
YL_FUZZERS += tests/fuzz/fuzz-dtls
tests_fuzz_fuzz_dtls_SOURCES = tests/fuzz/fuzz-dtls.c
tests_fuzz_fuzz_dtls_LDADD = $(YL_FUZZ_ENGINE) src/dtls/libyl-dtls.la
YL_FUZZERS += tests/fuzz/fuzz-peer
tests_fuzz_fuzz_peer_SOURCES = tests/fuzz/fuzz-peer.c
tests_fuzz_fuzz_peer_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_fuzz_fuzz_peer_LDADD = $(YL_FUZZ_ENGINE) $(YL_PEER_CLIENT_LIBS)

YL_FUZZERS += tests/fuzz/fuzz-sfu
tests_fuzz_fuzz_sfu_SOURCES = tests/fuzz/fuzz-sfu.c \
  tests/sfu/sfu-model.c tests/sfu/sfu-model.h
tests_fuzz_fuzz_sfu_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests \
  -I$(top_srcdir)/tests/sfu
tests_fuzz_fuzz_sfu_LDADD = $(YL_FUZZ_ENGINE) $(YL_SFU_LIBS)
YL_FUZZERS += tests/fuzz/fuzz-passes
tests_fuzz_fuzz_passes_SOURCES = tests/fuzz/fuzz-passes.c
tests_fuzz_fuzz_passes_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_passes_LDADD = $(YL_FUZZ_ENGINE) $(YL_SFU_LIBS)
YL_FUZZERS += tests/fuzz/fuzz-carry
tests_fuzz_fuzz_carry_SOURCES = tests/fuzz/fuzz-carry.c
tests_fuzz_fuzz_carry_LDADD = $(YL_FUZZ_ENGINE) \
  src/worker/libyl-worker.la src/io/libyl-io.la

YL_FUZZERS += tests/fuzz/fuzz-alliance
tests_fuzz_fuzz_alliance_SOURCES = tests/fuzz/fuzz-alliance.c
tests_fuzz_fuzz_alliance_LDADD = $(YL_FUZZ_ENGINE) \
  src/alliance/libyl-alliance.la src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-consult
tests_fuzz_fuzz_consult_SOURCES = tests/fuzz/fuzz-consult.c
tests_fuzz_fuzz_consult_LDADD = $(YL_FUZZ_ENGINE) \
  src/consult/libyl-consult.la src/alliance/libyl-alliance.la \
  src/base/libyl-base.la
YL_FUZZERS += tests/fuzz/fuzz-consult-event
tests_fuzz_fuzz_consult_event_SOURCES = tests/fuzz/fuzz-consult-event.c
tests_fuzz_fuzz_consult_event_LDADD = $(YL_FUZZ_ENGINE) \
  src/consult/libyl-consult.la src/alliance/libyl-alliance.la \
  src/base/libyl-base.la

check_PROGRAMS += $(YL_FUZZERS)
