# The load program: the same traffic to any of the servers. Each target adds
# its files here and its name in targets.c.
check_LTLIBRARIES += tests/bench/libload.la
tests_bench_libload_la_SOURCES = \
  tests/bench/connection.c tests/bench/connection.h \
  tests/bench/connection-receive.c \
  tests/bench/connection-report.c \
  tests/bench/connection-send.c \
  tests/bench/drops.c tests/bench/drops.h \
  tests/bench/flood.c tests/bench/flood.h \
  tests/bench/histogram.c tests/bench/histogram.h \
  tests/bench/http.c tests/bench/http.h \
  tests/bench/meter.c tests/bench/meter.h \
  tests/bench/own-address.c tests/bench/own-address.h \
  tests/bench/report.c tests/bench/report.h \
  tests/bench/run.c tests/bench/run.h \
  tests/bench/run-flood.c tests/bench/run-flood.h \
  tests/bench/scenario.c \
  tests/bench/scratch.c tests/bench/scratch.h \
  tests/bench/sdp.c tests/bench/sdp.h \
  tests/bench/stream.c tests/bench/stream.h \
  tests/bench/swarm.c tests/bench/swarm.h \
  tests/bench/target.c tests/bench/target.h \
  tests/bench/targets.c tests/bench/targets.h \
  tests/bench/wake.c tests/bench/wake.h \
  tests/bench/yilian-rooms.c tests/bench/yilian-rooms.h \
  tests/bench/yilian-site.c tests/bench/yilian-site.h \
  tests/bench/yilian-target.c
tests_bench_libload_la_SOURCES += \
  tests/bench/janus-target.c \
  tests/bench/raw-target.c
tests_bench_libload_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_libload_la_LIBADD = tests/bench/libjanus.la
YL_LOAD_LIBS = tests/bench/libload.la tests/bench/libjanus.la \
  $(YL_DRIVER_LIBS)

noinst_PROGRAMS += tests/bench/load
tests_bench_load_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_load_LDADD = $(YL_LOAD_LIBS)

check_PROGRAMS += tests/bench/test-drops tests/bench/test-load \
  tests/bench/test-stream tests/bench/test-swarm
tests_bench_test_drops_LDADD = $(YL_LOAD_LIBS)
tests_bench_test_load_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_test_load_LDADD = $(YL_LOAD_LIBS)
EXTRA_tests_bench_test_load_DEPENDENCIES = tests/bench/load \
  src/app/yiliand src/app/yilianctl
tests_bench_test_stream_LDADD = $(YL_LOAD_LIBS)
tests_bench_test_swarm_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_test_swarm_LDADD = $(YL_LOAD_LIBS)

# The floor: the same bytes and nothing else.
noinst_PROGRAMS += tests/bench/raw-limit
tests_bench_raw_limit_SOURCES = \
  tests/bench/raw-crypto.c tests/bench/raw-crypto.h \
  tests/bench/raw-egress.c tests/bench/raw-egress.h \
  tests/bench/raw-forward.c tests/bench/raw-forward.h \
  tests/bench/raw-limit.c \
  tests/bench/raw-table.c tests/bench/raw-table.h
tests_bench_raw_limit_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_bench_raw_limit_LDADD = $(OPENSSL_LIBS) $(IPSEC_MB_LIBS)

check_PROGRAMS += tests/bench/test-raw-limit
tests_bench_test_raw_limit_LDADD = src/srtp/libyl-srtp.la \
  src/rtp/libyl-rtp.la src/base/libyl-base.la $(GLIB_LIBS)
EXTRA_tests_bench_test_raw_limit_DEPENDENCIES = tests/bench/raw-limit
