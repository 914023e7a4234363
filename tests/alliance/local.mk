check_PROGRAMS += \
  tests/alliance/test-load \
  tests/alliance/test-rights \
  tests/alliance/test-route
tests_alliance_test_load_CPPFLAGS = $(AM_CPPFLAGS) \
  -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\"
tests_alliance_test_load_LDADD = src/alliance/libyl-alliance.la \
  src/base/libyl-base.la
tests_alliance_test_rights_LDADD = src/alliance/libyl-alliance.la \
  src/base/libyl-base.la
tests_alliance_test_route_CPPFLAGS = $(AM_CPPFLAGS) \
  -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\"
tests_alliance_test_route_LDADD = src/alliance/libyl-alliance.la \
  src/base/libyl-base.la
