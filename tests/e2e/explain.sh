#!/bin/sh
# What rensa explain says of networks and runs; the limits of the machine.
. "$(dirname "$0")/lib.sh"

# the machine: measured once, kept, measured again where the file is broken
says 0 "multiply-adds, f32" "$RENSA" bench --machine
says 0 '"memory_all": ' "$RENSA" bench --machine --json
says 0 "--batch means nothing with --machine" "$RENSA" bench --machine --batch 3
says 2 "--machine takes no network" "$RENSA" bench --machine --net lenet
says 1 "cannot say what its limits are" "$RENSA" bench --machine --device ref
kept=$(ls cache/rensa/limits-*.json)
holds "no rate is kept" -n "$(member "$kept" f32_1)"
echo "{" >"$kept"

# text
says 0 "" "$RENSA" explain --net lenet --data drawn --limit 100 --batch 20
holds "the limits are not measured again" "$(wc -c <"$kept")" -gt 100
for text in "lenet, training step, batch 20" "lenet, inference" "bytes moved" "peak of values" "conv_grad_w" "softmax_nll" \
    "it has a kernel of its own" "bound by" "within the limits of the machine"; do
    holds "explain does not say \"$text\"" -n "$(grep -F -- "$text" out)"
done
is "lines that are too long" "$(awk 'length > 110' out | wc -l)" 0
says 0 "with recording" "$RENSA" explain --net mlp --data drawn --limit 100 --measure
says 0 "steps in plain C" "$RENSA" explain --net mlp --data drawn --limit 100 --device ref
says 0 "inference, batch 1" sh -c '"$0" explain --net mlp --data drawn --limit 100 --set training.batch=1 | grep inference' "$RENSA"

# JSON
says 0 "" "$RENSA" explain --net mlp --data drawn --limit 100 --measure --json
cp out explained.json
for key in version name batch parameters threads machine training inference plans recorded compiled calls views flop bytes \
    peak_bytes steps kernels fused in_place copies reasons shapes layout reads least_seconds bound seconds step_seconds; do
    holds "explain --json has no $key" -n "$(grep -F "\"$key\":" explained.json)"
done
holds "the step was not timed" "$(member explained.json step_seconds)" != 0
says 0 "JSON" "$RENSA" info explained.json
holds "the JSON of a small network is larger than 200 kB" "$(wc -c <explained.json)" -lt 200000

# the page: well-formed, complete by itself, of bounded size
says 0 "" "$RENSA" explain --net lenet --data drawn --limit 100 --html page.html
is "what is printed beside the page" "$(cat out)" ""
for text in "<!DOCTYPE html>" "<h1>lenet</h1>" "Training step" "Inference" "bytes moved" "least time of the machine" "peak " \
    "memory: " "f32: " "conv_grad_w" "prefers-color-scheme:dark" 'id="t1-0"' 'href="#t1-0"' 'id="i1-0"' "f32[50, 20, 5, 5]" \
    "-&#62;" "it has a kernel of its own"; do
    holds "the page has no \"$text\"" -n "$(grep -F -m 1 -- "$text" page.html)"
done
is "addresses of other pages" "$(grep -c -E 'http|src=|@import|url\(' page.html)" 0
is "nodes of the graph that are no step of the table" \
    "$(grep -o 'href="#[ti]1-[0-9]*"' page.html | sed 's/href="#/id="/' | sort | while read -r id; do grep -q -F "$id" page.html || echo "$id"; done)" ""
if command -v xmllint >/dev/null; then says 0 "" xmllint --noout page.html; else skip "no xmllint: the page's form"; fi
holds "the page of a small network is larger than 200 kB" "$(wc -c <page.html)" -lt 200000
make_text data/tinyshakespeare/input.txt 400
says 0 "" env RENSA_DATA="$tmp/data" "$RENSA" explain --net lstm-lm --batch 4 --set network.arguments.units=16 --measure --html long.html
for text in "measured, whole step" " × " "drawn once"; do
    holds "the page of repeated steps has no \"$text\"" -n "$(grep -F -- "$text" long.html)"
done
holds "the page of repeated steps is larger than 3 MB" "$(wc -c <long.html)" -lt 3000000
says 0 '"steps": ' "$RENSA" explain --net mlp --data drawn --limit 100 --device ref --html ref.html --json
holds "no page without the machine's limits" -n "$(grep -F "are not known" ref.html)"
mkdir kept && echo old >kept/page.html && chmod a-w kept
if [ -w kept ]; then
    mkdir kept/folder.html
    says 1 "folder.html" "$RENSA" explain --net mlp --data drawn --limit 100 --html kept/folder.html
else
    says 1 "page.html" "$RENSA" explain --net mlp --data drawn --limit 100 --html kept/page.html
fi
is "what was there" "$(cat kept/page.html)" old
holds "something is left half-written" -z "$(ls -A kept | grep -v -E '^(page|folder).html$')"
says 1 "nowhere/page.html" "$RENSA" explain --net mlp --data drawn --limit 100 --html nowhere/page.html
says 2 "--html needs a value" "$RENSA" explain --net mlp --html

# runs, models, mistakes
says 0 "" "$RENSA" train --net mlp --data drawn --limit 100 --iterations 2 --out run --quiet
says 0 "mlp, training step" "$RENSA" explain run
says 0 "mlp, inference" "$RENSA" explain run/model.safetensors
says 1 "hint    did you mean \"run\"?" "$RENSA" explain rum
says 1 "hint    --net lenet" "$RENSA" explain lenet
says 1 "nothing.json" "$RENSA" explain nothing.json
says 2 "one project, run or model file" "$RENSA" explain
says 2 "one project, run or model file" "$RENSA" explain run --net lenet
says 2 "one project, run or model file" "$RENSA" explain run run
says 2 "--batch needs a whole number" "$RENSA" explain --net mlp --batch 0
says 1 "the output cannot be written" sh -c '"$0" explain run --json >/dev/full' "$RENSA"

# the log says it of any program
says 0 "bytes moved instead of" env RENSA_LOG=plan "$RENSA" train --net mlp --data drawn --limit 100 --iterations 1 --out logged

finish
