# A worker on loopback with browsers; tests/plugins uses it as well.
check_LTLIBRARIES += tests/worker/libworkerrig.la
tests_worker_libworkerrig_la_SOURCES = \
  tests/worker/worker-rig.c tests/worker/worker-rig.h
tests_worker_libworkerrig_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
YL_WORKER_RIG_LIBS = tests/worker/libworkerrig.la \
  tests/peer/libpeerclient.la tests/support/libicecheck.la

YL_WORKER_TEST_LIBS = $(YL_WORKER_RIG_LIBS) src/worker/libyl-worker.la \
  src/egress/libyl-egress.la src/sfu/libyl-sfu.la src/io/libyl-io.la \
  $(YL_PEER_LIBS)

check_PROGRAMS += \
  tests/worker/test-batches \
  tests/worker/test-carry \
  tests/worker/test-flood \
  tests/worker/test-memory \
  tests/worker/test-paths \
  tests/worker/test-threads \
  tests/worker/test-worker
tests_worker_test_batches_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_threads_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_threads_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_worker_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_worker_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_carry_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_carry_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_flood_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_flood_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_paths_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_paths_LDADD = $(YL_WORKER_TEST_LIBS)
tests_worker_test_memory_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_memory_LDADD = $(YL_WORKER_TEST_LIBS)
