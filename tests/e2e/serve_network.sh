#!/bin/sh
# The console's routes for editors: palette, checks, schedules.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
make_table table.csv 60
serve_begin

job 200 '"name": "conv2d"' GET /functions
job 200 '"name": "relu"' GET /functions/relu
job 404 "no link or function" GET /functions/relv

cat >good.json <<END
{"rensa": 1, "data": {"train": {"source": "$tmp/table.csv", "part": "train", "seed": 1}},
 "network": [{"name": "fc", "type": "linear", "out": 7}, "relu", {"name": "out", "type": "linear", "out": "=classes"}]}
END
job 200 '"errors": []' POST /check --data-binary @good.json
# times come when the machine is known
shapes() { sed -e '/"machine"/d' -e 's/, "seconds": [0-9.e-]*//g'; }
is "the check and the command" "$(shapes <body | cksum)" "$("$RENSA" inspect good.json --json | shapes | cksum)"
sed 's/"linear", "out": 7/"linaer", "out": 7/' good.json >bad.json
job 200 'did you mean \"linear\"' POST /check --data-binary @bad.json
job 200 'nothing' POST /check -d '{"rensa": 1, "network": [{"type": "conv2d", "kernel": "x"}, {"type": "nothing"}]}'
job 200 'found the end' POST /check -d '{"rensa": '
job 200 'expected an object' POST /check -d '[1]'

job 200 '"points":[[0,0.5],[50,0.5],[100,0.25]]' POST /schedule -d '{"schedule": {"type": "step", "every": 100, "gamma": 0.5}, "rate": 0.5, "steps": 100, "points": 3}'
job 200 '"points":[[0,1]' POST /schedule -d '{"schedule": "cosine", "epochs": 4}'
for schedule in '"cosinus"' '{"type": "step"}' 3 null '[]' '{"type": 3}' '{"every": 3}' '{"type": "warmup", "then": 3, "until": 2}'; do
    job 400 "" POST /schedule -d "{\"schedule\": $schedule}"
done
job 400 "must be from" POST /schedule -d '{"schedule": "cosine", "points": 1}'
serve_end
finish
