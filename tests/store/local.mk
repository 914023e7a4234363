check_PROGRAMS += \
  tests/store/test-database \
  tests/store/test-journal \
  tests/store/test-password-pool \
  tests/store/test-store \
  tests/store/test-token
store_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/consult \
  -I$(top_srcdir)/tests/store -DYL_TOP_SRCDIR=\"$(abs_top_srcdir)\"
store_test_libs = src/store/libyl-store.la src/consult/libyl-consult.la \
  src/alliance/libyl-alliance.la src/base/libyl-base.la $(SQLITE_LIBS)
tests_store_test_database_SOURCES = tests/store/test-database.c \
  tests/store/folder.h
tests_store_test_database_CPPFLAGS = $(store_test_cppflags)
tests_store_test_database_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_database_LDADD = $(store_test_libs)
tests_store_test_journal_SOURCES = tests/store/test-journal.c \
  tests/store/fault-vfs.c tests/store/fault-vfs.h
tests_store_test_journal_CPPFLAGS = $(store_test_cppflags)
tests_store_test_journal_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_store_test_journal_LDADD = $(store_test_libs)
tests_store_test_password_pool_LDADD = $(store_test_libs)
tests_store_test_store_CPPFLAGS = $(store_test_cppflags)
tests_store_test_store_LDADD = $(store_test_libs)
tests_store_test_token_LDADD = $(store_test_libs)
