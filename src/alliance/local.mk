noinst_LTLIBRARIES += src/alliance/libyl-alliance.la
src_alliance_libyl_alliance_la_SOURCES = \
  src/alliance/alliance.c src/alliance/alliance.h \
  src/alliance/duty.c \
  src/alliance/load.c \
  src/alliance/loader.c src/alliance/loader.h \
  src/alliance/rights.c src/alliance/rights.h \
  src/alliance/route.c \
  src/alliance/snapshot.h \
  src/alliance/words.c
src_alliance_libyl_alliance_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
src_alliance_libyl_alliance_la_LIBADD = $(GLIB_LIBS) $(JSON_LIBS)
