#!/bin/sh
# Measures the shipped policy and its scores on labelled requests, with whole families of sources left out while
# fitting, and writes the tables into docs/routing.md. Run it again after a change of policies, features or weights.
#
#   scripts/evaluate.sh --data FILE [--print]
#
#   --data FILE  lines {"source","request","label","tags"}, as `weir evaluate` takes them
#   --print      prints the tables and leaves the page alone
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

print=0 data=
while [ $# -gt 0 ]; do
    case $1 in
        --data)
            [ $# -ge 2 ] || die 64 "--data needs a file; see scripts/evaluate.sh --help."
            data=$2
            shift
            ;;
        --print) print=1 ;;
        -h | --help) usage && exit 0 ;;
        *) die 64 "unknown option $1; see scripts/evaluate.sh --help." ;;
    esac
    shift
done
[ -r "$data" ] || die 64 "--data must name a file that can be read; see scripts/evaluate.sh --help."

"$root/scripts/setup.sh"
build release weir
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
"$root/build/release/weir" evaluate --config "$root/config/weir.yaml" --data "$data" --holdout-by family \
    --format markdown --tables scorers,risk_coverage,reasons,slices >"$tables" || die 1 "see the message above."
if [ "$print" = 1 ]; then
    cat "$tables"
    exit 0
fi
put_between "$root/docs/routing.md" evaluate "$tables"
say "docs/routing.md has the tables of the evaluation."
