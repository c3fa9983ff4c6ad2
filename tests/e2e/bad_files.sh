#!/bin/sh
# Files that are cut off, malformed or claim more than they hold: said with the file's name and the place, status 1, no
# memory beyond what the file's size justifies, nothing written.
. "$(dirname "$0")/lib.sh"
nul() { head -c "$1" /dev/zero; }
ulimit -v 1500000 # KB; whoever believes the headers below fails here

# refuses FILE TEXT COMMAND...: status 1, the file's name, and the text
refuses() {
    file=$1 text=$2
    shift 2
    says 1 "$text" "$RENSA" "$@"
    holds "does not name $file: $*" -n "$(grep -F "$file" out)"
    holds "speaks of memory: $*" -z "$(grep 'out of memory' out)"
}

# IDX: 0xffffffff pictures of 28 x 28; a header that ends early; more bytes than it says
{ printf '\000\000\010\003\377\377\377\377\000\000\000\034\000\000\000\034' && nul 100; } >huge.idx
printf '\000\000\010\003\000\000\000\012\000\000' >short.idx
{ printf '\000\000\010\001\000\000\000\002' && nul 3; } >long.idx
gzip -c huge.idx >huge.idx.gz
gzip -c huge.idx | head -c 40 >short.idx.gz
printf '\037\213\010garbage' >garbage.idx.gz
refuses huge.idx "4294967295" info huge.idx
for file in huge.idx short.idx long.idx huge.idx.gz short.idx.gz garbage.idx.gz; do
    refuses $file "" data show $file
done

# PNG and JPEG: 60000 x 60000 pixels in a few bytes; cut off
png_head='\211PNG\r\n\032\n\000\000\000\015IHDR'
{ printf "$png_head"'\000\000\352\140\000\000\352\140\010\002\000\000\000' && nul 40; } >huge.png
printf "$png_head"'\000\000\000\001' >short.png
{ printf '\377\330\377\300\000\021\010\377\334\377\334\003\001\042\000\002\021\001\003\021\001' && nul 40; } >huge.jpg
printf '\377\330\377\340\000\020JFIF' >short.jpg
for file in huge.png short.png huge.jpg short.jpg; do
    refuses $file "" info $file
    mkdir -p "of-$file/a" && cp $file "of-$file/a/"
    refuses $file "" data show "of-$file"
done

# NPY: a shape that no file could hold, Python objects, a header that ends early
npy() { # FILE HEADER
    { printf '\223NUMPY\001\000\166\000' && printf '%-117s\n' "$2"; } >"$1"
}
npy huge.npy "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }"
npy negative.npy "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"
npy over.npy "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296), }"
head -c 20 huge.npy >short.npy
for file in huge.npy negative.npy over.npy short.npy; do refuses $file "" info $file; done
printf 'PK\003\004 and no more' >short.npz
refuses short.npz "" info short.npz

# safetensors: a header of 2^60 bytes, tensors beyond the end, deep nesting
{ printf '\000\000\000\000\000\000\000\020' && printf '{}'; } >huge.safetensors
text='{"a":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}'
{ printf "\\$(printf %o ${#text})"'\000\000\000\000\000\000\000' && printf %s "$text"; } >far.safetensors
{ printf '\000\001\000\000\000\000\000\000' && head -c 256 /dev/zero | tr '\000' '['; } >deep.safetensors
for file in huge.safetensors far.safetensors deep.safetensors; do refuses $file "" info $file; done
refuses far.safetensors "far.safetensors:1:" info far.safetensors

# CSV and texts
printf 'a,b\n1,2\n3\n' >ragged.csv
printf 'a,b\n"1,2\n3,4\n' >quote.csv
printf 'a,b\n1,\000\n' >zero.csv
printf 'a,b\n1,2\n3,x\n5,6\n' >word.csv
: >empty.csv
printf 'nothing.png 1\n' >list.txt
refuses ragged.csv "row 3" data show ragged.csv
refuses quote.csv "a quote is opened and not closed" data show quote.csv
refuses zero.csv "row 2, column 1" data show zero.csv
refuses word.csv "row 3, column \"b\": \"x\" is not a number" data show word.csv
printf 'a;b\n1;2\n' >semicolons.csv
printf 'a\tb\n1\t2\n' >tabs.csv
refuses semicolons.csv "separated by ';'" data show semicolons.csv
refuses tabs.csv "separated by tabs" data show tabs.csv
refuses empty.csv "the table is empty" data show empty.csv
refuses nothing.png "in      list.txt" data show list.txt
mkdir -p data/tinyshakespeare data/cifar10
: >data/tinyshakespeare/input.txt
RENSA_DATA="$tmp/data" refuses lstm-lm "the text is too short" train --net lstm-lm --out run
nul 3000 >data/cifar10/data_batch_1.bin
cp data/cifar10/data_batch_1.bin data/cifar10/test_batch.bin
RENSA_DATA="$tmp/data" refuses data_batch_1.bin "" train --net resnet20 --out run

# run folders
make_table table.csv 30
cat >table.json <<'END'
{"data": "table.csv", "network": [{"type": "linear", "out": "=classes"}], "training": {"batch": 8, "epochs": 2}}
END
says 0 "" "$RENSA" train table.json --quiet --out good
for part in model.safetensors project.json; do
    cp -r good "bad-$part" && head -c 60 "good/$part" >"bad-$part/$part"
    refuses $part "" evaluate "bad-$part"
done
snapshot=$(basename good/snapshot_*6.safetensors)
cp -r good torn && head -c 500 "good/$snapshot" >"torn/$snapshot"
refuses "$snapshot" "" train --resume torn --epochs 4
cp good/model.safetensors torn/$snapshot
refuses "$snapshot" "not a snapshot" train --resume torn --epochs 4
sed 's/\\"iterator_position\\":[0-9]*/\\"iterator_position\\":-7/' "good/$snapshot" >other
[ "$(wc -c <other)" -eq "$(wc -c <"good/$snapshot")" ] || sed 's/\\"iteration\\":6/\\"iteration\\":x/' "good/$snapshot" >other
cp other "torn/$snapshot"
refuses "$snapshot" "" train --resume torn --epochs 4
mkdir empty
says 1 "holds no project.json" "$RENSA" evaluate empty
says 1 "project.json" "$RENSA" train --resume empty
refuses ragged.csv "called \"a\" in one table" predict good ragged.csv
refuses huge.png "does not take pictures" predict good huge.png
holds "a run was begun" ! -e run
finish
