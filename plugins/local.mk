# The elements, for the daemon and the tests.
noinst_LTLIBRARIES += plugins/libyl-plugins.la
plugins_libyl_plugins_la_SOURCES = \
  plugins/packet-meta.c plugins/packet-meta.h \
  plugins/packet-pool.c plugins/packet-pool.h \
  plugins/plugin-init.h \
  plugins/plugins.c plugins/plugins.h \
  plugins/router/fan-out.c plugins/router/fan-out.h \
  plugins/router/branch-pad.c plugins/router/branch-pad.h \
  plugins/router/pad-properties.c plugins/router/pad-properties.h \
  plugins/router/rtp-caps.c plugins/router/rtp-caps.h \
  plugins/router/tap-pad.c plugins/router/tap-pad.h \
  plugins/router/ylrouter.c plugins/router/ylrouter.h \
  plugins/rtcsink/ylrtcsink.c plugins/rtcsink/ylrtcsink.h \
  plugins/rtcsrc/track-pad.c plugins/rtcsrc/track-pad.h \
  plugins/rtcsrc/ylrtcsrc.c plugins/rtcsrc/ylrtcsrc.h
# The types of our own pads are known; each check would be a lookup a packet.
plugins_libyl_plugins_la_CPPFLAGS = $(AM_CPPFLAGS) -DG_DISABLE_CAST_CHECKS
plugins_libyl_plugins_la_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
plugins_libyl_plugins_la_LIBADD = $(GST_LIBS)

# What the elements stand on, in the order the linker wants.
YL_MEDIA_LIBS = plugins/libyl-plugins.la src/worker/libyl-worker.la \
  src/peer/libyl-peer.la src/egress/libyl-egress.la src/sfu/libyl-sfu.la \
  src/nego/libyl-nego.la src/ice/libyl-ice.la \
  src/dtls/libyl-dtls.la src/srtp/libyl-srtp.la src/rtcp/libyl-rtcp.la \
  src/rtp/libyl-rtp.la src/io/libyl-io.la src/base/libyl-base.la

# The same as a plug-in file: gst-inspect-1.0 yilian.
gstpluginsdir = $(GST_PLUGINS_DIR)
gstplugins_LTLIBRARIES = plugins/libgstyilian.la
plugins_libgstyilian_la_SOURCES = plugins/plugin.c
plugins_libgstyilian_la_CFLAGS = $(AM_CFLAGS) $(GST_CFLAGS)
plugins_libgstyilian_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version \
  -export-symbols-regex '^gst_plugin_'
plugins_libgstyilian_la_LIBADD = $(YL_MEDIA_LIBS) $(GST_LIBS)
