#!/bin/sh
# Runs the simulated month and writes its tables into docs/routing.md. The same sources give the same tables; run it
# again after a change of policies, prices or the router.
#
#   scripts/month.sh [--print]
#
#   --print  prints the tables and leaves the page alone
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

print=0
while [ $# -gt 0 ]; do
    case $1 in
        --print) print=1 ;;
        -h | --help) usage && exit 0 ;;
        *) die 64 "unknown option $1; see scripts/month.sh --help." ;;
    esac
    shift
done

"$root/scripts/setup.sh"
build release weir_month
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
"$root/build/release/tests/month/weir_month" "$root/config" >"$tables" || die 1 "the month could not be run; see above."
if [ "$print" = 1 ]; then
    cat "$tables"
    exit 0
fi
put_between "$root/docs/routing.md" month "$tables"
say "docs/routing.md has the tables of the month."
