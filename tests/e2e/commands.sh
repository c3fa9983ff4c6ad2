#!/bin/sh
# Every sub-command with its options; what is said of mistakes in them; help, manual page and table agree.
. "$(dirname "$0")/lib.sh"
manual=$root/docs/rensa.1

says 0 "usage: rensa COMMAND" "$RENSA" --help
says 0 "usage: rensa COMMAND" "$RENSA" help
says 2 "usage: rensa COMMAND" "$RENSA"
says 0 "rensa 0." "$RENSA" --version
says 2 'did you mean "train"?' "$RENSA" trian
says 2 'there is no command "xyzzy"' "$RENSA" xyzzy
says 2 '--out needs a value (DIR)' "$RENSA" train --net lenet --out --quiet

# each command: help that the manual says word for word, an unknown option
words() { tr -d '"' | tr -s ' \n' '\n\n'; }
for command in train evaluate predict data info serve ops devices bench explain inspect selftest supervise; do
    "$RENSA" --help | grep -q "^  $command " || { : >out && fail "--help does not list $command"; }
    says 0 "usage: rensa $command" "$RENSA" $command --help
    is "help $command" "$("$RENSA" help $command)" "$(cat out)"
    says 2 "there is no option \"--xyzzy\"" "$RENSA" $command --xyzzy
    sed -n "/^\.SS $command\$/,/^\.S[SH] /p" "$manual" | sed -e '1d' -e '/^\.S[SH] /d' -e '/^\.[TP]P$/d' -e 's/^\.[BRI]* //' \
        -e 's/\\-/-/g' | words >section
    "$RENSA" $command --help | sed -e 's/^usage: //' -e '/^Options:$/d' | words | diff section - >out
    is "the manual (<) and the help (>) of $command" "$(cat out)" ""
done
says 2 'did you mean "train"?' "$RENSA" help trian

# a command that is supervised
mkdir watched
says 3 "" "$RENSA" supervise watched -- sh -c 'echo said; exit 3'
is "its output" "$(cat watched/output.txt)" said
is "its status" "$(member watched/exit.json code)" 3
says 137 "" "$RENSA" supervise watched -- sh -c 'kill -KILL $$'
is "what ended it" "$(member watched/exit.json signal)" 9
says 0 "" "$RENSA" supervise --answer answer watched -- sh -c 'echo answered; echo complained >&2'
is "its answer" "$(cat watched/answer)" answered
is "what it complained of" "$(tail -n 1 watched/output.txt)" complained
says 2 "a file in the folder" "$RENSA" supervise --answer ../x watched -- true
says 127 "" "$RENSA" supervise watched -- ./nowhere
says 1 "cannot be taken" "$RENSA" supervise nowhere -- true
says 1 "runs in \"watched\" already" flock watched/lock "$RENSA" supervise watched -- true

# what cannot be written is an error
for arguments in --help --version help "help train" "train --help" ops "data list" "train --net lenet --show"; do
    # shellcheck disable=SC2086
    says 1 "the output cannot be written" sh -c '"$@" >/dev/full' - "$RENSA" $arguments
done
says 2 "did you mean --epochs?" "$RENSA" train --epoch 3
says 2 "--epochs needs a whole number" "$RENSA" train --net lenet --epochs x
says 2 "--epochs needs a whole number, 1 to" "$RENSA" train --net lenet --epochs 0
says 2 "--batch needs a whole number" "$RENSA" train --net lenet --batch 99999999999999999999
says 2 "--lr needs a number" "$RENSA" train --net lenet --lr fast
for option in "--lr 0.5" "--data mnist" "--batch 3" "--limit 9" "--seed 1" "--optimizer sgd"; do
    # shellcheck disable=SC2086
    says 2 "no --data" "$RENSA" train --net lenet --resume . $option
done
says 2 "not an empty text" "$RENSA" train --net lenet --data ""
says 2 "--epochs needs a value" "$RENSA" train --net lenet --epochs
says 2 "--quiet takes no value" "$RENSA" train --net lenet --quiet=3
says 2 "a project file or --net, not both" "$RENSA" train p.json --net lenet
says 2 "is needed" "$RENSA" train
says 1 "hint    --net lenet" "$RENSA" train lenet
says 2 "bench: --net lenet" "$RENSA" bench lenet
says 2 "one project at a time" "$RENSA" train a.json b.json
says 2 "is needed" "$RENSA" evaluate
says 2 "is needed" "$RENSA" predict
says 2 "which file or run folder?" "$RENSA" info
says 2 "takes no arguments" "$RENSA" devices now
says 2 "takes no arguments" "$RENSA" serve now
says 2 "a folder and a command" "$RENSA" supervise folder
says 2 "--port needs a whole number, 0 to 65535" "$RENSA" serve --port 65536
says 2 "list, get NAME" "$RENSA" data give mnist
says 2 "--part is train, test or valid" "$RENSA" data show mnist --part most
says 1 'there is no run or model file "nowhere"' "$RENSA" evaluate nowhere
says 2 'did you mean "cpu"?' "$RENSA" train --net lenet --device cup --out run
holds "a run was begun" ! -e run

# data
says 0 "tinyshakespeare" "$RENSA" data list
says 0 "mnist" "$RENSA" data
says 0 "examples, drawn" "$RENSA" data get mnist --source drawn
says 0 "f32[1, 28, 28]" "$RENSA" data show mnist --source drawn --part test --samples 2 --seed 3
holds "no counts per class" -n "$(grep '^    9 ' out)"
holds "no picture is shown" -n "$(grep 'example 1: ' out)"
says 1 'did you mean "mnist"?' "$RENSA" data show mnits
says 1 'mnist was not found' "$RENSA" data get mnist
says 1 "" "$RENSA" data get mnist --source nowhere
make_table t.csv 12
sed 1d t.csv >bare.csv
says 0 "    height  " "$RENSA" data show t.csv
says 0 "    0       " "$RENSA" data show bare.csv
says 0 "  example 1       x 1.35 1.2  t b" "$RENSA" data show t.csv --samples 2
says 0 "t        i32[], 3 classes" "$RENSA" data show t.csv
printf 'a:,b:,c:,d:,e:,f:,g:,h:,y:\n1,2,3,4,5,6,7,8,9\n' >nine.csv
says 0 "  example 0       a 1  b 2" "$RENSA" data show nine.csv --samples 1
make_cifar data/cifar10/data_batch_1.bin 20
make_cifar data/cifar10/test_batch.bin 10
says 0 "f32[3, 32, 32]" env RENSA_DATA="$tmp/data" "$RENSA" data show cifar10 --samples 1

# what is logged
says 0 'no topic "dispach"; there are base' env RENSA_LOG=dispach:info "$RENSA" train --net mlp --data drawn --limit 100 --iterations 1 --out logged
says 0 'cannot understand "plan:loud"' env RENSA_LOG=plan:loud "$RENSA" train --net mlp --data drawn --limit 100 --iterations 1 --out logged --force

# info
says 0 "JSON" sh -c '"$0" train --net lenet --show >p.json && "$0" info p.json t.csv' "$RENSA"
holds "the second file is left out" -n "$(grep '^t.csv: text of 13 lines' out)"
says 1 "nothing-there" "$RENSA" info nothing-there

# functions and devices
says 0 "Rectified linear unit." "$RENSA" ops
says 0 "side of the window" "$RENSA" ops max_pool2d
says 1 'did you mean "relu"?' "$RENSA" ops rleu
says 0 '"name": "conv2d"' "$RENSA" ops conv2d --json
says 0 '"optimizers": [' "$RENSA" ops --json

# inspect
echo '{"data": "drawn", "network": [{"name": "fc", "type": "linear", "out": "=classes", "outt": 3}, "rellu", {"type": "linear", "out": 3, "inputs": "x"}]}' >unfinished.json
says 1 'unfinished.json:1:91: linear has no option "outt"' "$RENSA" inspect unfinished.json
says 1 'did you mean "relu"?' "$RENSA" inspect unfinished.json
says 1 '"path": "network.1"' "$RENSA" inspect unfinished.json --json
says 2 "one project file is needed" "$RENSA" inspect
says 0 "ref:0" "$RENSA" devices
says 0 "relu/forward" "$RENSA" selftest relu/ --list
says 0 " 0 failed" "$RENSA" selftest relu6/ --device ref
for command in "train --net lenet" "evaluate run" "predict run" bench selftest; do
    # shellcheck disable=SC2086
    says 2 'there is no device "cup"; did you mean "cpu"?' "$RENSA" $command --device cup
done
says 2 'there is no device "nothing"' "$RENSA" selftest relu6/ --device check:nothing
says 1 'did you mean "cpu"?' env RENSA_DEVICE=cup "$RENSA" selftest relu6/
says 2 'did you mean "relu"?' "$RENSA" selftest rleu

# bench
says 0 " us " "$RENSA" bench relu6/ --device ref
says 2 'did you mean "relu"?' "$RENSA" bench rleu
says 2 'has "zzz" in its name' "$RENSA" bench zzz
says 0 "examples/s" "$RENSA" bench --net lenet --batch 4 --limit 40 --steps 3 --warm-up 1
says 0 '"p90_ms": ' "$RENSA" bench --net lenet --batch 4 --limit 40 --steps 3 --json --infer --device ref
for key in median_ms p10_ms examples_per_second threads batch; do
    holds "bench --json has no $key" -n "$(member out $key)"
done
says 0 "examples/s" "$RENSA" bench p.json --batch 4 --limit 40 --steps 2 --set network.0.out=4
says 0 "--steps means nothing for functions" "$RENSA" bench relu6/ --steps 3
says 2 "not two of them" "$RENSA" bench relu --net lenet
finish
