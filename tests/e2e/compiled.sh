#!/bin/sh
# Kernels compiled at run time: whatever is wrong with the compiler or its folder, results are right and one line says so.
. "$(dirname "$0")/lib.sh"
compilers=$(command -v cc gcc clang | wc -l)
if [ "$compilers" -eq 0 ]; then
    skip "no C compiler"
    finish
fi
export RENSA_CPU_ISA=compiled RENSA_LOG=dispatch:info
kernels=$tmp/cache/rensa/kernels
test_runs() { # WHAT LINES TEXT: the test passes, with so many log lines, which contain TEXT
    "$RENSA" selftest softplus/forward >out 2>&1
    is "status: $1" $? 0
    is "lines: $1" "$(grep -c '^rensa' out)" "$2"
    [ "$2" -eq 0 ] || holds "text: $1" -n "$(grep -F -- "$3" out)"
    holds "nothing left: $1" -z "$(find "$tmp/cache" -name 'work.*' 2>/dev/null)"
}
script() { # NAME TEXT: a compiler
    printf '#!/bin/sh\n%s\n' "$2" >"$1"
    chmod +x "$1"
}

RENSA_CPU_ISA=base "$RENSA" selftest softplus >out 2>&1
holds "a program that ends soon compiles nothing" ! -e "$tmp/cache/rensa"
test_runs "the first time" 2 "compiled softplus in"
is "objects" "$(find "$kernels" -name '*.so' | wc -l)" 2
is "rights of the folder" "$(stat -c %a "$kernels")" 700
is "rights of the objects" "$(find "$kernels" -name '*.so' -perm 600 | wc -l)" 2
test_runs "from the folder" 0

# damaged in the middle, cut short, empty
for file in "$kernels"/*.so; do printf 'rensa' | dd of="$file" bs=1 seek=5000 conv=notrunc 2>/dev/null; done
test_runs "damaged" 4 "is damaged; it is compiled again"
test_runs "mended" 0
for file in "$kernels"/*.so; do truncate -s 1000 "$file"; done
test_runs "cut short" 4 "is damaged"
for file in "$kernels"/*.so; do : >"$file"; done
test_runs "empty" 4 "is damaged"
test_runs "mended again" 0

# two processes want the same kernels
rm -r "$kernels"
"$RENSA" selftest softplus >one 2>&1 &
"$RENSA" selftest softplus >two 2>&1
is "the second of two" $? 0
wait $!
is "the first of two" $? 0
holds "no failure" -z "$(grep 'not compiled' one two)"
test_runs "after two" 0

# a folder that others may write to, objects that others may write to
chmod 777 "$kernels"
test_runs "a folder for all" 1 "can be written to by others"
chmod 700 "$kernels"
chmod 666 "$kernels"/*.so
test_runs "objects for all" 1 "can be written to by others"
rm -r "$kernels"
XDG_CACHE_HOME=/dev/null test_runs "no folder" 1 "kernels are not compiled"
XDG_CACHE_HOME='' HOME='' test_runs "no home" 1 "neither XDG_CACHE_HOME nor HOME"

# compilers that are none
RENSA_CC='' test_runs "switched off" 0
RENSA_CC=/nowhere/cc test_runs "missing" 1 "/nowhere/cc"
RENSA_CC=/bin/false test_runs "fails at once" 1 "/bin/false --version fails"
script fails 'case $* in *--version*) echo one 1.0 ;; *) echo kernel.c:3: error: no idea >&2; exit 1 ;; esac'
RENSA_CC=$tmp/fails test_runs "fails" 1 "no idea"
script lies 'echo one 1.0'
RENSA_CC=$tmp/lies test_runs "makes nothing" 1 "makes no object"
script junk 'while [ $# -gt 1 ]; do [ "$1" = -o ] && echo junk >"$2"; shift; done; echo one 1.0'
RENSA_CC=$tmp/junk test_runs "makes junk" 1 "cannot be loaded"
script dies 'case $* in *--version*) echo one 1.0 ;; *) kill -9 $$ ;; esac'
RENSA_CC=$tmp/dies test_runs "is killed" 1 "fails for"
holds "nothing was kept" -z "$(find "$kernels" -name '*.so' -size +4k)"

# a training with kernels compiled, again, with another compiler, and without: the same bits
make_table table.csv 60
cat >table.json <<'END'
{"data": "table.csv", "network": [{"type": "linear", "out": 20}, "tanh", {"type": "linear", "out": "=classes"}],
 "training": {"batch": 8, "epochs": 3, "optimizer": {"type": "adam"}}}
END
says 0 "" "$RENSA" train table.json --quiet --out one-run
says 0 "" "$RENSA" train table.json --quiet --out two-run
RENSA_CC='' says 0 "" "$RENSA" train table.json --quiet --out interpreted
if command -v clang >/dev/null; then RENSA_CC=clang says 0 "" "$RENSA" train table.json --quiet --out clang-run; fi
for run in two-run interpreted clang-run; do
    for file in one-run/[!s]*.safetensors; do # snapshots hold times, too
        [ -d $run ] || continue
        holds "$run/${file#*/} has the bits of $file" -z "$(cmp "$file" "$run/${file#*/}" 2>&1)"
    done
done
holds "models were written" -n "$(ls one-run/[!s]*.safetensors)"

# words after the name; another compiler's objects are others
RENSA_CC="cc -pipe" test_runs "with words" 2 "compiled"
finish
