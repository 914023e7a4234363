check_PROGRAMS += \
  tests/rtp/test-h264 \
  tests/rtp/test-history \
  tests/rtp/test-loss \
  tests/rtp/test-receive-stats \
  tests/rtp/test-resend-damper \
  tests/rtp/test-rtp-ext \
  tests/rtp/test-rtp-view \
  tests/rtp/test-rtx \
  tests/rtp/test-vp8
EXTRA_DIST += tests/rtp/rtp-fixture.h
yl_rtp_test_libs = src/rtp/libyl-rtp.la src/base/libyl-base.la
tests_rtp_test_h264_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_history_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_loss_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_receive_stats_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_resend_damper_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_rtp_ext_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_rtp_view_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_rtx_LDADD = $(yl_rtp_test_libs)
tests_rtp_test_vp8_LDADD = $(yl_rtp_test_libs)
