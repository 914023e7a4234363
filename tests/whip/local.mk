YL_WHIP_TEST_LIBS = src/whip/libyl-whip.la

check_PROGRAMS += tests/whip/test-protocol tests/whip/test-reply \
  tests/whip/test-request
tests_whip_test_protocol_LDADD = $(YL_WHIP_TEST_LIBS)
tests_whip_test_reply_LDADD = $(YL_WHIP_TEST_LIBS)
tests_whip_test_request_LDADD = $(YL_WHIP_TEST_LIBS)
