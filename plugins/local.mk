# The elements, for the daemon and the tests.
noinst_LTLIBRARIES += plugins/libyl-plugins.la
plugins_libyl_plugins_la_SOURCES = \
  plugins/packet-meta.c plugins/packet-meta.h \
  plugins/plugin-init.h \
  plugins/plugins.c plugins/plugins.h \
  plugins/router/branch-pad.c plugins/router/branch-pad.h \
  plugins/router/rtp-caps.c plugins/router/rtp-caps.h \
  plugins/router/tap-pad.c plugins/router/tap-pad.h \
  plugins/router/ylrouter.c plugins/router/ylrouter.h \
  plugins/rtcsink/ylrtcsink.c plugins/rtcsink/ylrtcsink.h
plugins_libyl_plugins_la_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
plugins_libyl_plugins_la_LIBADD = $(GST_LIBS)
