#!/bin/sh
# Project files: what they can say, and what is said of mistakes: file, line, column, layer, the nearest known name.
. "$(dirname "$0")/lib.sh"
make_table t.csv 30

# wrong PLACE-AND-TEXT MORE-TEXT < project: the mistake stands in line 2
wrong() {
    { echo '{"data": "t.csv",' && cat; } >p.json
    says 1 "p.json:2:$1" "$RENSA" train p.json --quiet --out run
    [ -z "$2" ] || holds "does not say \"$2\" of $1" -n "$(grep -F -- "$2" out)"
    holds "a run was begun: $1" ! -e run
}
net() { wrong "$2" "$3" <<END
 "network": [$1]}
END
}
training() { wrong "$2" "$3" <<END
 "network": [{"type": "linear", "out": 3}], "training": {$1}}
END
}
units() { wrong "$3" "$4" <<END
 "network": [$1], "units": {$2}}
END
}

# layers
net '{"type": "liner", "out": 3}' '23: there is no type of layer "liner"' 'did you mean "linear"?'
net '{"type": "linear", "units": 3}' '42: linear has no option "units"' 'expect  out, '
net '{"type": "liner", "out": 3}' '23: there is no type' '`rensa ops` lists them'
net '{"type": "linear", "ot": 3}' '39: linear has no option "ot"' 'layer "linear" of "network"'
net '{"name": "fc", "type": "linear", "out": true}' '54: linear: the option "out" cannot be true' 'layer "fc" of'
net '{"type": "linear", "out": -3}' '40: linear: the option "out" cannot be -3' 'from 1 to'
net '{"type": "linear", "out": 1e18}' '40: linear: the option "out" cannot be 1e+18' ''
net '{"type": "linear"}' ' linear: out is missing' 'p.json:2:14, layer "linear" of'
net '{"name": "a", "type": "relu"}, {"name": "a", "type": "relu"}' '54: the name "a" is taken' ''
net '{"name": "fc", "type": "relu"}, {"type": "relu", "inputs": "fd"}' '73: there is no layer or input called "fd"' '"fc"?'
net '{"name": "p", "type": "relu", "inputs": "q"}, {"name": "q", "type": "relu"}' '14: the layer "p" reads' 'its own result'
net '{"type": "add", "inputs": ["x"]}' '' 'is given 1 input'
net '{"type": "linear", "out": 3, "repeat": 0.5}' '53: "repeat" cannot be' 'whole number'
net '{"type": "linear", "out": 3, "repeat": 1e9}' '53: this is no number of repetitions' 'layer "linear" of'
net '{"type": "linear", "out": 3}, {"type": "conv2d", "out": 3, "kernel": 3}' '' 'actual  f32[24, 3]'

# expressions
net '{"type": "linear", "out": "=clases"}' '40: there is no value "clases"' 'did you mean "classes"?'
net '{"type": "linear", "out": "=2*(classes"}' '40: expected )' 'at its character 12'
net '{"type": "linear", "out": "=1/0"}' '40: divides by zero' ''
net '{"type": "linear", "out": "=classes > 2"}' '40: linear: the option "out" cannot be true' ''

# units
units '{"type": "u"}' '"u": ["v"], "v": ["u"]' '58: the network "u" contains itself' ''
units '{"type": "u", "wdth": 3}' '"u": {"arguments": {"width": 1}, "layers": ["relu"]}' '36: u has no argument "wdth"' 'did you mean "width"?'
units '{"type": "u"}' '"u": {"arguments": {"w": null}, "layers": ["relu"]}' '14: u: the argument "w" is missing' 'layer "u" of "network"'
units '{"type": "u", "w": 0}' '"u": {"arguments": {"w": null}, "layers": [{"name": "inside", "type": "linear", "out": "=w"}]}' '' 'layer "inside" of "u"'

# changes
says 1 'did you mean "w"?' "$RENSA" train p.json --set units.u.arguments.v=1 --check
says 1 'in      units.u.arguments.v' "$RENSA" train p.json --set units.u.arguments.v=1 --check

# training and data
training '"lr": 1' '64: there is no member of a training called "lr"' ', optimizer, '
training '"los": "x"' '65: there is no member of a training called "los"' 'did you mean "loss"?'
training '"loss": "softmax_cross_entrpy"' '66: there is no function' 'softmax_cross_entropy'
training '"optimizer": "adm"' '' 'did you mean "adam"?'
says 1 'did you mean "adam"?' "$RENSA" train p.json --check
training '"optimizer": {"type": "adam", "beta": 1}' '' 'did you mean "beta1"?'
training '"optimizer": {"type": "adam", "schedule": "cosin"}' '' 'did you mean "cosine"?'
training '"batch": 0' '67: "batch" must be at least 1' ''
training '"batch": "x"' '67: "batch" cannot be a string' 'a whole number'
training '"epochs": 1.5' '68: "epochs" cannot be this number' ''
training '"monitors": [{"data": "tset"}]' '' 'did you mean "test"?'
training '"early_stopping": {"monitor": "tst_loss"}' '' 'did you mean "test_loss"?'
training '"optimizer": {"type": "sgd", "rate": -1}' '' '"rate" cannot be -1'
training '"target": "z"' '68: there is no column "z"' ''
printf '{"data": {"train": {"source": "t.csv", "target": "height"}}, "network": [{"type": "linear", "out": 1}],
 "training": {"loss": "softmax_cross_entropy"}}' >p.json
says 1 'p.json:2:23: the target "t" holds numbers, not classes' "$RENSA" train p.json --check
says 1 '"classify": true' "$RENSA" train p.json --check
printf '{"data": "t.csv", "network": [{"type": "linear", "out": 3}], "training": {"batch": 4294967296000}}' >p.json
says 0 "linear" "$RENSA" train p.json --check
training '"threads": 5000' '' 'from 1 to 4096'
printf '{"data": {"train": {"source": "t.csv",\n "steps": [{"type": "subst"}]}}, "network": ["relu"]}' >p.json
says 1 'p.json:2:21: there is no step called "subst"' "$RENSA" train p.json --out run
printf '{"data": {"train": {"source": "t.csv",\n "targte": "kind"}}, "network": ["relu"]}' >p.json
says 1 'p.json:2:12: there is no member of a data set called "targte"' "$RENSA" train p.json --out run
printf '{"data": {"train": {"source": "t.csv",\n "separator": "ab"}}, "network": ["relu"]}' >p.json
says 1 'p.json:2:15: the separator is not one character' "$RENSA" train p.json --out run
is "places that are named in a line" "$(grep -c 'p.json:.*p.json:' out)" 0
printf '{"data": {"train": {"source": "t.csv",\n "steps": ["normalise"]}}, "network": ["relu"]}' >p.json
says 1 'p.json:2:12: there is no step called "normalise"' "$RENSA" train p.json --out run
says 1 'did you mean "normalize"?' "$RENSA" train p.json --out run
printf '{"data": {"train": {"source": "t.csv",\n "steps": ["normalize"]}}, "network": [{"type": "linear", "out": "=classes"}]}' >p.json
says 0 "sha256" "$RENSA" train p.json --epochs 1 --quiet --out short
printf '{"data": {"train": {"source": "t.csv",\n "steps": [{"type": "subset", "count": 0}]}}, "network": ["relu"]}' >p.json
says 1 'no example is left' "$RENSA" train p.json --out run
printf '{"data": {"train": {"source": "t.csv",\n "target": 9}}, "network": ["relu"]}' >p.json
says 1 'no column "9"' "$RENSA" train p.json --out run
printf '{"data": "mnsit",\n "network": ["relu"]}' >p.json
says 1 'did you mean "mnist"?' "$RENSA" train p.json --out run
says 1 'there is no built-in network "lenett"' "$RENSA" train --net lenett
says 1 'did you mean "lenet"?' "$RENSA" train --net lenett

# the form of the text
for text in '' '[]' '{' '{"data": 1,}' '{"data": "\ud800"}' '{"a": 1, "a": 2}' '{"data": 01}' 'nul' '{"data": 1e999}' '{"rensa": 2}'; do
    printf '%s' "$text" >p.json
    says 1 "p.json:1:" "$RENSA" train p.json --out run
done
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; }' >p.json
says 1 "p.json:1:201:" "$RENSA" train p.json --out run
holds "a run was begun" ! -e run

# numbers are kept as they were written
printf '{"data": "t.csv", "network": [{"type": "linear", "out": 3}], "training": {"seed": 9007199254740993, "editor":
 {"a": 18446744073709551615, "b": [1e3, 0.10, 123456789012345678901234567890]}}}' >p.json
"$RENSA" train p.json --lr 0.1 --show >shown.json 2>out
for number in 9007199254740993 18446744073709551615 1e3 0.10 123456789012345678901234567890 '"rate": 0.1}'; do
    holds "$number is changed" -n "$(grep -F "$number" shown.json)"
done
net '{"type": "linear", "out": -123456789}' '40: linear: the option "out" cannot be -123456789' 'from 1 to'
net '{"type": "split"}' '23: there is no type of layer "split"' ''
holds "a hint names what was refused" -z "$(grep -F 'did you mean "split"' out)"

# --set
says 1 'key.path=value' "$RENSA" train --net lenet --set batch --show
says 0 '"momentum": 0.5' "$RENSA" train --net lenet --optimizer momentum_sgd --set training.optimizer.momentum=0.5 --show
says 0 '"source": "a b"' "$RENSA" train --net lenet --data "a b" --show
says 1 'did you mean "optimizer"?' "$RENSA" train --net lenet --set training.optimzer.rate=1 --out run

printf '{"data": "t.csv", "network": [{"type": "linear", "out": 3}]}' >p.json
for set in training.batch=many training.batch=-1 training.foo=1 network.0.out=-1 training.optimzer.rate=1 \
    training.optimizer.type=adamant training.optimizer.rate=no training.optimizer.rate=-1 'training={"batch": []}'; do
    says 1 "--set $set: " "$RENSA" train p.json --set "$set" --out run
done
says 1 'in      --set data=nothing, data set' "$RENSA" train p.json --set data=nothing --out run
says 1 'in      p.json:1:31, layer "here"' "$RENSA" train p.json --set network.0.name=here --set training.batch=3 --set network.0.out=null --out run

# units inside units, repetition, conditions, sharing: one network in two spellings has the same shapes
cat >short.json <<'END'
{"data": "t.csv", "network": {"arguments": {"width": 4}, "layers": [
   {"type": "stack", "w": "=width*2", "n": 2}, {"type": "dropout", "ratio": 0.5, "if": "=width > 9"},
   {"type": "linear", "out": "=classes"}]},
 "units": {"stack": {"arguments": {"w": null, "n": 1}, "layers": [{"type": "dense", "out": "=w + i", "repeat": "=n"}]},
           "dense": {"arguments": {"out": null}, "layers": [{"type": "linear", "out": "=out"}, "tanh"]}}}
END
says 0 "f32[24, 9]" "$RENSA" train short.json --check
holds "the parameters are not those of 2-8-9-3" -n "$(grep -x '  135 parameters' out)"
"$RENSA" train short.json --show >shown.json 2>out
"$RENSA" train shown.json --show >again.json 2>>out
is "showing what was shown" "$(cat again.json)" "$(cat shown.json)"
finish
