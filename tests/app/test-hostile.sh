#!/bin/sh
# Bad input at the media port of a daemon whose consultation goes on.
. "${YL_SRCDIR:-.}/tests/app/with-daemon.sh"
"$build/tests/app/hostile" --host "$host"
