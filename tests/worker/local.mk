check_PROGRAMS += tests/worker/test-worker
tests_worker_test_worker_SOURCES = tests/worker/test-worker.c \
  tests/worker/worker-rig.c tests/worker/worker-rig.h
tests_worker_test_worker_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_worker_test_worker_LDADD = src/worker/libyl-worker.la \
  src/egress/libyl-egress.la src/sfu/libyl-sfu.la src/io/libyl-io.la \
  $(YL_PEER_CLIENT_LIBS)
