#!/bin/sh
# The console from a folder of pictures to a prediction: upload, data set, project, training, evaluation, prediction.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
"$(dirname "$RENSA")/make_pictures" pictures 150 >out 2>&1 || fail "no pictures"
serve_begin
curl -sN -m 200 -H "Authorization: Bearer $token" "$address/api/events" >events 2>/dev/null &
listener=$!

find pictures -name '*.png' | while read -r file; do
    curl -s -T "$file" -H "Authorization: Bearer $token" "$address/api/uploads/folder1?name=$file"
    echo
done >uploaded
is "uploaded pictures" "$(grep -c '"whole":true' uploaded)" 150

job 201 '"runs":["' POST /data -d '{"name": "numbers", "from": {"upload": "folder1"}, "channels": 1, "width": 14, "height": 14, "split": "80,20", "seed": 3}'
made=$(first_run)
until_state "$made" finished
job 200 '"kind":"data"' GET "/runs/$made"
job 200 '"name":"numbers"' GET /data
job 409 "already" POST /data -d '{"name": "numbers", "from": {"upload": "folder1"}}'
job 200 '"shape":[1,14,14]' GET /data/numbers/statistics
job 200 '"picture":true' GET /data/numbers/statistics
job 200 '"digit3"' GET "/data/numbers/statistics?part=test"
job 200 '"total":' GET "/data/numbers/examples?class=3&count=2"
job 200 "" GET /data/numbers/picture/0
is "a picture" "$(head -c 4 body | tail -c 3)" PNG

cat >project.json <<'END'
{"rensa": 1, "data": "data/numbers",
 "network": [{"name": "fc", "type": "linear", "out": 32}, "relu", {"name": "out", "type": "linear", "out": "=classes"}],
 "training": {"epochs": 4, "batch": 20, "seed": 1}}
END
job 200 '"errors": []' POST /check --data-binary @project.json
job 200 "" PUT /projects/numbers --data-binary @project.json
job 201 "" POST /jobs -d '{"project": "numbers"}'
run=$(first_run)
until_state "$run" finished
job 200 '"result.test_accuracy"' GET "/runs/$run"

job 201 "" POST "/runs/$run/evaluate" -d '{"best": true, "limit": 20}'
evaluated=$(first_run)
until_state "$evaluated" finished
job 200 "\"parent\":\"$run\"" GET "/runs/$evaluated"
job 200 '"confusion"' GET "/runs/$evaluated/files/evaluation.json"
job 200 '"total":20' GET "/runs/$evaluated/outputs?sort=-loss&count=3"
picture=$(find pictures -name '*.png' | head -n 1)
curl -s -T "$picture" -H "Authorization: Bearer $token" "$address/api/uploads/dropped?name=drop.png" >/dev/null
job 201 "" POST "/runs/$run/predict" -d '{"upload": "dropped"}'
predicted=$(first_run)
until_state "$predicted" finished
job 200 'digit' GET "/runs/$predicted/files/answer.json"
job 200 '"layers"' GET "/runs/$predicted/files/layers/layers.json"
job 200 "" GET "/runs/$predicted/files/layers/layer-000.png"
is "a picture of a layer" "$(head -c 4 body | tail -c 3)" PNG
job 200 '"total":1' GET /runs
job 200 '"total":4' GET "/runs?kind=all"

job 204 "" DELETE /data/numbers
job 404 "no data set" GET /data/numbers/statistics
kill $listener 2>/dev/null
for type in data progress; do
    holds "no event $type" -n "$(grep "\"type\":\"$type\"" events)"
done
serve_end
finish
