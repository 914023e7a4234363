# Against a running daemon: by hand, and in a short form by packaging/check.
noinst_PROGRAMS += tests/app/cycles tests/app/hostile
YL_DRIVER_LIBS = tests/support/libdriver.la tests/support/libclient.la \
  $(YL_MEDIA_LIBS) $(JSON_LIBS)
tests_app_cycles_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_app_cycles_LDADD = $(YL_DRIVER_LIBS)
tests_app_hostile_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_app_hostile_LDADD = $(YL_DRIVER_LIBS)
dist_check_SCRIPTS += tests/app/test-cycles.sh tests/app/test-hostile.sh
EXTRA_DIST += tests/app/with-daemon.sh

check_PROGRAMS += \
  tests/app/test-config \
  tests/app/test-throttle
tests_app_test_config_LDADD = $(YL_APP_LIBS)
tests_app_test_throttle_LDADD = $(YL_APP_LIBS)
