#!/bin/sh
# Installs what is missing, builds weir and starts it.
#
#   scripts/run.sh [--port N] [--no-demo] [--once]
#
#   --port N   listen on 127.0.0.1:N (default 8787; 0: the system picks)
#   --no-demo  do not send the two requests that show how weir decides
#   --once     send them, then stop
#
# With DEEPSEEK_API_KEY set, weir stands before DeepSeek's API and the two requests cost a fraction of a cent. Without
# it, weir stands before its own simulator: no key, no network, invented answers.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

port=8787 demo=1 once=0
while [ $# -gt 0 ]; do
    case $1 in
        --port)
            [ $# -ge 2 ] || die 64 "--port needs a number; see scripts/run.sh --help."
            port=$2
            shift
            ;;
        --no-demo) demo=0 ;;
        --once) once=1 ;;
        -h | --help) usage && exit 0 ;;
        *) die 64 "unknown option $1; see scripts/run.sh --help." ;;
    esac
    shift
done
case $port in
    '' | *[!0-9]* | ??????*) die 64 "--port must be a number from 0 to 65535, not '$port'." ;;
esac
[ "$port" -le 65535 ] || die 64 "--port must be a number from 0 to 65535, not $port."
[ "$demo$once" != 01 ] || die 64 "--once sends the two requests and stops, so it cannot go with --no-demo."

state=$root/build/run
serve_pid='' simulator_pid=''
stop_children() {
    if [ -n "$serve_pid" ]; then stop_process "$serve_pid" || true; fi
    if [ -n "$simulator_pid" ]; then stop_process "$simulator_pid" || true; fi
    serve_pid='' simulator_pid=''
    rm -f "$state/serve.$$.ready" "$state/simulator.$$.ready"
}
trap stop_children EXIT
trap 'say ""; say "Stopping."; exit 130' INT
trap 'exit 143' TERM

# start_simulator: in front of nothing; its address in $simulator.
start_simulator() {
    "$weir" simulate --listen 127.0.0.1:0 --ready-file "$state/simulator.$$.ready" >"$state/simulator.log" 2>&1 &
    simulator_pid=$!
    wait_for_file "$state/simulator.$$.ready" "$simulator_pid" 30 || {
        tail -n 20 "$state/simulator.log" >&2
        die 1 "the simulator did not start; its messages are above and in $state/simulator.log."
    }
    simulator=$(ready_value "$state/simulator.$$.ready" listen)
}

# start_weir FLAGS...: its addresses in $listen and $admin.
start_weir() {
    "$weir" serve --config "$root/config/weir.yaml" --listen "127.0.0.1:$port" --admin-listen 127.0.0.1:0 \
        --ready-file "$state/serve.$$.ready" "$@" >"$state/serve.log" 2>&1 &
    serve_pid=$!
    wait_for_file "$state/serve.$$.ready" "$serve_pid" 30 || {
        tail -n 20 "$state/serve.log" >&2
        if grep -qi 'in use' "$state/serve.log"; then
            die 1 "port $port is taken on 127.0.0.1. Choose another: scripts/run.sh --port 0 lets the system pick."
        fi
        die 1 "weir did not start; its messages are above and in $state/serve.log."
    }
    listen=$(ready_value "$state/serve.$$.ready" listen)
    admin=$(ready_value "$state/serve.$$.ready" admin)
}

# No secret: weir itself holds the real key, and the simulator takes any.
ask_weir() { curl -sS --noproxy '*' --max-time 700 -H "Authorization: Bearer $key_shown" "$@"; }

# header NAME FILE: the value of a header in the head that curl saved.
header() { tr -d '\r' <"$2" | sed -n "s/^$1: *//Ip" | tail -n 1; }
# member NAME TEXT: the first member of this name in a small JSON document, without a parser on a bare system.
member() {
    printf '%s' "$2" | tr ',{}' '[\n*]' | sed -n "s/^ *\"$1\" *: *\"\{0,1\}\([^\" ]*\)\"\{0,1\} *$/\1/p" | head -n 1
}

# show_row ID: tokens and cost as the ledger has them. The row is written when the answer has ended.
show_row() {
    row='' tries=50
    while [ "$tries" -gt 0 ]; do
        row=$(ask_weir -f "http://$listen/v1/requests/$1" 2>/dev/null | tr -d '\n') && [ -n "$row" ] && break
        tries=$((tries - 1))
        sleep 0.1
    done
    [ -n "$row" ] || die 1 "the ledger has no row for request $1; see $state/serve.log."
    printf '  tokens  %s in (%s from the cache), %s out (%s of them reasoning)\n' \
        "$(($(member hit "$row") + $(member miss "$row")))" "$(member hit "$row")" \
        "$(member output "$row")" "$(member reasoning "$row")"
    printf '  cost    %s %s%s\n' "$(member cost "$row")" "$(member currency "$row" | tr '[:lower:]' '[:upper:]')" "$cost_note"
}

# demonstrate KIND ASK: one request through weir, and what became of it.
demonstrate() {
    head=$state/head.$$ answer=$state/answer.$$
    printf '\nA request that is %s: "%s"\n' "$1" "$2"
    status=$(ask_weir -o "$answer" -D "$head" -w '%{http_code}' -H 'Content-Type: application/json' \
        -d "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"$2\"}]}" \
        "http://$listen/v1/chat/completions") || status=none
    if [ "$status" != 200 ]; then
        head -c 2000 "$answer" 2>/dev/null >&2 || true
        rm -f "$head" "$answer"
        die 1 "the demo request came back with status $status instead of 200; weir's log is $state/serve.log."
    fi
    effort=$(header x-weir-effort "$head")
    if [ "$effort" = keep ]; then effort="keep (nothing is said, the model's own default holds)"; fi
    printf '  model   %s\n  effort  %s\n  score   %s (0 bounded, 1 unbounded)\n  reason  %s\n' \
        "$(header x-weir-model "$head")" "$effort" "$(header x-weir-score "$head")" "$(header x-weir-reason "$head")"
    id=$(header x-weir-request-id "$head")
    rm -f "$head" "$answer"
    show_row "$id"
}

"$root/scripts/setup.sh"
build release weir
weir=$root/build/release/weir
mkdir -p "$state"
cost_note=
if [ -n "${DEEPSEEK_API_KEY:-}" ]; then
    ledger=${WEIR_LEDGER:-$root/weir.db}
    start_weir --ledger "$ledger"
    before="DeepSeek's API"
    # The key already stands in weir's configuration; clients of a loopback bind need none.
    key_shown=none
else
    # Invented requests never mix with a ledger of real ones.
    ledger=$state/simulated.db
    start_simulator
    start_weir --ledger "$ledger" --upstream "http://$simulator"
    before="its own simulator, as DEEPSEEK_API_KEY is not set"
    cost_note=" (invented tokens at real prices)"
    key_shown=demo
fi
say ""
say "weir listens on http://$listen and stands before $before."

if [ "$demo" = 1 ]; then
    demonstrate bounded "Translate 'good morning' into French."
    demonstrate unbounded "Refactor the error handling across the project and keep the test suite green."
fi
if [ "$once" = 1 ]; then
    stop_children
    exit 0
fi

cat <<END

Base URL for OpenAI SDKs   http://$listen/v1   (model "auto")
Health and metrics         http://$admin/livez  /readyz  /metrics
Ledger                     $ledger
Report                     build/release/weir report --ledger $ledger
Log                        $state/serve.log

Try it:
  curl http://$listen/v1/chat/completions -H 'Content-Type: application/json' -H 'Authorization: Bearer $key_shown' \\
    -d '{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'

Stop with Ctrl-C.
END
status=0
wait "$serve_pid" || status=$?
serve_pid=
say "weir ended with status $status; its log is $state/serve.log."
exit "$status"
