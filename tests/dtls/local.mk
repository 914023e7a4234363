check_PROGRAMS += \
  tests/dtls/test-certificate \
  tests/dtls/test-dtls \
  tests/dtls/test-record-keys
tests_dtls_test_certificate_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_dtls_test_certificate_LDADD = src/dtls/libyl-dtls.la
tests_dtls_test_dtls_SOURCES = tests/dtls/test-dtls.c \
  tests/dtls/link.c tests/dtls/link.h
tests_dtls_test_dtls_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_dtls_test_dtls_LDADD = src/dtls/libyl-dtls.la
tests_dtls_test_record_keys_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_dtls_test_record_keys_LDADD = src/dtls/libyl-dtls.la
