check_PROGRAMS += \
  tests/ice/test-ice \
  tests/ice/test-peek
tests_ice_test_ice_LDADD = tests/support/libicecheck.la src/ice/libyl-ice.la \
  src/base/libyl-base.la
tests_ice_test_peek_LDADD = tests/support/libicecheck.la src/ice/libyl-ice.la \
  src/base/libyl-base.la
