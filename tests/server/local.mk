YL_SERVER_TEST_LIBS = src/server/libyl-server.la src/base/libyl-base.la

check_PROGRAMS += \
  tests/server/test-admission \
  tests/server/test-certificate \
  tests/server/test-headers \
  tests/server/test-listener \
  tests/server/test-server \
  tests/server/test-whip
tests_server_test_admission_LDADD = $(YL_SERVER_TEST_LIBS)
tests_server_test_certificate_LDADD = $(YL_SERVER_TEST_LIBS)
tests_server_test_headers_LDADD = $(YL_SERVER_TEST_LIBS)
tests_server_test_listener_LDADD = $(YL_SERVER_TEST_LIBS)
tests_server_test_server_SOURCES = tests/server/test-server.c \
  tests/server/scenario.c tests/server/scenario.h
tests_server_test_server_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_server_test_server_LDADD = $(YL_SERVER_TEST_LIBS) $(OPENSSL_LIBS)
tests_server_test_whip_SOURCES = tests/server/test-whip.c \
  tests/server/scenario.c tests/server/scenario.h
tests_server_test_whip_LDADD = $(YL_SERVER_TEST_LIBS)
