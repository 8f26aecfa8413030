#!/bin/sh
# Installs the Debian packages that weir is built with, and nothing else. Says what it installs; does nothing when
# all of them are there.
#
#   scripts/setup.sh           what the program needs
#   scripts/setup.sh --tests   and what scripts/test.sh needs
#   scripts/setup.sh --bench   what the program and scripts/bench.sh need
#   scripts/setup.sh --checks  and what .ci/run needs: client tests, coverage, format, static analysis
#   scripts/setup.sh --list    prints the names instead of installing
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

tests=0 checks=0 bench=0 list=0
while [ $# -gt 0 ]; do
    case $1 in
        --tests) tests=1 ;;
        --bench) bench=1 ;;
        --checks) tests=1 checks=1 bench=1 ;;
        --list) list=1 ;;
        -h | --help) usage && exit 0 ;;
        *) die 64 "unknown option $1; see scripts/setup.sh --help." ;;
    esac
    shift
done

# llvm-19 has llvm-ar, without which archives of ThinLTO objects have no index.
packages="ca-certificates clang-19 lld-19 llvm-19 cmake ninja-build
    libboost1.81-dev libssl-dev libsqlite3-dev libsimdjson-dev nlohmann-json3-dev libspdlog-dev libyaml-cpp-dev
    libcli11-dev libvalijson-dev zlib1g-dev"
# A name before a colon is a command: where it is found, however it was installed, the package is not asked for.
packages="$packages curl:curl"
if [ "$tests" = 1 ]; then packages="$packages libclang-rt-19-dev libgtest-dev libgmock-dev"; fi
if [ "$bench" = 1 ]; then packages="$packages libbenchmark-dev"; fi
if [ "$checks" = 1 ]; then
    packages="$packages clang-format-19 clang-tidy-19 shellcheck:shellcheck python3 python3-venv python3-yaml
        node:nodejs npm:npm"
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=
for entry in $packages; do
    name=${entry#*:}
    if [ "$list" = 1 ]; then
        echo "$name"
    elif [ "$name" != "$entry" ] && command -v "${entry%%:*}" >/dev/null 2>&1; then
        continue
    elif ! command -v dpkg-query >/dev/null 2>&1 || ! installed "$name"; then
        missing="$missing $name"
    fi
done
if [ -z "$missing" ]; then exit 0; fi

command -v apt-get >/dev/null 2>&1 ||
    die 1 "this is no Debian system (there is no apt-get). Install the counterparts of these packages by hand:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
        die 1 "packages are missing and there is no sudo. Run as root: apt-get install --no-install-recommends$missing"
    as_root=sudo
fi

say "Installing Debian packages:$missing"
apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >&2; }
fetch_lists() {
    apt update -qq || say "Some package sources could not be read; going on with the others."
}
# shellcheck disable=SC2086  # the names are words of a list
install_missing() { apt install -y -qq --no-install-recommends $missing; }

if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' 2>/dev/null | head -n 1)" ]; then fetch_lists; fi
install_missing || {
    say "Fetching new package lists and trying once more."
    fetch_lists
    install_missing || die 1 "apt-get could not install the packages above. Debian 12 (bookworm) or newer is needed."
}
