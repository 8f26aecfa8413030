# shellcheck shell=sh
# What run.sh, test.sh and setup.sh share. Sourced after `root` was set to the top folder.
: "${root:?is set by the script that sources this file}"

say() { printf '%s\n' "$*" >&2; }

# die STATUS WHAT: a sentence that says what went wrong, where, and what to do.
die() {
    die_status=$1
    shift
    say "$(basename "$0"): $*"
    exit "$die_status"
}

# build PRESET TARGET...: configures where needed and builds, with ninja's own progress on stderr.
build() {
    build_preset=$1
    shift
    build_log=$root/build/configure-$build_preset.log
    mkdir -p "$root/build"
    say "Building the $build_preset preset in build/$build_preset (the first build takes several minutes)."
    (cd "$root" && cmake --preset "$build_preset") >"$build_log" 2>&1 || {
        tail -n 30 "$build_log" >&2
        die 1 "cmake could not configure the $build_preset preset; its whole output is in $build_log."
    }
    if [ $# -gt 0 ]; then set -- --target "$@"; fi
    (cd "$root" && cmake --build --preset "$build_preset" "$@") >&2 ||
        die 1 "the $build_preset preset does not build; the compiler's message is above."
}

# wait_for_file FILE PID SECONDS: until the program with PID has written FILE. Fails when it ends before, or in time.
wait_for_file() {
    wait_tenths=$(($3 * 10))
    while [ ! -s "$1" ]; do
        kill -0 "$2" 2>/dev/null || return 1
        [ "$wait_tenths" -gt 0 ] || return 1
        wait_tenths=$((wait_tenths - 1))
        sleep 0.1
    done
}

# ready_value FILE NAME: the address that a program wrote beside NAME in its ready file.
ready_value() { sed -n "s/^$2=//p" "$1"; }

# stop_process PID: asks, waits up to 10 seconds, then insists. Only for children of this script.
stop_process() {
    kill -TERM "$1" 2>/dev/null || return 0
    stop_tenths=100
    while kill -0 "$1" 2>/dev/null; do
        if [ "$stop_tenths" -eq 0 ]; then
            kill -KILL "$1" 2>/dev/null
            break
        fi
        stop_tenths=$((stop_tenths - 1))
        sleep 0.1
    done
    wait "$1" 2>/dev/null
}

# need_node MAJOR FOLDER: a Node of this major version or newer on PATH. Debian 12's own is 18; where that is all there
# is, npm's build of a newer one is installed in FOLDER.
need_node() {
    node_version=22.23.3
    node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || node_major=0
    if [ "$node_major" -ge "$1" ]; then return; fi
    case $(uname -m) in
        x86_64) node_arch=x64 ;;
        aarch64) node_arch=arm64 ;;
        *) die 1 "Node $1 or newer is needed; npm has none for $(uname -m)." ;;
    esac
    say "Node $1 or newer is needed and there is $node_major: installing $node_version in $2."
    npm install --prefix "$2" --no-save --no-audit --no-fund --loglevel=error \
        "node-linux-$node_arch@$node_version" >&2 || die 1 "npm could not install Node $node_version."
    PATH=$2/node_modules/node-linux-$node_arch/bin:$PATH
    export PATH
}

# put_between PAGE NAME FILE: FILE's lines stand in PAGE between the marks of the table NAME.
put_between() {
    put_begin="<!-- table: $2 -->" put_end="<!-- end: $2 -->" put_new=$(mktemp)
    for put_mark in "$put_begin" "$put_end"; do
        [ "$(grep -cxF "$put_mark" "$1")" = 1 ] || die 1 "$1 needs one line \"$put_mark\"."
    done
    awk -v begin="$put_begin" -v end="$put_end" -v tables="$3" '
        $0 == end { inside = 0 }
        !inside { print }
        $0 == begin {
            inside = 1
            print ""
            while ((getline line < tables) > 0) print line
            print ""
        }' "$1" >"$put_new"
    cat "$put_new" >"$1"
    rm -f "$put_new"
}
