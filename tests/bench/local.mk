# The load program: the same traffic to any of the servers. Each target adds
# its files here and its name in targets.c.
noinst_PROGRAMS += tests/bench/load
tests_bench_load_SOURCES = \
  tests/bench/flood.c tests/bench/flood.h \
  tests/bench/load.c \
  tests/bench/sdp.c tests/bench/sdp.h \
  tests/bench/target.c tests/bench/target.h \
  tests/bench/targets.c tests/bench/targets.h
tests_bench_load_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_bench_load_LDADD = $(YL_DRIVER_LIBS)
