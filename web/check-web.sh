#!/bin/sh
# The page's own tests as TAP, one point a test.
tests=${YL_BUILDDIR:-.}/web-work/tests.mjs
if ! command -v node >/dev/null 2>&1; then
  echo "1..0 # SKIP node is not installed"
elif ! test -f "$tests"; then
  echo "1..0 # SKIP the page was not built here"
else
  exec node --test-reporter=tap "$tests"
fi
