check_PROGRAMS += \
  tests/consult/test-answers \
  tests/consult/test-decide \
  tests/consult/test-event-json \
  tests/consult/test-model
consult_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/consult \
  -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\"
consult_test_libs = src/consult/libyl-consult.la \
  src/alliance/libyl-alliance.la src/base/libyl-base.la
tests_consult_test_answers_LDADD = $(consult_test_libs)
tests_consult_test_decide_SOURCES = tests/consult/test-decide.c \
  tests/consult/fixture.h
tests_consult_test_decide_CPPFLAGS = $(consult_test_cppflags)
tests_consult_test_decide_LDADD = $(consult_test_libs)
tests_consult_test_event_json_CPPFLAGS = $(consult_test_cppflags)
tests_consult_test_event_json_LDADD = $(consult_test_libs)
tests_consult_test_model_CPPFLAGS = $(consult_test_cppflags)
tests_consult_test_model_LDADD = $(consult_test_libs)
