#!/bin/sh
# A short form of cycles: what a daemon holds must not grow by consultations.
. "${YL_SRCDIR:-.}/tests/app/with-daemon.sh"
# Sanitizers keep what was freed, so only descriptors and threads count then.
growth=10
! grep -q -e --enable-sanitizer "$build/config.log" || growth=1000
"$build/tests/app/cycles" --host "$host" --pid "$pid" --cycles 25 \
  --settle 10 --growth $growth
