#!/usr/bin/env bash
# Runs the official SDKs (npm and PyPI, pinned beside this file) against `weir serve` over `weir simulate`.
#
#   tests/clients/run.sh [--weir PROGRAM] [--work FOLDER]
#
# Two weirs are started before one simulator: one without client keys, one with. Ports are picked by the system, and
# what was started is stopped. Fails where a test fails or a program does not end cleanly.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

weir=$root/build/ci/weir work=$root/build/clients
while [ $# -gt 0 ]; do
    case $1 in
        --weir) weir=$2 ;;
        --work) work=$2 ;;
        *) die 64 "unknown option $1: tests/clients/run.sh [--weir PROGRAM] [--work FOLDER]" ;;
    esac
    shift 2
done
[ -x "$weir" ] || die 1 "there is no program $weir; build it, or name one with --weir."
mkdir -p "$work"
scratch=$(mktemp -d "$work/run.XXXXXX")

declare -A pids=()
# start NAME ARGUMENTS...: a weir with these arguments and a ready file; dies where it does not listen.
start() {
    local name=$1
    shift
    "$weir" "$@" --ready-file "$scratch/$name.ready" >"$scratch/$name.log" 2>&1 &
    pids[$name]=$!
    wait_for_file "$scratch/$name.ready" "${pids[$name]}" 60 || {
        tail -n 30 "$scratch/$name.log" >&2
        die 1 "$name did not start; its log is $scratch/$name.log."
    }
}

# stop_all: every program ends with status 0 within its time, or this says so. A leak that the sanitizers of a debug
# build find at the end is such a status.
stop_all() {
    local name status failed=0
    for name in "${!pids[@]}"; do
        kill -TERM "${pids[$name]}" 2>/dev/null || true
        status=0
        wait "${pids[$name]}" || status=$?
        if [ "$status" -ne 0 ]; then
            say "$name ended with status $status; its log, $scratch/$name.log, ends so:"
            tail -n 40 "$scratch/$name.log" >&2
            failed=1
        fi
    done
    pids=()
    return $failed
}
trap 'stop_all || true' EXIT

say "Installing the SDKs that are pinned in tests/clients."
(cd "$here" && npm ci --no-progress --loglevel=error) >&2
venv=$work/venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

# A configuration with one client key, from the shipped one.
export WEIR_CLIENT_KEY=sk-client-test-0123456789abcdef
cp -r "$root/config" "$scratch/config"
# shellcheck disable=SC2016  # the variables are for weir to expand
sed -i 's/^client_keys:.*/client_keys: [{id: tester, key: "${WEIR_CLIENT_KEY}", may_route: true}]/; s/:-passthrough}/:-sk-upstream}/' \
    "$scratch/config/weir.yaml"
grep -q '^client_keys: .*WEIR_CLIENT_KEY' "$scratch/config/weir.yaml" || die 1 "config/weir.yaml has no client_keys line to fill."

start simulator simulate --listen 127.0.0.1:0 --script "$here/simulator.yaml" --journal "$scratch/journal.jsonl"
upstream=http://$(ready_value "$scratch/simulator.ready" listen)
serve=(serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --upstream "$upstream")
start keyless "${serve[@]}" --config "$root/config/weir.yaml" --ledger "$scratch/keyless.db"
start keyed "${serve[@]}" --config "$scratch/config/weir.yaml" --ledger "$scratch/keyed.db"

WEIR_URL=http://$(ready_value "$scratch/keyless.ready" listen)
WEIR_KEYED_URL=http://$(ready_value "$scratch/keyed.ready" listen)
export WEIR_URL WEIR_KEYED_URL WEIR_JOURNAL=$scratch/journal.jsonl
# No proxy stands between this machine and itself.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORG_ID OPENAI_PROJECT_ID

failed=0
say "SDK for Node, $(node --version)"
(cd "$here" && node --test --test-reporter=spec sdk.test.mjs) || failed=1
say "SDK for Python, $("$venv/bin/python" --version)"
(cd "$here" && PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m unittest -v sdk_test.py) || failed=1

stop_all || failed=1
if [ "$failed" = 0 ]; then rm -rf "$scratch"; else say "The logs are kept in $scratch."; fi
exit "$failed"
