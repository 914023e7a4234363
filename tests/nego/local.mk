check_PROGRAMS += \
  tests/nego/test-nego \
  tests/nego/test-numbers \
  tests/nego/test-peer-config
tests_nego_test_nego_SOURCES = tests/nego/test-nego.c tests/nego/support.h
tests_nego_test_nego_LDADD = src/nego/libyl-nego.la \
  src/base/libyl-base.la
tests_nego_test_numbers_LDADD = src/nego/libyl-nego.la \
  src/base/libyl-base.la
tests_nego_test_peer_config_LDADD = src/nego/libyl-nego.la \
  src/base/libyl-base.la
