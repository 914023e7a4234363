# A demo daemon of its own on ports of the kernel's choice; to be sourced.
# Sets $host (of HTTP), $pid and $dir; all are gone when the script ends.
set -eu
build=${YL_BUILDDIR:-build}
dir=$(mktemp -d)
pid=

stop_daemon () {
  if [ -n "$pid" ]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" || echo "# the daemon ended with $?"
  fi
  rm -rf "$dir"
}
trap stop_daemon EXIT

GST_REGISTRY=$dir/registry "$build/src/app/yiliand" --demo --data "$dir/data" \
  --set server.http=127.0.0.1:0 --set server.https= --set server.metrics= \
  --set media.port=0 --ports-file "$dir/ports" >"$dir/log" 2>&1 &
pid=$!

waited=0
until [ -s "$dir/ports" ]; do
  if [ $waited -ge 600 ] || ! kill -0 "$pid" 2>/dev/null; then
    sed 's/^/# /' "$dir/log"
    echo "Bail out! the daemon does not start"
    exit 1
  fi
  sleep 0.1
  waited=$((waited + 1))
done
host=127.0.0.1:$(sed -n 's/^http=//p' "$dir/ports")
