noinst_LTLIBRARIES += src/whip/libyl-whip.la
src_whip_libyl_whip_la_SOURCES = \
  src/whip/reply.c src/whip/reply.h \
  src/whip/request.c src/whip/request.h
src_whip_libyl_whip_la_LIBADD = $(GLIB_LIBS)
EXTRA_DIST += src/whip/PROTOCOL.md
