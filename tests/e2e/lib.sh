# What the tests of the command share. A test is a shell script that begins with
#     . "$(dirname "$0")/lib.sh"
# and ends with `finish`. RENSA names the command. Each has a folder of its own, is alone with data that it makes there,
# and reaches no network.
RENSA=$(realpath "${RENSA:?names the command under test}") || exit 2
# shellcheck disable=SC2034
root=$(cd "$(dirname "$0")/../.." && pwd)
real_data=${RENSA_DATA-} # for tests that need real files
unset RENSA_DATA RENSA_DEVICE RENSA_LOG
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
export HOME="$tmp/home" XDG_CACHE_HOME="$tmp/cache" RENSA_MIRRORS="" RENSA_LOG=error OMP_NUM_THREADS=1 LC_ALL=C
passed=0 failed=0 skipped=0

pass() { passed=$((passed + 1)); }
fail() { # WHAT: what was said lies in out
    failed=$((failed + 1))
    echo "FAILED: $1"
    [ -s out ] && tail -n 12 out
}
skip() {
    skipped=$((skipped + 1))
    echo "SKIPPED: $1"
}
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

# says STATUS TEXT COMMAND...: how it ends, and what it says on either stream (a fixed text; empty: anything)
says() {
    status=$1 text=$2
    shift 2
    "$@" >out 2>&1
    have=$?
    if [ $have -ne "$status" ]; then
        fail "status $have instead of $status: $*"
    elif [ -n "$text" ] && ! grep -q -F -- "$text" out; then
        fail "does not say \"$text\": $*"
    else
        pass
    fi
}

# is WHAT HAVE WANT
is() {
    if [ "$2" = "$3" ]; then pass; else : >out && fail "$1: \"$2\" instead of \"$3\""; fi
}

# holds WHAT TEST...: a condition for test(1)
holds() {
    what=$1
    shift
    if [ "$@" ]; then pass; else : >out && fail "$what"; fi
}

# member FILE KEY: a value of a JSON file that rensa has written, one member per line
member() { sed -n "s/^ *\"$2\": *\"*\([^\",]*\)\"*,*\$/\1/p" "$1" | head -n 1; }

# ---- data ----

# A table of three classes that can be told apart, with a heading.
make_table() { # FILE ROWS
    awk -v n="$2" 'BEGIN {
        print "width,height,kind"
        for (i = 0; i < n; i++) printf "%.3f,%.3f,%s\n", i % 3 + i * 7 % 11 / 20, 2 - i % 3 + i * 5 % 13 / 25, \
            substr("abc", i % 3 + 1, 1)
    }' >"$1"
}

# A text with some order in it.
make_text() { # FILE LINES
    mkdir -p "$(dirname "$1")"
    awk -v n="$2" 'BEGIN { for (i = 0; i < n; i++) print "line " i ": the cat number " i * i % 97 " sat on mat " i % 7 "." }' >"$1"
}

# CIFAR-10's format: a label and 3072 bytes for each picture.
make_cifar() { # FILE PICTURES
    mkdir -p "$(dirname "$1")"
    awk -v n="$2" 'BEGIN {
        for (i = 0; i < n; i++) {
            printf "%c", i % 10 + 48
            for (k = 0; k < 3072; k++) printf "%c", 33 + (i % 10 * 9 + k % 32 * (i % 3) + k * i % 17) % 90
        }
    }' | tr '0-9' '\000\001\002\003\004\005\006\007\010\011' >"$1"
}
