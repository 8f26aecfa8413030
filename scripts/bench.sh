#!/bin/sh
# Builds the benchmarks in the release preset and runs them: how long a decision takes, whole and phase by phase.
#
#   scripts/bench.sh [OPTION...]
#
#   Options are Google Benchmark's own, such as --benchmark_filter=judge/agent
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

case ${1-} in -h | --help) usage && exit 0 ;; esac

"$root/scripts/setup.sh" --bench
build release weir_bench
exec "$root/build/release/tests/bench/weir_bench" "$@"
