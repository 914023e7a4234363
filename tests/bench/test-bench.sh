#!/bin/sh
# The bench's arithmetic and tables; the bench itself is packaging/bench.
if ! command -v node >/dev/null 2>&1; then
  echo '1..0 # SKIP no Node.js'
  exit 0
fi
exec node --test-reporter=tap \
  "${YL_SRCDIR:-.}/tests/bench/test-bench.mjs"
