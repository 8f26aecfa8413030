#!/bin/sh
# Runs the simulated month and writes its tables into docs/routing.md, between the two marks. The same sources give
# the same tables; run it again after a change of policies, prices or the router.
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

page=$root/docs/routing.md
begin='<!-- table: month -->' end='<!-- end: month -->'
for mark in "$begin" "$end"; do
    [ "$(grep -cxF "$mark" "$page")" = 1 ] || die 1 "$page needs one line \"$mark\"."
done

"$root/scripts/setup.sh"
build release weir_month
tables=$(mktemp) new=$(mktemp)
trap 'rm -f "$tables" "$new"' EXIT
"$root/build/release/tests/month/weir_month" "$root/config" >"$tables" || die 1 "the month could not be run; see above."
if [ "$print" = 1 ]; then
    cat "$tables"
    exit 0
fi
awk -v begin="$begin" -v end="$end" -v tables="$tables" '
    $0 == end { inside = 0 }
    !inside { print }
    $0 == begin {
        inside = 1
        print ""
        while ((getline line < tables) > 0) print line
        print ""
    }' "$page" >"$new"
cat "$new" >"$page"
say "docs/routing.md has the tables of the month."
