#!/usr/bin/python3
"""Writes ops/*.txt: what NumPy and PyTorch compute for the cases of the table of functions.

    tests/golden/make_ops.py build/bin/test_ops [PART-OF-A-NAME]

A reference is a function of reference/*.py under the name of ours ("max_" for max); it takes our inputs and options by
their names and gives tensors in the order of our results (None where there is nothing to compare), made from the
documented formula with calls of PyTorch. Floats come as f64; x.kind is our type. Gradients are those of PyTorch. With a part of a name
records are printed, not written."""
import importlib
import math
import os
import re
import subprocess
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"bool": torch.bool, "u8": torch.uint8, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32,
         "i64": torch.int64, "f16": torch.float64, "bf16": torch.float64, "f32": torch.float64, "f64": torch.float64}
NAMES = {torch.bool: "bool", torch.uint8: "u8", torch.int8: "i8", torch.int16: "i16", torch.int32: "i32",
         torch.int64: "i64", torch.float64: "f64"}
MODULES = ["activation", "attention", "conv", "creation", "evaluation", "index", "linalg", "loss", "math", "norm", "pool",
           "reduce", "rnn", "shape"]
LISTS = ("xs", "ws")  # inputs that are lists, also where only one is given


def read_array(text):
    """"x f32[2,3] 1 2 ..." as a name and a tensor, or None where there are no values."""
    name, form, *values = text.split()
    kind, sizes = re.fullmatch(r"(\w+)\[([\d,]*)\]", form).groups()
    shape = [int(d) for d in sizes.split(",")] if sizes else []
    if not values and math.prod(shape):
        return name, None
    numbers = [float(v) for v in values]
    if "f" not in kind:
        numbers = [int(v) for v in numbers]
    value = torch.tensor(numbers, dtype=TYPES[kind]).reshape(shape)
    value.kind = kind
    return name, value


def read_option(text):
    if text in ("true", "false"):
        return text == "true"
    values = []
    for part in text.split(",") if text else []:
        try:
            values.append(int(part))
        except ValueError:
            try:
                values.append(float(part))
            except ValueError:
                return text
    return values[0] if len(values) == 1 else tuple(values)


def read_options(title):
    found = re.findall(r"""(?:^| )\.([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^ ]*)""", title)
    return {name: read_option(value.strip("\"'")) for name, value in found}


class Case:
    def __init__(self, op, title):
        self.op, self.title = op, title
        self.options = read_options(title)
        self.inputs, self.outputs, self.weights = [], [], {}

    def arguments(self):
        """Inputs by name; floats ask for gradients where ours have any."""
        by_name = {}
        for name, value in self.inputs:
            if self.weights and value.dtype == torch.float64:
                value.requires_grad_(True)
            if name in LISTS:
                by_name.setdefault(name, []).append(value)
            else:
                by_name[name] = value
        return by_name

    def compute(self, reference):
        """Lines of a record."""
        results = reference(**self.arguments(), **self.options)
        results = results if isinstance(results, (tuple, list)) else (results,)
        lines = []
        total = None
        for name, value in zip(self.outputs, results):
            if value is None:
                continue
            lines.append("out " + write_array(name, value.detach()))
            if name in self.weights and value.requires_grad:
                term = (value * self.weights[name].reshape(value.shape)).sum()
                total = term if total is None else total + term
        if total is None:
            return lines
        wanted = [(name, x) for name, x in self.inputs if x.requires_grad]
        grads = torch.autograd.grad(total, [x for _, x in wanted], allow_unused=True)
        for (name, x), g in zip(wanted, grads):
            lines.append("grad " + write_array(name, torch.zeros_like(x) if g is None else g))
        return lines


def write_array(name, value):
    if value.is_floating_point():
        value = value.to(torch.float64)
    texts = [f"{v:.13g}" if isinstance(v, float) else str(int(v)) for v in value.reshape(-1).tolist()]
    runs = []
    for t in texts:
        if runs and runs[-1][0] == t:
            runs[-1][1] += 1
        else:
            runs.append([t, 1])
    values = "".join(f" {t}*{n}" if n > 2 else f" {t}" * n for t, n in runs)
    return f"{name} {NAMES[value.dtype]}[{','.join(map(str, value.shape))}]{values}"


def cases(program, only):
    command = [program, "--device", "ref", "--dump"] + ([only] if only else [])
    case = None
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        key, rest = line.split(" ", 1)
        if key == "case":
            if case:
                yield case
            case = Case(*rest.split(" ", 1))
        elif key == "in":
            case.inputs.append(read_array(rest))
        elif key == "out":
            case.outputs.append(rest.split()[0])
        else:
            name, value = read_array(rest)
            case.weights[name] = value
    if case:
        yield case


def references():
    """Function and topic of each name."""
    found = {}
    for topic in MODULES:
        module = importlib.import_module("reference." + topic)
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
                found[name.rstrip("_")] = (value, topic)
    return found


def without_reference():
    """Rows and cases that none.txt gives a reason for."""
    with open(os.path.join(HERE, "ops", "none.txt")) as f:
        return {line.rstrip("\n").split(" ", 1)[1] for line in f if line.startswith(("row ", "case "))}


def main():
    sys.path.insert(0, HERE)
    torch.set_default_dtype(torch.float64)
    program, only = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    known, none = references(), without_reference()
    topics, missing = {}, 0
    for case in cases(program, only):
        if case.op in none or f"{case.op} {case.title}" in none:
            continue
        if case.op not in known:
            print(f"{case.op}: no reference, and no reason in none.txt", file=sys.stderr)
            missing += 1
            continue
        reference, topic = known[case.op]
        record = [f"case {case.op} {case.title}"]
        try:
            record += case.compute(reference)
        except Exception as e:
            print(f"{record[0]}: {type(e).__name__}: {e}", file=sys.stderr)
            missing += 1
            continue
        topics.setdefault(topic, []).append("\n".join(record))
    if only:
        print("\n\n".join(r for records in topics.values() for r in records))
        return missing > 0
    for topic, records in topics.items():
        with open(os.path.join(HERE, "ops", topic + ".txt"), "w") as f:
            f.write(f"# Written by make_ops.py with PyTorch {torch.__version__}.\n" + "\n".join(records) + "\n")
    return missing > 0


if __name__ == "__main__":
    sys.exit(main())
