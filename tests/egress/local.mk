YL_EGRESS_LIBS = src/egress/libyl-egress.la src/sfu/libyl-sfu.la \
  src/srtp/libyl-srtp.la src/rtp/libyl-rtp.la src/base/libyl-base.la
check_PROGRAMS += \
  tests/egress/test-egress \
  tests/egress/test-kept
tests_egress_test_egress_LDADD = $(YL_EGRESS_LIBS)
tests_egress_test_kept_LDADD = $(YL_EGRESS_LIBS)
check_PROGRAMS += tests/egress/test-allocations
tests_egress_test_allocations_LDADD = tests/support/liballocations.la \
  $(YL_EGRESS_LIBS)
