#!/bin/sh
# Every sub-command with its options; what is said of mistakes in them; help, manual page and table agree.
. "$(dirname "$0")/lib.sh"
manual=$(dirname "$RENSA")/../../docs/rensa.1
root=${0%/tests/e2e/*}
[ -e "$manual" ] || manual=$root/docs/rensa.1

says 0 "usage: rensa COMMAND" "$RENSA" --help
says 0 "usage: rensa COMMAND" "$RENSA" help
says 2 "usage: rensa COMMAND" "$RENSA"
says 0 "rensa 0." "$RENSA" --version
says 2 'did you mean "train"?' "$RENSA" trian
says 2 'there is no command "xyzzy"' "$RENSA" xyzzy

# each command: help, an unknown option with the nearest name, a place in the manual
for command in train evaluate predict data info ops devices bench selftest; do
    "$RENSA" --help | grep -q "^  $command " || { : >out && fail "--help does not list $command"; }
    says 0 "usage: rensa $command" "$RENSA" $command --help
    says 2 "there is no option \"--xyzzy\"" "$RENSA" $command --xyzzy
    sed -n "/^\.SS $command\$/,/^\.S[SH] /p" "$manual" | sed 's/\\-/-/g' >section
    for option in $("$RENSA" $command --help | sed -n 's/^  --\([a-z-]*\) .*/\1/p'); do
        holds "the manual lacks $command --$option" -n "$(grep -x -e "\.B --$option" -e "\.BI \"--$option \" .*" section)"
    done
    for option in $(sed -n 's/^\.BI* "*--\([a-z-]*\).*/\1/p' section); do
        holds "there is no $command --$option" -n "$("$RENSA" $command --help | grep "^  --$option ")"
    done
done
says 2 "did you mean --epochs?" "$RENSA" train --epoch 3
says 2 "--epochs needs a whole number" "$RENSA" train --net lenet --epochs x
says 2 "--epochs needs a whole number, 1 to" "$RENSA" train --net lenet --epochs 0
says 2 "--batch needs a whole number" "$RENSA" train --net lenet --batch 99999999999999999999
says 2 "--lr needs a number" "$RENSA" train --net lenet --lr fast
says 2 "no --lr" "$RENSA" train --net lenet --resume . --lr 0.5
says 2 "--epochs needs a value" "$RENSA" train --net lenet --epochs
says 2 "--quiet takes no value" "$RENSA" train --net lenet --quiet=3
says 2 "a project file or --net, not both" "$RENSA" train p.json --net lenet
says 2 "is needed" "$RENSA" train
says 2 "one project at a time" "$RENSA" train a.json b.json
says 2 "is needed" "$RENSA" evaluate
says 2 "is needed" "$RENSA" predict
says 2 "which file?" "$RENSA" info
says 2 "takes no arguments" "$RENSA" devices now
says 2 "list, get NAME" "$RENSA" data give mnist
says 2 "--part is train, test or valid" "$RENSA" data show mnist --part most
says 1 "cannot open" "$RENSA" evaluate nowhere
says 1 'did you mean "cpu"?' "$RENSA" train --net lenet --device cup --out run
holds "a run was begun" ! -e run

# data
says 0 "tinyshakespeare" "$RENSA" data list
says 0 "mnist" "$RENSA" data
says 0 "examples, drawn" "$RENSA" data get mnist --source drawn
says 0 "f32[1, 28, 28]" "$RENSA" data show mnist --source drawn --part test --samples 2 --seed 3
holds "no counts per class" -n "$(grep '^    9 ' out)"
holds "no picture is shown" -n "$(grep 'example 1: ' out)"
says 1 'did you mean "mnist"?' "$RENSA" data show mnits
says 1 "" "$RENSA" data get mnist --source nowhere
make_table t.csv 12
says 0 "t        i32[], 3 classes" "$RENSA" data show t.csv
make_cifar data/cifar10/data_batch_1.bin 20
make_cifar data/cifar10/test_batch.bin 10
says 0 "f32[3, 32, 32]" env RENSA_DATA="$tmp/data" "$RENSA" data show cifar10 --samples 1

# info
says 0 "JSON" sh -c '"$0" train --net lenet --show >p.json && "$0" info p.json t.csv' "$RENSA"
holds "the second file is left out" -n "$(grep '^t.csv: text of 13 lines' out)"
says 1 "nothing-there" "$RENSA" info nothing-there

# functions and devices
says 0 "Rectified linear unit." "$RENSA" ops
says 0 "side of the window" "$RENSA" ops max_pool2d
says 1 'did you mean "relu"?' "$RENSA" ops rleu
says 0 "ref:0" "$RENSA" devices
says 0 "relu/forward" "$RENSA" selftest relu/ --list
says 0 " 0 failed" "$RENSA" selftest relu6/ --device ref
says 1 "" "$RENSA" selftest relu6/ --device nothing
says 1 "" "$RENSA" selftest no-such-test

# bench
says 0 " us " "$RENSA" bench relu6/ --device ref
says 0 "examples/s" "$RENSA" bench --net lenet --batch 4 --limit 40 --steps 3 --warm-up 1
says 0 '"p90_ms": ' "$RENSA" bench --net lenet --batch 4 --limit 40 --steps 3 --json --infer --device ref
for key in median_ms p10_ms examples_per_second threads batch; do
    holds "bench --json has no $key" -n "$(member out $key)"
done
says 0 "examples/s" "$RENSA" bench p.json --batch 4 --limit 40 --steps 2 --set network.0.out=4
says 0 "--steps means nothing for functions" "$RENSA" bench relu6/ --steps 3
says 2 "not two of them" "$RENSA" bench relu --net lenet
finish
