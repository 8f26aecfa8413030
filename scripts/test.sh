#!/bin/sh
# Installs what is missing, builds the debug preset (AddressSanitizer and UndefinedBehaviorSanitizer) and runs every
# test. Ends with ctest's summary and its exit status.
#
#   scripts/test.sh [--filter REGEX] [--preset NAME]
#
#   --filter REGEX  only tests whose name matches: 'dialect/', 'a_second_model_key'
#   --preset NAME   debug (default), ci, tsan or coverage; see CMakePresets.json
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

preset=debug filter=
while [ $# -gt 0 ]; do
    case $1 in
        --filter | --preset)
            [ $# -ge 2 ] || die 64 "$1 needs a value; see scripts/test.sh --help."
            if [ "$1" = --filter ]; then filter=$2; else preset=$2; fi
            shift
            ;;
        -h | --help) usage && exit 0 ;;
        *) die 64 "unknown option $1; see scripts/test.sh --help." ;;
    esac
    shift
done

"$root/scripts/setup.sh" --tests
build "$preset"
cd "$root"
set -- --preset "$preset" --parallel "$(nproc)" --output-on-failure --no-tests=error
if [ -n "$filter" ]; then set -- "$@" --tests-regex "$filter"; fi
exec ctest "$@"
