check_PROGRAMS += \
  tests/sdp/test-sdp-codec \
  tests/sdp/test-sdp-offer \
  tests/sdp/test-sdp-text
EXTRA_DIST += tests/data/sdp
tests_sdp_test_sdp_codec_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
tests_sdp_test_sdp_codec_LDADD = src/sdp/libyl-sdp.la
tests_sdp_test_sdp_offer_CFLAGS = $(AM_CFLAGS) $(GSTSDP_CFLAGS)
tests_sdp_test_sdp_offer_LDADD = src/sdp/libyl-sdp.la
tests_sdp_test_sdp_text_LDADD = src/sdp/libyl-sdp.la
