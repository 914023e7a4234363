# lib.sh: what start and check share; sourced, from the top folder
# shellcheck shell=sh

say () {
  printf '\n==> %s\n' "$*"
}

as_root () {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "need root or sudo to run: $*" >&2
    exit 1
  fi
}

# A tool that is already there in another way (a newer Node.js, say) is not
# installed a second time.
have_package () {
  case $1 in
    nodejs) command -v node >/dev/null 2>&1 && return 0 ;;
    npm) command -v npm >/dev/null 2>&1 && return 0 ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PURPOSE…: installs what is missing, and only that.
need_packages () {
  missing=
  for purpose in "$@"; do
    for package in $(sed -n "s/^$purpose //p" packaging/packages); do
      have_package "$package" || missing="$missing $package"
    done
  done
  [ -n "$missing" ] || return 0
  say "installing Debian packages:$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $missing
}

# bootstrap: makes configure when it is missing or older than its sources
# (a tarball brings it along).
bootstrap () {
  if [ ! -x configure ] || [ configure -ot configure.ac ] \
    || [ ! -f build-aux/tap-driver.sh ]; then
    say "preparing the build system (autoreconf)"
    autoreconf -i
  fi
}

# build_in FOLDER TARGET CONFIGURE-OPTION…
build_in () {
  folder=$1
  target=$2
  shift 2
  mkdir -p "$folder"
  stamp="$folder/.configured-with"
  wanted="$* CC=${CC:-} $(uname -m)"
  if [ ! -f "$folder/Makefile" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "configuring in $folder"
    (cd "$folder" && ../configure -q "$@")
    printf '%s' "$wanted" >"$stamp"
  fi
  say "building in $folder ($target)"
  make -C "$folder" -s -j"$(nproc)" "$target"
}
