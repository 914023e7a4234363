#!/bin/sh
# Compiles every header by itself: none may rely on what came before it.
set -eu
cd "${YL_SRCDIR:-$(dirname "$0")/..}"
if [ -z "${YL_CC:-}" ]; then
  echo "1..0 # SKIP run by make check, which knows the compiler"
  exit 0
fi
headers=$(find src plugins -name '*.h' | sort)
echo "1..$(echo "$headers" | wc -l)"
n=0
for header in $headers; do
  n=$((n + 1))
  if out=$(printf '#include "%s"\n' "${header#*/}" \
    | $YL_CC -x c -fsyntax-only $YL_CPPFLAGS -Wall -Werror - 2>&1); then
    echo "ok $n - $header"
  else
    echo "not ok $n - $header"
    echo "$out" | sed 's/^/# /'
  fi
done
