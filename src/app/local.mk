# Everything but main(), so that tests can link the parts.
noinst_LTLIBRARIES += src/app/libyl-app.la
src_app_libyl_app_la_SOURCES = \
  src/app/accounts.c src/app/accounts.h \
  src/app/calls.c \
  src/app/config.c src/app/config.h \
  src/app/courses.c src/app/courses.h src/app/courses-private.h \
  src/app/courses-clients.c \
  src/app/daemon.c src/app/daemon.h src/app/daemon-private.h \
  src/app/daemon-certificate.c \
  src/app/daemon-signals.c \
  src/app/demo.c src/app/demo.h \
  src/app/desk.c src/app/desk.h src/app/desk-private.h \
  src/app/desk-push.c \
  src/app/lanes.c src/app/lanes.h \
  src/app/media.c src/app/media.h src/app/media-private.h \
  src/app/media-events.c \
  src/app/metrics.c src/app/metrics.h \
  src/app/nodes.c \
  src/app/paths.c src/app/paths.h \
  src/app/placement.c src/app/placement.h \
  src/app/plane.c src/app/plane.h \
  src/app/rooms.c src/app/rooms.h src/app/rooms-private.h \
  src/app/rooms-place.c \
  src/app/throttle.c src/app/throttle.h
src_app_libyl_app_la_CPPFLAGS = $(AM_CPPFLAGS) \
  -DYL_PKGDATADIR=\"$(pkgdatadir)\"
src_app_libyl_app_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(GST_CFLAGS) \
  $(SYSTEMD_CFLAGS)
src_app_libyl_app_la_LIBADD = $(GLIB_LIBS)

# What it stands on, in the order the linker wants.
YL_APP_LIBS = src/app/libyl-app.la src/server/libyl-server.la \
  src/whip/libyl-whip.la \
  src/signal/libyl-signal.la src/store/libyl-store.la \
  src/consult/libyl-consult.la src/alliance/libyl-alliance.la \
  src/pipeline/libyl-pipeline.la src/nego/libyl-nego.la src/sdp/libyl-sdp.la \
  $(YL_MEDIA_LIBS) $(SYSTEMD_LIBS) $(JSON_LIBS) $(GST_LIBS)

bin_PROGRAMS += src/app/yiliand
src_app_yiliand_SOURCES = src/app/main.c
src_app_yiliand_LDADD = $(YL_APP_LIBS)
