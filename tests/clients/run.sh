#!/usr/bin/env bash
# Runs libraries from npm and PyPI, pinned beside this file, against `weir serve` over `weir simulate`.
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
weir=$(realpath "$weir") work=$(realpath "$work")
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

# virtual NAME REQUIREMENTS: a folder with exactly these; kept while the list stays the same. The lists are complete, so
# nothing is resolved. Most of what comes is never imported, so nothing is compiled either.
virtual() {
    if cmp -s "$here/$2" "$work/$1/$2"; then return; fi
    python3 -m venv --clear "$work/$1" &&
        "$work/$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-compile -r "$here/$2" >&2 &&
        "$work/$1/bin/pip" check --disable-pip-version-check >&2 &&
        cp "$here/$2" "$work/$1/$2"
}
need_node 20 "$work/node"
say "Installing the libraries that are pinned in tests/clients."
(cd "$here" && npm ci --no-audit --no-fund --no-progress --loglevel=error) >&2 &
npm_pid=$!
virtual venv requirements.txt &
venv_pid=$!
virtual venv-second requirements-second.txt &
installed=1
for pid in "$npm_pid" "$venv_pid" $!; do wait "$pid" || installed=0; done
[ "$installed" = 1 ] || die 1 "the pinned libraries could not be installed; the message is above."

# A configuration with one client key, from the shipped one.
export WEIR_CLIENT_KEY=sk-client-test-0123456789abcdef
cp -r "$root/config" "$scratch/config"
settings=$scratch/config/weir.yaml
# shellcheck disable=SC2016  # the variable is for weir to expand
key_line='client_keys: [{id: tester, key: "${WEIR_CLIENT_KEY}", may_route: true}]'
sed -i "s/^client_keys:.*/$key_line/; s/:-passthrough}/:-sk-upstream}/" "$settings"
grep -q '^client_keys: .*WEIR_CLIENT_KEY' "$settings" || die 1 "config/weir.yaml has no client_keys line to fill."

start simulator simulate --listen 127.0.0.1:0 --script "$here/simulator.yaml" --journal "$scratch/journal.jsonl"
upstream=http://$(ready_value "$scratch/simulator.ready" listen)
serve=(serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --upstream "$upstream")
start keyless "${serve[@]}" --config "$root/config/weir.yaml" --ledger "$scratch/keyless.db"
start keyed "${serve[@]}" --config "$settings" --ledger "$scratch/keyed.db"

WEIR_URL=http://$(ready_value "$scratch/keyless.ready" listen)
WEIR_KEYED_URL=http://$(ready_value "$scratch/keyed.ready" listen)
export WEIR_URL WEIR_KEYED_URL WEIR_JOURNAL=$scratch/journal.jsonl
# No proxy stands between this machine and itself.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORG_ID OPENAI_PROJECT_ID DEEPSEEK_API_KEY DEEPSEEK_API_BASE
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL
# LiteLLM would fetch prices, LangChain would send traces.
export LITELLM_LOCAL_MODEL_COST_MAP=True LANGSMITH_TRACING=false PYTHONPYCACHEPREFIX=$work/pycache
unset PYTHONDONTWRITEBYTECODE

failed=0
say "Libraries for Node, $(node --version)"
(cd "$here" && node --test --test-concurrency=1 --test-reporter=spec node/*.test.mjs) || failed=1
# python VENV TEST...: these test files with the libraries of this folder.
python() {
    local venv=$work/$1
    shift
    say "Libraries for Python, $("$venv/bin/python" --version): $*"
    (cd "$here/python" && "$venv/bin/python" -m unittest "$@") || failed=1
}
python venv openai_test anthropic_test langchain_test pydantic_ai_test
python venv-second litellm_test instructor_test

stop_all || failed=1
# Through weir no library may send what DeepSeek's rules refuse, but where a test wants to be refused and says so.
if grep '"status":400' "$scratch/journal.jsonl" | grep -v "To be refused"; then
    say "Requests above were refused upstream."
    failed=1
fi
if [ "$failed" = 0 ]; then rm -rf "$scratch"; else say "The logs are kept in $scratch."; fi
exit "$failed"
