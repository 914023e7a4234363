noinst_LTLIBRARIES += src/store/libyl-store.la
src_store_libyl_store_la_SOURCES = \
  src/store/database-accounts.c \
  src/store/database-courses.c \
  src/store/database-events.c \
  src/store/database-read.c \
  src/store/database.c src/store/database.h \
  src/store/journal.c src/store/journal.h \
  src/store/journal-private.h \
  src/store/journal-settle.c \
  src/store/password-pool.c src/store/password-pool.h \
  src/store/sql.c src/store/sql.h \
  src/store/store.c src/store/store.h \
  src/store/store-courses.c \
  src/store/store-jobs.h \
  src/store/store-thread.c src/store/store-thread.h \
  src/store/token.c src/store/token.h
src_store_libyl_store_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) \
  $(SODIUM_CFLAGS)
src_store_libyl_store_la_LIBADD = $(GLIB_LIBS) $(SQLITE_LIBS) $(SODIUM_LIBS)
