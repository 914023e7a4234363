YL_SIGNAL_TEST_LIBS = src/signal/libyl-signal.la src/consult/libyl-consult.la \
  src/alliance/libyl-alliance.la src/base/libyl-base.la $(JSON_LIBS)

check_PROGRAMS += \
  tests/signal/test-message \
  tests/signal/test-protocol \
  tests/signal/test-scan \
  tests/signal/test-view
tests_signal_test_message_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_signal_test_message_LDADD = $(YL_SIGNAL_TEST_LIBS)
tests_signal_test_protocol_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_signal_test_protocol_LDADD = $(YL_SIGNAL_TEST_LIBS)
tests_signal_test_scan_LDADD = $(YL_SIGNAL_TEST_LIBS)
tests_signal_test_view_CPPFLAGS = $(AM_CPPFLAGS) \
  -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\"
tests_signal_test_view_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_signal_test_view_LDADD = $(YL_SIGNAL_TEST_LIBS)
