#!/bin/sh
# Tables and figures of evaluations agree with what training has said; layers are shown as pictures.
. "$(dirname "$0")/lib.sh"
"$(dirname "$RENSA")/make_pictures" pictures 200 >out 2>&1 || fail "no pictures"
says 0 "" "$RENSA" data make digits --from pictures --channels 1
echo '{"data": "digits", "network": [{"name": "conv", "type": "conv2d", "out": 4, "kernel": 5}, "relu", {"type": "max_pool2d", "kernel": 4}, {"type": "linear", "out": "=classes"}], "training": {"epochs": 6, "batch": 16, "seed": 1}}' >p.json
says 0 "sha256" "$RENSA" train p.json --quiet --out run

says 0 "outputs: outputs.csv" "$RENSA" evaluate run --outputs outputs.csv
examples=$(member evaluation.json examples)
is "rows of the table" "$(($(wc -l <outputs.csv) - 1))" "$examples"
is "columns of the table" "$(head -n 1 outputs.csv | tr ',' '\n' | wc -l | tr -d ' ')" 16
is "kind" "$(member evaluation.json kind)" classification
near() { awk -v a="$2" -v b="$3" -v e="$4" 'BEGIN { exit !(a - b <= e && b - a <= e) }' && pass || { echo "$2 $3" >out && fail "$1"; }; }
near "accuracy" "$(member evaluation.json accuracy | tail -n 1)" "$(member run/result.json test_accuracy)" 1e-6
near "right rows" "$(awk -F, 'NR > 1 { n += $4 } END { print n / (NR - 1) }' outputs.csv)" "$(member run/result.json test_accuracy)" 1e-5
near "log loss" "$(member evaluation.json log_loss)" "$(member run/result.json test_loss)" 1e-4
near "loss of the rows" "$(awk -F, 'NR > 1 { n += $6 } END { print n / (NR - 1) }' outputs.csv)" "$(member evaluation.json log_loss)" 1e-4
near "probabilities" "$(awk -F, 'NR > 1 { for (i = 7; i <= NF; i++) s += $i } END { print s / (NR - 1) }' outputs.csv)" 1 1e-4
# the area under the curve of the first class, from its ranks in the table
near "area under the curve" "$(sed -n 's/.*"name": "digit0".*"roc_auc": \([0-9.]*\),.*/\1/p' evaluation.json)" \
    "$(awk -F, 'NR > 1 { p[NR] = $7; t[NR] = $2 == "digit0" } END {
        for (i in p) for (j in p) if (t[i] && !t[j]) { n++; s += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0 }
        print s / n }' outputs.csv)" 0.01
is "confusion" "$(sed -n '/"confusion"/,/^ \]/p' evaluation.json | grep -o '[0-9][0-9]*' | awk '{ n += $1 } END { print n }')" "$examples"
says 1 "cannot write" "$RENSA" evaluate run --outputs no/such/folder/o.csv

# numbers
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 60; i++) printf "%.3f,%.3f,%.3f\n", i % 7 / 7, i % 5 / 5, i % 7 / 7 * 2 + i % 5 / 5 }' >line.csv
echo '{"data": "line.csv", "network": [{"type": "linear", "out": 1}], "training": {"epochs": 200, "batch": 16, "optimizer": {"type": "adam", "rate": 0.02}}}' >r.json
says 0 "sha256" "$RENSA" train r.json --quiet --out line
says 0 "" "$RENSA" evaluate line --outputs line-out.csv
is "kind of numbers" "$(member evaluation.json kind)" regression
holds "r2 is not near 1" -n "$(grep '"r2": 0.9[5-9]' evaluation.json)$(grep '"r2": 1' evaluation.json)"

# layers
picture=$(find pictures -name '*.png' | sort | head -n 1)
says 0 '"class": "digit' "$RENSA" predict run "$picture" --json --layers seen
for file in layers.json gradcam.png layer-000.png layer-001.png weights-000.png; do holds "no $file" -s "seen/$file"; done
says 0 "a picture of" "$RENSA" info seen/layer-000.png
holds "the layer of the Grad-CAM" -n "$(grep '"layer": "max_pool2d"' seen/layers.json)"

# pictures are brought to their size as those that were trained with
says 0 "" "$RENSA" data make padded --from pictures --channels 1 --width 14 --height 28 --fit pad
sed 's/digits/padded/' p.json >q.json
says 0 "sha256" "$RENSA" train q.json --quiet --out padded-run
"$RENSA" predict padded-run "$picture" --json >as-made
sed -i 's/"fit": "pad"/"fit": "squash"/' padded/dataset.json
"$RENSA" predict padded-run "$picture" --json >otherwise
holds "the fit of the data set is not used" -n "$(cmp as-made otherwise 2>&1)"
finish
