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
  tests/app/test-placement \
  tests/app/test-throttle
tests_app_test_config_LDADD = $(YL_APP_LIBS)
tests_app_test_placement_LDADD = $(YL_APP_LIBS)
tests_app_test_throttle_LDADD = $(YL_APP_LIBS)

check_PROGRAMS += tests/app/test-daemon
tests_app_test_daemon_SOURCES = tests/app/test-daemon.c \
  tests/app/daemon-process.c tests/app/daemon-process.h \
  tests/server/scenario.c tests/server/scenario.h
tests_app_test_daemon_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(SQLITE_CFLAGS)
tests_app_test_daemon_LDADD = $(YL_APP_LIBS)
EXTRA_tests_app_test_daemon_DEPENDENCIES = src/app/yiliand

check_PROGRAMS += tests/app/test-accounts
tests_app_test_accounts_SOURCES = tests/app/test-accounts.c \
  tests/store/fault-vfs.c tests/store/fault-vfs.h
tests_app_test_accounts_CPPFLAGS = $(store_test_cppflags)
tests_app_test_accounts_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(SQLITE_CFLAGS)
tests_app_test_accounts_LDADD = $(YL_APP_LIBS) $(SQLITE_LIBS)

check_PROGRAMS += tests/app/test-media
tests_app_test_media_SOURCES = tests/app/test-media.c \
  tests/store/fault-vfs.c tests/store/fault-vfs.h
tests_app_test_media_CPPFLAGS = $(store_test_cppflags)
tests_app_test_media_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(SQLITE_CFLAGS)
tests_app_test_media_LDADD = $(YL_APP_LIBS) $(SQLITE_LIBS)

check_PROGRAMS += tests/app/test-rights
tests_app_test_rights_SOURCES = tests/app/test-rights.c \
  tests/app/daemon-process.c tests/app/daemon-process.h \
  tests/server/scenario.c tests/server/scenario.h
tests_app_test_rights_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_app_test_rights_LDADD = $(YL_APP_LIBS)
EXTRA_tests_app_test_rights_DEPENDENCIES = src/app/yiliand

check_PROGRAMS += tests/app/test-workers
tests_app_test_workers_SOURCES = tests/app/test-workers.c \
  tests/app/course-people.c tests/app/course-people.h \
  tests/app/daemon-process.c tests/app/daemon-process.h \
  tests/server/scenario.c tests/server/scenario.h
tests_app_test_workers_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_app_test_workers_LDADD = tests/support/libclient.la $(YL_APP_LIBS)
EXTRA_tests_app_test_workers_DEPENDENCIES = src/app/yiliand src/app/yilianctl

check_PROGRAMS += tests/app/test-courses
tests_app_test_courses_SOURCES = tests/app/test-courses.c \
  tests/app/course-people.c tests/app/course-people.h \
  tests/app/daemon-process.c tests/app/daemon-process.h \
  tests/server/scenario.c tests/server/scenario.h
tests_app_test_courses_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_app_test_courses_LDADD = tests/support/libclient.la $(YL_APP_LIBS)
EXTRA_tests_app_test_courses_DEPENDENCIES = src/app/yiliand src/app/yilianctl

check_PROGRAMS += tests/app/test-rooms
tests_app_test_rooms_LDADD = $(YL_APP_LIBS)
