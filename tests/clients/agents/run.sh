#!/usr/bin/env bash
# Lets coding agents (npm, pinned beside this file) do a scripted task through `weir serve` over `weir simulate`.
#
#   tests/clients/agents/run.sh [--weir PROGRAM] [--work FOLDER] [--only "AGENT ..."]
#
# The agents see no network but loopback: they run in a namespace of their own, which also ends whatever they leave
# running. Where the system grants none, a proxy that is not there stands between them and the world.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=scripts/lib/common.sh
. "$root/scripts/lib/common.sh"

usage='tests/clients/agents/run.sh [--weir PROGRAM] [--work FOLDER] [--only "AGENT ..."]'
weir=$root/build/ci/weir work=$root/build/agents only='' seconds_max=720
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || die 64 "$1 needs a value: $usage"
    case $1 in
        --weir) weir=$2 ;;
        --work) work=$2 ;;
        --only) only=$2 ;;
        *) die 64 "unknown option $1: $usage" ;;
    esac
    shift 2
done
[ -x "$weir" ] || die 1 "there is no program $weir; build it, or name one with --weir."
weir=$(realpath "$weir")
mkdir -p "$work"
need_node 20 "$(realpath "$work")/node"
# Beside the checkout, not in it: what agents find in a repository (its state, its last commits) they tell the model.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/weir-agents.XXXXXX")

# The installed tree is used again as long as the lock file is the one that it was installed from.
stamp=$here/node_modules/.installed-from
if ! cmp -s "$here/package-lock.json" "$stamp"; then
    say "Installing the agents that are pinned in tests/clients/agents (about 2 GB)."
    rm -rf "$here/node_modules"
    (cd "$here" && npm install --no-save --no-progress --loglevel=error) >&2 ||
        die 1 "npm could not install the agents."
    node "$here/lib/installed.mjs" || die 1 "npm installed other packages than package-lock.json pins."
    # npm runs no install scripts unless it is told to; these packages have their program in one.
    for package in @anthropic-ai/claude-code claude-code-2.1.197; do
        (cd "$here" && node "node_modules/$package/install.cjs") >&2 || die 1 "the install script of $package failed."
    done
    cp "$here/package-lock.json" "$stamp"
fi

namespace=(unshare --user --map-root-user --net --pid --fork --kill-child --mount-proc)
# shellcheck disable=SC2016  # for the shell inside
inside=(bash -c 'ip link set lo up && exec "$@"' inside)
if "${namespace[@]}" "${inside[@]}" true 2>/dev/null; then
    alone=("${namespace[@]}" "${inside[@]}")
else
    say "This system grants no namespaces: the agents run beside a network that they are not to use."
    nowhere=http://127.0.0.1:9
    alone=(env "WEIR_NO_WAY_OUT=$nowhere")
fi

say "Coding agents, with node $(node --version)"
failed=0
WEIR_PROGRAM=$weir WEIR_WORK=$scratch WEIR_AGENTS=$only \
    timeout --kill-after=10 "$seconds_max" "${alone[@]}" \
    node --test --test-reporter=spec "$here/agents.test.mjs" || failed=1

if [ "$failed" = 0 ]; then rm -rf "$scratch"; else say "What was seen is kept in $scratch."; fi
exit "$failed"
