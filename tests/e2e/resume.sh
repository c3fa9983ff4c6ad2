#!/bin/sh
# Runs that are killed or interrupted, and go on: the parameters at the end are those of a run that nobody disturbed.
. "$(dirname "$0")/lib.sh"
make_cifar data/cifar10/data_batch_1.bin 96
make_cifar data/cifar10/test_batch.bin 16
make_text data/tinyshakespeare/input.txt 400
export RENSA_DATA="$tmp/data"
often='training.snapshot={"every":3,"unit":"iteration"}'

hash_of() { sed -n 's/^parameters: sha256 //p' "$1"; }

# killed NAME ARGUMENTS...: kills the run at random moments until it has come to its end
killed() {
    name=$1
    shift
    "$RENSA" train "$@" --quiet --out "$name-whole" >whole 2>out || fail "$name does not train"
    seconds=$(member "$name-whole/result.json" seconds)
    kills=0 tries=0
    while [ $tries -lt 12 ]; do
        tries=$((tries + 1))
        if ls "$name"/snapshot_*.safetensors >/dev/null 2>&1; then
            "$RENSA" train --resume "$name" --quiet >part 2>out &
        else
            rm -rf "$name"
            "$RENSA" train "$@" --quiet --out "$name" >part 2>out &
        fi
        if [ $kills -lt 3 ]; then
            sleep "$(awk -v s="$seconds" -v seed="$$$tries" 'BEGIN { srand(seed); print 0.05 + s * rand() }')"
            kill -9 $! 2>/dev/null && kills=$((kills + 1))
        fi
        wait $! 2>/dev/null
        case $? in
        0) break ;;
        137) ;;
        *) fail "$name does not go on" && break ;;
        esac
    done
    is "$name after $kills kills" "$(hash_of part)" "$(hash_of whole)"
    is "$name leaves no half-written files" "$(find "$name" -name '*.tmp-*')" ""
}

killed lenet --net lenet --batch 16 --iterations 60 --limit 320 --seed 1 --set "$often"
# batch norm, augmentation, shuffling
killed resnet --net resnet20 --batch 16 --iterations 40 --seed 2 --set "$often" \
    --set network.arguments.width=4 --set network.arguments.blocks=1
# dropout, state that is carried from batch to batch
killed lstm --net lstm-lm --batch 4 --iterations 60 --seed 3 --set "$often" --set network.arguments.units=16

# lines of steps that were made again are there once; the file may end in half a line
for name in lenet resnet lstm; do
    is "iterations of $name/steps.jsonl" "$(sed -n 's/^{"iteration":\([0-9]*\),.*}$/\1/p' $name/steps.jsonl | awk '$1 <= last { print "again " $1 } { last = $1 } END { print last }')" \
        "$(member $name/result.json iterations)"
done
head -n 1 lenet/steps.jsonl | sed 's/"iteration":[0-9]*/"iteration":1/' >few.jsonl
{ cat few.jsonl; sed 's/"iteration":1/"iteration":99999999/' few.jsonl; printf '{"iteration":2,"ep'; } >lenet/steps.jsonl
says 0 "" "$RENSA" train --resume lenet --iterations 80 --quiet --set training.watch=true
is "lines of a later time are gone" "$(sed -n 's/^{"iteration":\([0-9]*\),.*}$/\1/p' lenet/steps.jsonl |
    awk 'NR == 1 || $1 <= last { print } { last = $1 } END { print last }' | tr '\n' ' ')" "1 80 "
holds "no line of tensors" -n "$(grep '"update_ratio":[0-9]' lenet/tensors.jsonl)"

# a snapshot under way does not count until it is whole
cp -r lenet-whole torn
newest=$(find torn -name 'snapshot_*.safetensors' | sort | tail -n 1)
head -c 1000 "$newest" >torn/snapshot_99999999.safetensors.tmp-999999-0
says 0 "" "$RENSA" train --resume torn --quiet
is "a torn snapshot" "$(hash_of out)" "$(member lenet-whole/result.json parameters_sha256)"
is "the torn file" "$(find torn -name '*.tmp-*')" ""

# a signal finishes the step and leaves a snapshot
for signal in INT HUP; do
    "$RENSA" train --net lenet --batch 16 --iterations 60 --limit 320 --seed 1 --quiet --set "$often" \
        --out stopped-$signal >part 2>out &
    while kill -0 $! 2>/dev/null && ! ls stopped-$signal/snapshot_*.safetensors >/dev/null 2>&1; do sleep 0.02; done
    kill -$signal $! 2>/dev/null
    wait $!
    status=$?
    if [ $status -eq 0 ]; then
        skip "the run was over before $signal came"
    else
        is "status after $signal" $status 130
        is "result after $signal" "$(member stopped-$signal/result.json status)" interrupted
        says 0 "" "$RENSA" train --resume stopped-$signal --quiet
        is "a run after $signal" "$(hash_of out)" "$(member lenet-whole/result.json parameters_sha256)"
        is "its result" "$(member stopped-$signal/result.json status)" finished
    fi
done
finish
