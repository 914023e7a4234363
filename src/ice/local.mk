noinst_LTLIBRARIES += src/ice/libyl-ice.la
src_ice_libyl_ice_la_SOURCES = \
  src/ice/agent.c src/ice/agent.h \
  src/ice/ice.c src/ice/ice.h \
  src/ice/peek.c
src_ice_libyl_ice_la_CFLAGS = $(AM_CFLAGS) $(NICE_CFLAGS)
src_ice_libyl_ice_la_LIBADD = $(NICE_LIBS) $(GLIB_LIBS)
