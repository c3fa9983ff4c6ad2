#!/bin/sh
# rensa train, evaluate and predict: built-in networks, run folders, what is written there, runs that fail.
. "$(dirname "$0")/lib.sh"
make_cifar data/cifar10/data_batch_1.bin 64
make_cifar data/cifar10/test_batch.bin 16
make_text data/tinyshakespeare/input.txt 300
make_table table.csv 60
export RENSA_DATA="$tmp/data"
few="--batch 16 --limit 160 --iterations 12 --quiet"

# built-in networks, each for a few steps; without files of MNIST its digits are drawn
small_gpt="--set network.arguments.width=16 --set network.arguments.heads=2 --set network.arguments.blocks=1"
small_resnet="--set network.arguments.width=4 --set network.arguments.blocks=1"
# shellcheck disable=SC2086
{
    says 0 "sha256" "$RENSA" train --net mlp $few --set network.arguments.units=20 --out mlp
    says 0 "sha256" "$RENSA" train --net lenet $few --seed 5 --out lenet
    says 0 "sha256" "$RENSA" train --net resnet20 $few $small_resnet --out resnet
    says 0 "sha256" "$RENSA" train --net lstm-lm $few --batch 4 --set network.arguments.units=16 --out lstm
    says 0 "sha256" "$RENSA" train --net gpt $few --batch 4 $small_gpt --out gpt
}

# the run folder
for file in project.json log.jsonl curve.svg result.json model.safetensors best.safetensors snapshot_00000012.safetensors; do
    holds "the run has no $file" -s "lenet/$file"
done
for key in status command seed versions train_loss test_accuracy test_loss seconds examples_per_second peak_memory_bytes \
    parameters_sha256 device threads iterations; do
    holds "result.json has no $key" -n "$(grep "^  \"$key\": ." lenet/result.json)"
done
for key in $(cat lenet/result.json lstm/result.json | sed -n 's/^  "\([a-z0-9_]*\)":.*/\1/p' | sed 's/^valid_/test_/' | sort -u); do
    holds "project.md does not describe $key" -n "$(grep "^| .*\`$key\`" "$root/docs/project.md")"
done
is "status of a run" "$(member lenet/result.json status)" finished
is "seed of a run" "$(member lenet/result.json seed)" 5
# one of the epoch and one of the end
is "rows of the log" "$(grep -c '"test_accuracy":.*"train_loss":' lenet/log.jsonl)" 2
holds "the curve is no SVG" -n "$(grep '</svg>' lenet/curve.svg)"

# the same seed gives the same bits, another one others
# shellcheck disable=SC2086
{
    says 0 "$(member lenet/result.json parameters_sha256)" "$RENSA" train --net lenet $few --seed 5 --out again
    says 0 "sha256" "$RENSA" train --net lenet $few --seed 6 --out other
}
holds "another seed gives the same parameters" \
    "$(member lenet/result.json parameters_sha256)" != "$(member other/result.json parameters_sha256)"

# mixed precision: other bits, parameters in f32; steps whose gradients overflow are counted
# shellcheck disable=SC2086
{
    says 0 "sha256" "$RENSA" train --net lenet $few --seed 5 --precision bfloat16 --out mixed
    says 0 "sha256" "$RENSA" train --net lenet $few --precision float16 --set training.loss_scale.scale=1e30 --out f16
    says 1 'there is no precision "half"' "$RENSA" train --net lenet $few --precision half --out half
    says 1 'no member of a loss_scale called "grow"' "$RENSA" train --net lenet $few --set training.loss_scale.grow=2 --out half
}
holds "bfloat16 gives the parameters of float32" \
    "$(member lenet/result.json parameters_sha256)" != "$(member mixed/result.json parameters_sha256)"
is "16-bit parameters" "$("$RENSA" info mixed/model.safetensors | grep -c bf16)" 0
is "skipped steps" "$(grep -c '"skipped_steps":12' f16/log.jsonl)" 1

# on a terminal there is a line with a bar, and a table; the graph is drawn if it is asked for
if command -v script >/dev/null; then
    says 0 "examples/s  ETA" script -qec "'$RENSA' train --net mlp --batch 8 --limit 4000 --iterations 400 --out bar" /dev/null
    holds "no table is shown" -n "$(grep 'epoch *seconds.*test_loss' out)"
    says 0 "  ETA " script -qec "stty cols 40; '$RENSA' train --net mlp --batch 8 --limit 400 --iterations 60 --out narrow" /dev/null
    tr '\r' '\n' <out | sed 's/^.\[K//' | grep -a -e '  ETA ' -e '^ *epoch  *seconds' >lines
    is "lines wider than the terminal" "$(awk 'length > 39' lines)" ""
else
    skip "script(1) is not there to be a terminal"
fi
# shellcheck disable=SC2086
says 0 "sha256" "$RENSA" train --net mlp $few --set training.graph=true --out drawn
holds "there is no graph" -n "$(grep '^digraph' drawn/graph.dot)"

# what was trained is used
says 0 "accuracy" "$RENSA" evaluate lenet --limit 50
says 0 "\"monitor\": \"test\"" "$RENSA" evaluate lenet --json --monitor test --limit 50 --batch 7
says 1 "did you mean \"test\"?" "$RENSA" evaluate lenet --monitor tset
says 0 "\"parameters_sha256\": \"$(member lenet/result.json parameters_sha256)\"" "$RENSA" evaluate lenet --json --limit 20
says 0 "" "$RENSA" evaluate lenet/model.safetensors --best --limit 20
says 0 "example" "$RENSA" predict lenet --samples 3 --seed 2
says 0 "\"probability\"" "$RENSA" predict lenet --samples 2 --json
says 0 "cat" "$RENSA" predict lstm --prompt "the cat" --length 20 --temperature 0
says 0 "cat" "$RENSA" predict gpt --prompt "the cat" --length 20 --seed 3
says 1 "\"~\" is not in the vocabulary" "$RENSA" predict gpt --prompt "~" --length 3
says 1 "is no run: it holds no project.json" "$RENSA" predict data --samples 1
mkdir begun && cp lenet/project.json begun
says 1 "holds no model" "$RENSA" predict begun
says 0 "begun: a run of lenet" "$RENSA" info begun
says 1 "expect  test" "$RENSA" evaluate lenet --monitor all
says 1 "there is no run" "$RENSA" train --resume nowhere
mkdir runs && cp -r lenet runs/lenet-1
says 1 'did you mean "mlp"?' "$RENSA" predict mpl
says 1 'did you mean "runs/lenet-1"?' "$RENSA" evaluate lenet-1
cp lenet/model.safetensors alone.safetensors
says 1 'there is no project.json beside "alone.safetensors"' "$RENSA" evaluate alone.safetensors
says 0 "lenet: a run of lenet, finished" "$RENSA" info lenet
for text in 'data "test": mnist, test' 'batch 16, ' 'epochs   ' 'test_accuracy   ' 'parameters_sha256 '; do
    holds "info on a run does not say \"$text\"" -n "$(grep -F "$text" out)"
done
says 1 "is no run" "$RENSA" info data

# options that mean nothing are named
says 0 "--prompt means nothing for samples" "$RENSA" predict lenet --samples 1 --prompt x
says 0 "--part means nothing without --data" "$RENSA" evaluate lenet --part train --limit 20
says 0 "--quiet means nothing with --show" "$RENSA" train --net lenet --show --quiet
says 0 "did you mean RENSA_EAGER?" env RENSA_EAGRE=1 "$RENSA" train --net lenet --show
says 0 "did you mean RENSA_OFF?" env RENSA_OF=fuse "$RENSA" train --net lenet --show

# a run is never overwritten without being asked to
says 1 "is not empty" "$RENSA" train --net lenet --iterations 1 --out lenet
is "a refused run" "$(member lenet/result.json status)" finished
echo mine >other/mine
# shellcheck disable=SC2086
says 0 "sha256" "$RENSA" train --net lenet $few --force --out other
holds "--force removes what is not ours" -s other/mine

# a longer run goes on where a shorter one ended, and has the bits of one that did not stop
says 0 "sha256" "$RENSA" train --net lenet --batch 16 --limit 160 --iterations 25 --quiet --seed 5 --out long
says 0 "$(member long/result.json parameters_sha256)" "$RENSA" train --resume lenet --iterations 25 --quiet
is "iterations of both" "$(member lenet/result.json iterations)" 25

says 0 "nothing is left to do" "$RENSA" train --resume lenet
says 0 "run folder: runs/mlp-1" "$RENSA" train --net mlp --limit 40 --iterations 2 --quiet

# --show gives a project file that is the same run; --check shows shapes
"$RENSA" train --net lenet --batch 16 --limit 160 --iterations 25 --seed 5 --show >shown.json 2>out
says 0 "$(member long/result.json parameters_sha256)" "$RENSA" train shown.json --quiet --out from-file
"$RENSA" train shown.json --show >again.json
is "showing what was shown" "$(cat again.json)" "$(cat shown.json)"
says 0 "f32[64, 10]" "$RENSA" train --net lenet --check
holds "--check leaves a run" ! -e runs/lenet-2
says 1 "no optimizer \"adamant\"" "$RENSA" train --net lenet --set 'training.optimizer="adamant"' --check

# a table
cat >table.json <<'END'
{"data": {"train": {"source": "table.csv", "part": "train"}, "test": {"source": "table.csv", "part": "test"}},
 "network": [{"type": "linear", "out": 8}, "tanh", {"type": "linear", "out": "=classes"}],
 "training": {"batch": 8, "epochs": 30, "optimizer": {"type": "adam", "rate": 0.05}}}
END
says 0 "table: 51 parameters" "$RENSA" train table.json --out table
says 0 "table: a run of table, finished" "$RENSA" info table
says 0 "epoch 3: no improvement of test_loss in 2 evaluations" "$RENSA" train table.json --out stopped \
    --set training.early_stopping.patience=2 --set training.optimizer.rate=1e-30
says 0 "early_stopping (patience 2)" "$RENSA" info stopped
says 0 "epoch 3: no improvement of test_loss in 2 evaluations" "$RENSA" train --resume stopped
is "epochs of a run that had stopped" "$(member stopped/result.json epochs)" 3
says 0 "epoch 4: no improvement" "$RENSA" train --resume stopped --set training.early_stopping.patience=3
holds "the table is not learnt" "$(member table/result.json test_accuracy)" = 1
says 0 " b " "$RENSA" predict table table.csv
printf 'width,height\n0.1,2\n2.2,0.1\n' >rows.csv
says 0 "\"class\": \"c\"" "$RENSA" predict table rows.csv --json
says 0 "accuracy  100.00 %" "$RENSA" evaluate table --data table.csv
mkdir elsewhere
says 0 "accuracy" sh -c 'cd elsewhere && "$0" evaluate ../table' "$RENSA"

# an optimizer has no data of its own
sed 's/"optimizer": {/&"data": "test", /' table.json >own-data.json
says 1 'adam has no option "data"' "$RENSA" train own-data.json --quiet --out own-data

# functions of expressions
sed 's/"out": 8/"out": "=min(9, max(2, 8), 20) + abs(-1)"/' table.json >computed.json
says 0 "f32[8, 9]" "$RENSA" train computed.json --check
sed 's/"out": 8/"out": "=abs(1, 2)"/' table.json >computed.json
says 1 "abs takes 1 argument" "$RENSA" train computed.json --check

# a run that fails says so in its folder, too
cut -d , -f 1,2 table.csv >numbers.csv
cat >diverging.json <<'END'
{"data": "numbers.csv", "network": [{"type": "linear", "out": 1}],
 "training": {"batch": 8, "epochs": 50, "optimizer": {"type": "sgd", "rate": 1e6}}}
END
says 1 "is not finite" "$RENSA" train diverging.json --quiet --out failing
is "status of a failed run" "$(member failing/result.json status)" failed
holds "a failed run does not say why" -n "$(grep '"error": ".*is not finite' failing/result.json)"
holds "a failed run has a model" ! -e failing/model.safetensors
# looking at what runs
says 0 "GFLOP/s" "$RENSA" train --net mlp --data drawn --limit 100 --iterations 5 --batch 20 --out watched --quiet --profile --trace t.json
holds "no profile.json" -s watched/profile.json
holds "no seconds in profile.json" -n "$(member watched/profile.json seconds)"
is "steps left out" "$(grep -c '"steps left out": *0' t.json)" 1
holds "a trace of 5 steps is larger than 2 MB" "$(wc -c <t.json)" -lt 2000000
says 1 "/nowhere/t.json" "$RENSA" train --net mlp --data drawn --limit 100 --iterations 1 --out unwatched --trace /nowhere/t.json
holds "a run was begun without its trace" ! -e unwatched
says 1 "/nowhere/t.json" "$RENSA" train --resume watched --iterations 6 --quiet --trace /nowhere/t.json
is "status of a run that did not go on" "$(member watched/result.json status)" finished
says 0 "--trace means nothing with --show" "$RENSA" train --net mlp --show --trace t.json

# reports
says 0 "" "$RENSA" train --net lenet --data drawn --limit 200 --epochs 2 --batch 20 --out told --quiet
says 0 "told.html" "$RENSA" report told --out told.html
holds "the page lacks a section" "$(grep -c '<section' told.html)" -eq 7
holds "the page does not cite Adam" -n "$(grep 'Kingma' told.html)"
holds "the page has no pictures" "$(grep -c 'data:image/png' told.html)" -gt 20
says 0 "told.pptx" "$RENSA" report told --out told.pptx
says 0 "" "$RENSA" info told.pptx
says 1 "nothing" "$RENSA" report nothing
says 2 ".html or .pptx" "$RENSA" report told --out told.doc
says 1 "/nowhere/r.html" "$RENSA" report told --out /nowhere/r.html
rm told/result.json
printf 'half a li\n{"epo' >>told/log.jsonl
says 0 "" "$RENSA" report told --out told.html
holds "a damaged line has taken the curves along" -n "$(grep '>Learning curve<' told.html)"
rm told/log.jsonl
says 0 "" "$RENSA" report told --out told.html
holds "the page does not say that the run did not end" -n "$(grep 'not come to its end' told.html)"

finish
