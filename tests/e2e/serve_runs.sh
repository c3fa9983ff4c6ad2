#!/bin/sh
# The console's projects and runs: saving, the bin, the queue, sweeps, processes and servers that are killed.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
make_table table.csv 300
serve_begin

curl -sN -m 200 -H "Authorization: Bearer $token" "$address/api/events" >events 2>/dev/null &
listener=$!

# ---- projects ----
cat >table.json <<END
{"rensa": 1, "data": {"train": {"source": "$tmp/table.csv", "part": "train", "seed": 1}, "test": {"source": "$tmp/table.csv", "part": "test", "seed": 1}},
 "network": [{"name": "fc", "type": "linear", "out": "=classes"}], "editor":   {"x": 1e1},
 "training": {"epochs": 3, "seed": 1, "batch": 20, "snapshot": {"every": 20, "unit": "iteration"}}}
END
job 200 '"projects":[]' GET /projects
job 200 '"revision":"' PUT /projects/table --data-binary @table.json
first=$(value revision)
job 200 "" GET /projects/table
is "the project comes back as it was" "$(cksum <body)" "$(cksum <table.json)"
is "its revision" "$(sed -n 's/^ETag: "\(.*\)"$/\1/p' heads)" "$first"
job 428 "If-Match" PUT /projects/table -d '{"rensa": 1}'
job 412 "somebody else" PUT /projects/table -d '{"rensa": 1}' -H 'If-Match: "0123"'
is "the present revision" "$(sed -n 's/^ETag: "\(.*\)"$/\1/p' heads)" "$first"
job 400 '"line":1' PUT /projects/table -d '{"rensa": }' -H "If-Match: \"$first\""
job 400 "expected an object" PUT /projects/table -d '[]' -H "If-Match: \"$first\""
job 200 '"revision":"' PUT /projects/table -d '{"rensa": 1}' -H "If-Match: \"$first\""
job 200 '"states":[{' GET /projects/table/history
job 200 "" GET "/projects/table/history/$(value id)"
is "the state before" "$(cksum <body)" "$(cksum <table.json)"
job 404 "no such state" GET /projects/table/history/..x
job 412 "" PUT /projects/none -d '{}' -H 'If-Match: "0"'
job 200 '"name":"数字"' POST /projects -d '{"name": "数字", "builtin": "mlp"}'
job 200 '"name":"copy"' POST /projects -d '{"name": "copy", "from": "数字"}'
job 409 "" POST /projects -d '{"name": "copy"}'
job 204 "" PATCH /projects/copy -d '{"name": "other"}'
job 404 "no project" GET /projects/copy
for name in .hidden -x a/b "" "$(printf 'a%.0s' $(seq 70))" 'a\u0000' 'a\u202eb' ' a'; do
    job 400 "" POST /projects -d "{\"name\": \"$name\"}"
done
job 204 "" DELETE /projects/other
job 200 '"place":"projects","name":"other"' GET /bin
thing=$(value id)
job 200 '"name":"other"' POST "/bin/$thing/restore"
job 404 "in the bin" POST "/bin/$thing/restore"
job 200 '"network"' GET /projects/other
job 204 "" DELETE /projects/other
job 200 "" GET /bin
job 204 "" DELETE "/bin/$(value id)"
job 200 '"things":[]' GET /bin
second=$(sed -n 's/^ETag: "\(.*\)"$/\1/p' heads)
job 200 "" GET /projects/table
second=$(sed -n 's/^ETag: "\(.*\)"$/\1/p' heads)
job 200 "" PUT /projects/table --data-binary @table.json -H "If-Match: \"$second\""

# ---- runs ----
job 201 '"runs":["000001-' POST /jobs -d '{"project": "table", "name": "one", "tags": ["a", "b"], "notes": "first"}'
run=$(first_run)
until_state "$run" finished
job 200 '"total":1' GET "/runs?columns=test_accuracy,set.training.batch"
holds "a setting is no column" -n "$(grep '"set.training.batch":20' body)"
job 200 '"n":3,"x":[12,24,36]' GET "/runs/$run/metrics?names=test_loss"
job 200 '"result.parameters_sha256' GET "/runs/$run"
job 200 'sha256' GET "/runs/$run/log"
job 200 '"training"' GET "/runs/$run/project"
job 200 '"status": "finished"' GET "/runs/$run/files/result.json"
for file in ..%2ftoken .. %2e%2e nothing job.json%00; do
    job "$([ "$file" = nothing ] && echo 404 || echo 400)" "" GET "/runs/$run/files/$file"
done
ln -s /etc/passwd "work/runs/$run/link"
job 404 "no such file" GET "/runs/$run/files/link"
job 404 "no run" GET /runs/000009-none
job 404 "no run" GET "/runs/a%20b"
job 200 '"notes":"changed"' PATCH "/runs/$run" -d '{"notes": "changed", "tags": ["c"]}'
job 400 "no tag" PATCH "/runs/$run" -d '{"tags": ["two words"]}'
is "the notes are in the folder" "$(grep -c '"notes": "changed"' "work/runs/$run/job.json")" 1

# a run that was copied in, and one whose job.json is damaged, keep what they have
cp -r "work/runs/$run" work/runs/000000-copied
rm work/runs/000000-copied/job.json
job 200 '"kind":"train"' PATCH /runs/000000-copied -d '{"tags": ["found"]}'
job 200 '"tags":["found"]' GET /runs/000000-copied
job 409 "was not started" POST /runs/000000-copied/resume
cp -r "work/runs/$run" work/runs/000000-damaged
printf '{"kind": "tra' >work/runs/000000-damaged/job.json
job 409 "damaged" PATCH /runs/000000-damaged -d '{"tags": ["lost"]}'
is "a damaged job.json is not written over" "$(cat work/runs/000000-damaged/job.json)" '{"kind": "tra'
rm -r work/runs/000000-copied work/runs/000000-damaged

# a finished run goes on beyond its end
job 200 '"state":"queued"' POST "/runs/$run/resume" -d '{"epochs": 5}'
until_state "$run" finished
job 200 '"epoch":5' GET "/runs/$run"
job 200 '"n":5,' GET "/runs/$run/metrics?names=test_loss"

# a sweep: each combination once, in a group; what is wrong is said at once
job 400 'did you mean' POST /jobs -d '{"project": "table", "set": {"network.0.type": "lineer"}}'
job 400 "more than" POST /jobs -d '{"project": "table", "sweep": {"training.seed": "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32", "training.batch": "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32"}}'
job 409 "no GPU" POST /jobs -d '{"project": "table", "slot": "gpu"}'
job 404 "no project" POST /jobs -d '{"project": "none"}'
job 201 '"runs":[' POST /jobs -d '{"project": "table", "sweep": {"training.seed": [1, 2], "training.optimizer.rate": "0.1, 0.01"}}'
last=$(sed 's/.*"\([^"]*\)"\].*/\1/' body)
until_state "$last" finished
job 200 '"total":4' GET "/runs?filter=group:sweep-000002+state:finished&columns=set.training.seed"
job 200 '"total":2' GET "/runs?filter=set.training.optimizer.rate<0.05+set.training.seed>=1+group!=x"
job 200 '"total":5' GET "/runs?project=table"
job 200 '"total":0' GET "/runs?project=none"
job 200 '"total":4' GET "/runs?filter=seed&sort=-test_accuracy"
job 200 '"total":1,"runs":[{"id":"000001' GET "/runs?filter=tag:c"
job 400 "needs a number" GET "/runs?filter=a<b"

# ---- processes that are stopped, killed, resumed ----
long='{"project": "table", "set": {"training.epochs": 200000}}'
job 201 "" POST /jobs -d "$long"
run=$(first_run)
job 201 "" POST /jobs -d '{"project": "table", "priority": 3}'
urgent=$(first_run)
job 201 "" POST /jobs -d '{"project": "table"}'
waiting=$(first_run)
until_state "$run" running
job 200 '"state":"queued"' GET "/runs/$waiting"
job 409 "under way" DELETE "/runs/$run"
job 409 "under way" POST "/runs/$run/resume"
job 200 '"state":"interrupted"' POST "/runs/$waiting/stop"
until_snapshot() { for _ in $(seq 600); do ls "work/runs/$1"/snapshot_* >out 2>&1 && break || sleep 0.05; done; }
until_snapshot "$run"
job 200 "" POST "/runs/$run/suspend"
until_state "$run" suspended
until_state "$urgent" finished
job 200 "" POST "/runs/$run/resume"
until_state "$run" running
pid=$(cut -d ' ' -f 1 "work/runs/$run/lock")
kill -KILL "$pid"
until_state "$run" failed
job 200 'killed (signal 9)' GET "/runs/$run"
job 200 "" POST "/runs/$run/resume"
until_state "$run" running
sleep 0.5

# the server is killed: training goes on, and the next one shows all of it
before=$(wc -l <"work/runs/$run/log.jsonl")
kill -KILL $server
wait $server 2>/dev/null
wait $listener 2>/dev/null
sleep 0.5
holds "training stopped with the server" "$(wc -l <"work/runs/$run/log.jsonl")" -gt "$before"
serve_begin
job 200 '"state":"running"' GET "/runs/$run"
sleep 0.7
job 200 "" GET "/runs/$run/metrics?names=test_loss&points=2"
have=$(value n)
holds "points were lost: $have" "$have" -gt "$before"
job 200 "" POST "/runs/$run/stop"
until_state "$run" interrupted
lines=$(wc -l <"work/runs/$run/log.jsonl")
job 200 "\"n\":$lines,\"x\"" GET "/runs/$run/metrics?names=test_loss&points=2"

# both are killed: seen when the server comes again
job 200 "" POST "/runs/$run/resume"
until_state "$run" running
sleep 0.3
kill -KILL $server $(cut -d ' ' -f 1 "work/runs/$run/lock") "$(ps -o ppid= -p "$(cut -d ' ' -f 1 "work/runs/$run/lock")")"
wait $server 2>/dev/null
serve_begin
until_state "$run" failed
job 200 '"error":"killed' GET "/runs/$run"
job 201 "" POST "/runs/$run/clone" -d '{"set": {"training.epochs": 2}, "name": "again"}'
copy=$(first_run)
until_state "$copy" finished
job 200 "\"parent\":\"$run\"" GET "/runs/$copy"
snapshot=$(cd "work/runs/$run" && ls snapshot_* | tail -n 1)
job 201 "" POST "/runs/$run/clone" -d "{\"snapshot\": \"$snapshot\", \"set\": {\"training.epochs\": 200001}}"
copy=$(first_run)
until_state "$copy" running
job 200 "" POST "/runs/$copy/kill"
until_state "$copy" interrupted
job 404 "no snapshot" POST "/runs/$run/clone" -d '{"snapshot": "../x"}'
job 204 "" DELETE "/runs/$copy"
job 404 "no run" GET "/runs/$copy"
job 200 "" GET /bin
job 200 "$copy" POST "/bin/$(value id)/restore"
until_state "$copy" interrupted

# what happened was told
for type in hello project run points system; do
    holds "no event $type" -n "$(grep "\"type\":\"$type\"" events)"
done

# the index is made again from the folders
job 200 "" GET "/runs?columns=test_loss,set.training.seed,max.test_accuracy&sort=number"
sed -e 's/},{/},\n{/g' body | sed 's/"created.*"values"/"values"/'  >rows
serve_end
serve_begin --rebuild
for _ in $(seq 200); do
    job 200 "" GET /system
    grep -q '"catching_up":false' body && break
    sleep 0.05
done
job 200 "" GET "/runs?columns=test_loss,set.training.seed,max.test_accuracy&sort=number"
sed -e 's/},{/},\n{/g' body | sed 's/"created.*"values"/"values"/'  >again
diff rows again >out
[ -s out ] && fail "the index is another one when it is made again" || pass
serve_end
# runs on GPUs get one each (and fail where there is none)
serve_begin --gpu-runs 2 --cpu-runs 0
job 201 "" POST /jobs -d '{"project": "table"}'
run=$(first_run)
until_state "$run" "failed|finished"
is "the GPU of the run" "$(member "work/runs/$run/job.json" gpu)" 0
job 201 "" POST /jobs -d '{"project": "table", "slot": "cpu"}'
run=$(first_run)
sleep 0.5
job 200 '"state":"queued"' GET "/runs/$run"
job 200 '"state":"interrupted"' POST "/runs/$run/stop"
serve_end
printf 'no database' >work/rensa.db
serve_begin
until_state "$copy" interrupted
serve_end
finish
