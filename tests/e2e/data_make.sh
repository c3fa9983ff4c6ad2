#!/bin/sh
# Data sets that are made of folders, tables and archives, and trained with; what is wrong in them, and archives that mean
# harm.
. "$(dirname "$0")/lib.sh"
export RENSA_DATA="$tmp/none"

"$(dirname "$RENSA")/make_pictures" pictures 120 >out 2>&1 || fail "no pictures"
says 0 "test: " "$RENSA" data make digits --from pictures --channels 1 --width 20 --height 20 --fit pad --seed 3
is "files of a data set" "$(ls -A digits | tr '\n' ' ')" "dataset.json test.examples train.examples "
holds "no classes in dataset.json" -n "$(grep '"classes": \["digit0", "digit1"' digits/dataset.json)"
says 0 "x        f32[1, 20, 20]" "$RENSA" data show digits
says 1 "exists" "$RENSA" data make digits --from pictures
says 0 "valid: " "$RENSA" data make parts --from pictures --channels 1 --split 50,25,25

# as the source of a project
echo '{"data": "digits", "network": [{"type": "linear", "out": "=classes"}], "training": {"epochs": 1, "batch": 16}}' >p.json
says 0 "sha256" "$RENSA" train p.json --quiet --out run
holds "no test accuracy" -n "$(grep '"test_accuracy"' run/result.json)"
says 0 "f32[16, 10]" "$RENSA" train p.json --check
says 0 "" "$RENSA" inspect p.json
echo '{"data": {"train": {"source": "digits", "part": "valid"}}, "network": [{"type": "linear", "out": 10}]}' >q.json
says 1 'the data set has no part "valid"' "$RENSA" train q.json --check
head -c 100 digits/train.examples >short && cp short digits/train.examples
says 1 'the file "train.examples" has 100 bytes' "$RENSA" data show digits

# damage
first=$(find pictures -name '*.png' | sort | head -n 1)
head -c 60 "$first" >torn.png && cp torn.png "$first"
says 1 "$first" "$RENSA" data make torn --from pictures --channels 1
holds "something half-made is left" -z "$(find . -maxdepth 1 -name '.torn*' -o -maxdepth 1 -name torn)"
says 0 "" "$RENSA" data make torn --from pictures --channels 1 --damaged skip
holds "the damaged file is not named" -n "$(grep "\"file\": \"$first\"" torn/dataset.json)"
is "skipped" "$(member torn/dataset.json skipped)" 1

# tables
make_table t.csv 40
says 0 "data set: table" "$RENSA" data make table --from t.csv
says 0 '{"progress": "reading", "done": 40, "total": 40}' "$RENSA" data make table2 --from t.csv --progress json
printf 'a,b,c\n1,2,x\n1,oops,y\n3,4,x\n' >bad.csv
says 1 "bad.csv" "$RENSA" data make bad --from bad.csv

# archives
rm -f "$first"
tar cf a.tar pictures && gzip -k a.tar
says 0 "data set: tarred" "$RENSA" data make tarred --from a.tar --channels 1
says 0 "data set: gzipped" "$RENSA" data make gzipped --from a.tar.gz --channels 1
cmp -s tarred/train.examples gzipped/train.examples || { : >out && fail "archives of the same pictures differ"; }
long=$(printf '%0120d' 7)
for format in ustar gnu pax; do
    mkdir -p "far/$long" && cp -r pictures/* "far/$long" && tar --format=$format -cf far-$format.tar far 2>/dev/null || continue
    says 0 "data set: far-$format" "$RENSA" data make far-$format --from far-$format.tar --channels 1
    cmp -s tarred/train.examples far-$format/train.examples || { : >out && fail "long names of $format"; }
done
mkdir -p deep/in && cp torn.png deep/in/x.png
(cd deep/in && tar cPf ../../evil.tar ../../torn.png)
says 1 "leads out of the archive" "$RENSA" data make evil --from evil.tar
tar cPf root.tar "$tmp/torn.png"
says 1 "leads out of the archive" "$RENSA" data make evil --from root.tar
mkdir links && ln -s /etc links/etc && ln -s /etc/passwd links/p.png && tar cf links.tar links
says 1 "" "$RENSA" data make evil --from links.tar
if command -v zip >/dev/null; then
    zip -qr a.zip pictures
    says 0 "data set: zipped" "$RENSA" data make zipped --from a.zip --channels 1
    cmp -s tarred/train.examples zipped/train.examples || { : >out && fail "the zip differs"; }
    mkdir -p bomb/a && head -c 300000000 /dev/zero >bomb/a/0.png && (cd bomb && zip -q9r ../bomb.zip a) && rm -r bomb
    says 1 "" "$RENSA" data make bomb --from bomb.zip --channels 1
fi
holds "an archive wrote something" -z "$(find . -maxdepth 1 -name 'evil' -o -maxdepth 1 -name '.*.tmp-*')"

says 2 "from names what" "$RENSA" data make x
says 2 "needs percentages" "$RENSA" data make x --from pictures --split 90,20
says 2 'cannot be "wide"' "$RENSA" data make x --from pictures --fit wide
says 1 "neither a known data set nor a file" "$RENSA" data make x --from nowhere
finish
