#!/bin/sh
# Every example twice with its kernels compiled, by two threads, and once with none compiled: what it prints and writes
# is the same, but for times.
. "$(dirname "$0")/lib.sh"
examples=${RENSA%/*}/examples
export OMP_NUM_THREADS=2
[ -z "$real_data" ] || export RENSA_DATA="$real_data"

runs() { # FOLDER EXAMPLE ARGUMENTS...
    mkdir "$1" && cd "$1" || exit 1
    program=$examples/$2
    shift 2
    "$program" "$@" >out 2>err || fail "$program: $(tail -n 3 err)"
    # the second column of tables, and members of the log, are times; snapshots and curves hold them, too
    sed -E 's/^( +[0-9]+ +)[0-9.]+ /\1/' out >said
    find . -name '*.jsonl' -exec sed -i -E 's/"(seconds|elapsed_time|examples_per_second)": *[0-9.e+-]+//g' {} +
    find . -name 'snapshot_*' -o -name '*.svg' -o -name result.json -o -name err -o -name out | xargs rm -f
    cd "$tmp" || exit 1
}

same() { # NAME EXAMPLE ARGUMENTS...
    name=$1
    shift
    RENSA_CPU_ISA=compiled runs "$name-1" "$@"
    RENSA_CPU_ISA=compiled runs "$name-2" "$@"
    RENSA_CC='' runs "$name-3" "$@"
    for other in 2 3; do
        diff -r "$name-1" "$name-$other" >out 2>&1 && pass || fail "$name: run $other is not run 1"
    done
}

with_data() { # DATA NAME EXAMPLE ARGUMENTS...
    if [ -e "${real_data:-/nonexistent}/$1" ]; then
        shift
        same "$@"
    else
        skip "$2: there is no $1 in RENSA_DATA"
    fi
}

same loop mnist_loop --small
same trainer mnist_trainer --small
with_data cifar10 resnet cifar resnet --small
with_data cifar10 vgg cifar vgg --small
same lstm char_lm lstm --small "$root/docs/project.md"
same gpt char_lm gpt --small "$root/docs/project.md"
same vae vae --small
same dcgan dcgan --small
same siamese siamese --small
same regression regression --small "$root/examples/regression/pendulum.csv"
same double double_backprop --small
same kernels kernels
holds "kernels were compiled" -n "$(find "$XDG_CACHE_HOME" -name '*.so')"
finish
