#!/bin/sh
# No space, no right to write, no network: said plainly, with status 1, and no half-written file is left.
. "$(dirname "$0")/lib.sh"
make_table table.csv 30
cat >table.json <<'END'
{"data": "table.csv", "network": [{"type": "linear", "out": 300}, "relu", {"type": "linear", "out": "=classes"}],
 "training": {"batch": 8, "epochs": 3}}
END
limited() { # BLOCKS ARGUMENTS...: the command, whose files may have so many blocks
    blocks=$1
    shift
    sh -c 'trap "" XFSZ; ulimit -f "$0"; exec "$@"' "$blocks" "$RENSA" "$@" >out 2>&1
}
temporaries() { find . -name '*.tmp-*' -o -name '*.part'; }

# a limit on the size of files stands for a full disk: from nothing to all but the last bytes of what a run needs
for blocks in 1 4 12 20; do
    limited $blocks train table.json --quiet --out "full-$blocks"
    is "status with $blocks blocks" $? 1
    holds "the reason with $blocks blocks" -n "$(grep 'File too large' out)"
    is "lines of the library with $blocks blocks" "$(grep -E '[a-z]\.c:[0-9]' out)" ""
    is "temporary files with $blocks blocks" "$(temporaries)" ""
    for file in full-$blocks/*.json full-$blocks/*.jsonl; do
        [ -s "$file" ] || continue
        says 0 "" "$RENSA" info "$file"
        is "the end of $file" "$(tail -c 1 "$file")" ""
    done
    for file in full-$blocks/*.safetensors; do
        [ -e "$file" ] && says 0 "tensors" "$RENSA" info "$file"
    done
done
says 0 "" "$RENSA" train table.json --quiet --out whole
says 1 "the output cannot be written: No space left" sh -c '"$0" info whole/model.safetensors >/dev/full' "$RENSA"
says 1 "" sh -c '"$0" ops >/dev/full' "$RENSA"

# a snapshot that does not fit leaves the one before
cp -r whole room && before=$(ls room/snapshot_*)
limited 4 train --resume room --epochs 5 --quiet
is "status" $? 1
is "the snapshots" "$(ls room/snapshot_*)" "$before"
says 0 "" "$RENSA" train --resume room --epochs 5 --quiet
says 0 "" "$RENSA" train table.json --epochs 5 --quiet --out longer
is "after there was room again" "$(member room/result.json parameters_sha256)" "$(member longer/result.json parameters_sha256)"

# no right to write (root may write anywhere, and keeps its folders to itself)
mkdir locked && chmod a-w locked && chmod a+rx "$tmp"
cp "$RENSA" rensa && cp -r "$(dirname "$RENSA")/../lib/rensa" lib
nobody="env RENSA_LIBRARY=$tmp/lib"
[ "$(id -u)" -ne 0 ] || nobody="$nobody setpriv --reuid=65534 --regid=65534 --clear-groups"
if $nobody ./rensa devices >out 2>&1; then
    says 1 "Permission denied" $nobody ./rensa train table.json --quiet --out locked/run
    is "files in the locked folder" "$(ls locked)" ""
else
    skip "nobody is here who may not write everywhere"
fi
says 1 "Not a directory" "$RENSA" train table.json --quiet --out table.csv/run
says 1 "table.csv" "$RENSA" train table.json --quiet --out table.csv
says 1 "" "$RENSA" train table.json --quiet --out /proc/run

# no network: nothing is reachable below this address, and no name is looked up
export RENSA_MIRRORS="http://127.0.0.1:9"
says 1 "could not be downloaded" "$RENSA" data get cifar10
says 1 "Failed to connect" "$RENSA" data get mnist --source download
says 1 "no place" env -u HOME -u XDG_CACHE_HOME "$RENSA" data get cifar10
says 1 "no place" env -u HOME -u XDG_CACHE_HOME "$RENSA" data get fashion-mnist
says 1 "offline" "$RENSA" data get cifar10 --offline
says 1 "drawn" "$RENSA" data get mnist --offline
is "files of the cache" "$(find cache -type f 2>/dev/null)" ""

# mirrors: the first has nothing, the second a file that is not the right one, the third the right one
make_text wrong/tinyshakespeare/input.txt 300
export RENSA_MIRRORS="file://$tmp/nothing file://$tmp/wrong"
says 1 "instead of 1115394" "$RENSA" data get tinyshakespeare
is "files of the cache" "$(find cache -type f 2>/dev/null)" ""
if [ -s "$real_data/tinyshakespeare/input.txt" ]; then
    RENSA_MIRRORS="$RENSA_MIRRORS,file://$real_data"
    says 0 "1003854 tokens, download" "$RENSA" data get tinyshakespeare
    says 0 "First Citizen" "$RENSA" data show tinyshakespeare --offline --samples 40
    says 0 "111540 tokens, cache" "$RENSA" data get tinyshakespeare --part valid
    is "files of the cache" "$(cd cache && find . -type f)" ./rensa/tinyshakespeare/input.txt
else
    skip "RENSA_DATA has no tinyshakespeare"
fi
finish
