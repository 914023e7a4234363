# The measurement as a whole, packaging/bench: never part of `make check`,
# which tests its arithmetic.
dist_check_SCRIPTS += tests/bench/test-bench.sh
EXTRA_DIST += \
  packaging/bench \
  tests/bench/bench.mjs \
  tests/bench/goals.mjs \
  tests/bench/machine.mjs \
  tests/bench/picture.mjs \
  tests/bench/plan.mjs \
  tests/bench/runner.mjs \
  tests/bench/stats.mjs \
  tests/bench/table.mjs \
  tests/bench/test-bench.mjs

# What the last published measurement left; there may be none.
EXTRA_DIST += $(wildcard $(srcdir)/doc/bench.json $(srcdir)/doc/bench.svg)
