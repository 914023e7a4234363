# What the packet path alone costs; made on request, run by hand.
EXTRA_PROGRAMS += tests/bench/path
tests_bench_path_LDADD = $(YL_CALL_LIBS)
