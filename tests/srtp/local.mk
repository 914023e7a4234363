check_LTLIBRARIES += tests/srtp/liboracle.la
tests_srtp_liboracle_la_SOURCES = tests/srtp/oracle.c tests/srtp/oracle.h
tests_srtp_liboracle_la_CFLAGS = $(AM_CFLAGS) $(SRTP_CFLAGS)
tests_srtp_liboracle_la_LIBADD = src/srtp/libyl-srtp.la $(SRTP_LIBS)

check_PROGRAMS += \
  tests/srtp/test-cipher \
  tests/srtp/test-receiver \
  tests/srtp/test-sender \
  tests/srtp/test-srtcp \
  tests/srtp/test-window
tests_srtp_test_cipher_LDADD = src/srtp/libyl-srtp.la
tests_srtp_test_receiver_LDADD = tests/srtp/liboracle.la
tests_srtp_test_sender_LDADD = tests/srtp/liboracle.la
tests_srtp_test_srtcp_LDADD = tests/srtp/liboracle.la
tests_srtp_test_window_LDADD = src/base/libyl-base.la
