#!/bin/sh
# Power cuts: server and training are killed in the middle of a write, at one place after the other; no project and no run is
# lost or half written. CUTS="1 2 3 …" chooses the places.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
shim=$(dirname "$RENSA")/../lib/libcut.so
[ -e "$shim" ] || { skip "libcut.so was not built" && finish; }
shim=$(realpath "$shim")
make_table table.csv 100
project() { # NUMBER: a project that can be told from others
    echo "{\"rensa\": 1, \"name\": \"state $1\", \"data\": {\"train\": {\"source\": \"$tmp/table.csv\", \"part\": \"train\", \"seed\": 1}},
 \"network\": [{\"name\": \"fc\", \"type\": \"linear\", \"out\": \"=classes\"}], \"training\": {\"epochs\": 2, \"batch\": 20}}"
}
send() { # METHOD PATH FILE [REVISION]: whatever comes of it
    set -- "$1" "$2" "$3" "${4:-}"
    curl -s -m 10 -X "$1" -H "Authorization: Bearer $token" -H "Content-Type: application/json" ${4:+-H "If-Match: \"$4\""} \
        --data-binary "$3" "$address/api$2"
}

serve_begin
project 0 >known
send PUT /projects/p "@known" >answer
serve_end
i=0
for at in ${CUTS:-1 12 25 33 36 39 42 44 46 48 50 53 56 59 62 66 70 74 78 82 87 92 98 105 150}; do
    i=$((i + 1))
    export LD_PRELOAD="$shim" CUT_AT=$at
    : >serve.out
    "$RENSA" serve --port 0 --dir work --host lab.example >serve.out 2>/dev/null &
    server=$!
    unset LD_PRELOAD CUT_AT
    for _ in $(seq 100); do
        [ -s serve.out ] || ! kill -0 $server 2>/dev/null || { sleep 0.02 && continue; }
        break
    done
    address=$(sed -n '1s/\/?token=.*//p' serve.out) token=$(sed -n '1s/.*token=//p' serve.out)
    if [ -n "$token" ]; then
        project $i >wanted
        revision=$(send GET /projects/p "" -o /dev/null | sha256sum | cut -c 1-16)
        send PUT /projects/p @wanted "$revision" >answer
        grep -q '"revision"' answer && cp wanted known
        send POST /jobs "{\"project\": \"p\", \"name\": \"run $i\"}" >answer
        grep -q '"runs":\["' answer && first_run_of=$(sed 's/.*"runs":\["\([^"]*\)".*/\1/' answer) && echo "$first_run_of run $i" >>promised
        [ -s promised ] && send PATCH "/runs/$(tail -n 1 promised | cut -d ' ' -f 1)" '{"notes": "noted"}' >answer
        sleep 0.3
    fi
    kill -KILL $server 2>/dev/null
    wait $server 2>/dev/null

    # what was confirmed is there, what was not is there whole or not at all
    serve_begin
    job 200 "" GET /projects/p
    cmp -s body known || cmp -s body wanted || fail "cut $at: the project is neither the old nor the new one"
    serve_end
done
serve_begin
for _ in $(seq 200); do
    job 200 "" GET "/runs?count=1000"
    grep -q '"state":"\(running\|queued\|stopping\)"' body || break
    sleep 0.1
done
cp body runs
while read -r run name; do
    grep -q "\"id\":\"$run\",\"kind\":\"train\",\"name\":\"$name\"" runs && pass || { cp runs out && fail "the run $run is lost"; }
done <promised
holds "too few runs were asked for" "$(wc -l <promised)" -gt 5
is "runs without a name" "$(grep -c '"name":""' runs)" 0
# those that were cut off can be resumed
for run in $(tr '{' '\n' <runs | sed -n 's/^"id":"\([^"]*\)".*"state":"failed".*/\1/p' | head -n 3); do
    job 200 "" POST "/runs/$run/resume"
    for _ in $(seq 200); do
        job 200 "" GET "/runs/$run"
        case $(value state) in finished | failed) break ;; esac
        sleep 0.05
    done
    is "state of $run after resuming" "$(value state)" finished
done
serve_end
finish
