check_PROGRAMS += \
  tests/io/test-clock \
  tests/io/test-mailbox \
  tests/io/test-routes \
  tests/io/test-udp \
  tests/io/test-waker
tests_io_test_clock_LDADD = src/io/libyl-io.la src/base/libyl-base.la
tests_io_test_mailbox_LDADD = src/io/libyl-io.la src/base/libyl-base.la
tests_io_test_routes_LDADD = src/io/libyl-io.la src/base/libyl-base.la
tests_io_test_udp_LDADD = src/io/libyl-io.la src/base/libyl-base.la
tests_io_test_waker_LDADD = src/io/libyl-io.la src/base/libyl-base.la
