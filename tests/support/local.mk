# For the tests of src/ice as well, so it needs base only.
check_LTLIBRARIES += tests/support/libicecheck.la
tests_support_libicecheck_la_SOURCES = \
  tests/support/ice-check.c tests/support/ice-check.h
tests_support_libicecheck_la_LIBADD = $(GLIB_LIBS)
