#!/usr/bin/env python3
"""PyTorch on the same work as bench/.

    peer.py CASE THREADS SECONDS       "case median_ms version parameters"
    peer.py CASE losses FILE.npz       losses of five steps from the parameters and the batch in FILE
    peer.py CASE export FOLDER         an inference case as FOLDER/CASE.onnx, its input and output in FOLDER/CASE.json

Each case runs in PyTorch's best configuration that is known for it: see ../README.md."""
import json
import os
import resource
import statistics
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F


def measure(step, budget, warm=3):
    for _ in range(warm):
        step()
    start = time.perf_counter()
    step()
    once = time.perf_counter() - start
    calls = max(1, int(0.02 / max(once, 1e-7)))
    samples = []
    for _ in range(max(5, min(40, int(budget / max(once * calls, 1e-6))))):
        start = time.perf_counter()
        for _ in range(calls):
            step()
        samples.append((time.perf_counter() - start) / calls)
    return statistics.median(samples) * 1e3


def mlp(*sizes):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def lenet():
    return nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


class Residual(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.conv2, self.norm2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        self.short = nn.Identity() if stride == 1 and a == b else nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        h = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(h + self.short(x))


def resnet(widths, depth, stem):
    layers = [nn.Conv2d(3, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU()]
    a = stem
    for stage, b in enumerate(widths):
        for d in range(depth):
            layers.append(Residual(a, b, 2 if stage and d == 0 else 1))
            a = b
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(a, 10))


def vgg11():
    layers, a = [], 3
    for b in (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0):
        layers += [nn.MaxPool2d(2)] if b == 0 else [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU()]
        a = b or a
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.lstm, self.out = nn.Embedding(10000, 650), nn.LSTM(650, 650, 2, dropout=0.5), nn.Linear(650, 10000)
        for k in range(2):  # one bias per gate is enough: the second one is zero and does not train
            second = getattr(self.lstm, f"bias_hh_l{k}")
            nn.init.zeros_(second).requires_grad_(False)

    def forward(self, x):
        h = F.dropout(self.words(x), 0.5, self.training)
        return self.out(F.dropout(self.lstm(h)[0], 0.5, self.training)).flatten(0, 1)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.qkv, self.out = nn.LayerNorm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x, mask):
        b, t, w = x.shape
        q, k, v = (p.view(b, t, self.heads, w // self.heads).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(w, 2))
        a = (q @ k.transpose(-2, -1)) * (w // self.heads) ** -0.5
        a = F.softmax(a.masked_fill(mask, float("-inf")), -1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, w))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self, symbols, length, used, width, heads, layers, tied):
        super().__init__()
        self.positions = nn.Parameter(torch.empty(length, width).normal_(0, 0.02))
        self.tokens = nn.Embedding(symbols, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, symbols, bias=False)
        if tied:
            self.head.weight = self.tokens.weight
        self.register_buffer("mask", torch.ones(used, used).triu(1).bool())

    def forward(self, x):
        h = self.tokens(x) + self.positions[: x.shape[1]]
        for block in self.blocks:
            h = block(h, self.mask)
        return self.head(self.norm(h)).flatten(0, 1)


def integers(below, *shape):
    return torch.randint(0, below, shape)


sgd = lambda m, rate=0.01: torch.optim.SGD(m.parameters(), lr=rate)
momentum = lambda m: torch.optim.SGD(m.parameters(), lr=0.01, momentum=0.9)
adam = lambda m: torch.optim.Adam(m.parameters(), lr=1e-3)
adamw = lambda m, rate=1e-3: torch.optim.AdamW(m.parameters(), lr=rate)
last = torch.channels_last

# case: model, input, target, optimizer, whether channels_last
TRAIN = {
    "mlptiny": lambda: (mlp(4, 32, 32, 1), torch.randn(8, 4), torch.randn(8, 1), sgd, False),
    "mlp100": lambda: (mlp(784, 100, 100, 10), torch.randn(32, 784), integers(10, 32), sgd, False),
    "mlp1000-sgd": lambda: (mlp(784, 1000, 1000, 10), torch.randn(100, 784), integers(10, 100), sgd, False),
    "mlp1000-adam": lambda: (mlp(784, 1000, 1000, 10), torch.randn(100, 784), integers(10, 100), adam, False),
    "lenet": lambda: (lenet(), torch.randn(64, 1, 28, 28), integers(10, 64), momentum, True),
    "resnet20": lambda: (resnet((16, 32, 64), 3, 16), torch.randn(128, 3, 32, 32), integers(10, 128), momentum, True),
    "resnet18": lambda: (resnet((64, 128, 256, 512), 2, 64), torch.randn(128, 3, 32, 32), integers(10, 128), momentum, True),
    "vgg11": lambda: (vgg11(), torch.randn(64, 3, 32, 32), integers(10, 64), momentum, True),
    "lstm": lambda: (LanguageModel(), integers(10000, 35, 20), integers(10000, 700), lambda m: sgd(m, 1.0), False),
    "gpt": lambda: (GPT(65, 256, 256, 384, 6, 6, False), integers(65, 8, 256), integers(65, 2048), adamw, False),
    "gpt2": lambda: (GPT(50257, 1024, 64, 768, 12, 12, True), integers(50257, 4, 64), integers(50257, 256), lambda m: adamw(m, 1e-4), False),
}


def parameters(model):
    return [p for p in model.parameters() if p.requires_grad]


def train_step(model, x, y, opt, bf16=False):
    loss = F.mse_loss if y.dtype == torch.float32 else F.cross_entropy

    def step():
        opt.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            out = model(x)
        value = loss(out.float(), y)
        value.backward()
        opt.step()
        return value.item()

    return step


def train(name, budget):
    bf16 = name.endswith("-bf16")
    model, x, y, optimizer, channels_last = TRAIN[name[:-5] if bf16 else name]()
    if channels_last and not bf16:
        model, x = model.to(memory_format=last), x.to(memory_format=last)
    return measure(train_step(model, x, y, optimizer(model), bf16), budget), model


def inference(name):
    """The model and one example."""
    model, x, _, _, _ = TRAIN["mlp1000-sgd" if name == "mlp1000" else name]()
    return model.eval(), x[:1]


def infer(name, budget):
    model, x = inference(name)
    with torch.inference_mode():
        compiled = torch.jit.optimize_for_inference(torch.jit.trace(model, x))
        return measure(lambda: compiled(x), budget, warm=8), model


def export(case, folder):
    model, x = inference(case[6:])
    file = os.path.join(folder, case)
    torch.onnx.export(model, x, file + ".onnx", opset_version=13, input_names=["x"], output_names=["y"])
    with torch.inference_mode(), open(file + ".json", "w") as f:
        json.dump({"shape": list(x.shape), "x": x.flatten().tolist(), "y": model(x).flatten().tolist(),
                   "parameters": sum(p.numel() for p in parameters(model))}, f)


def elementwise(name, budget):
    x, y = torch.rand(10_000_000), torch.rand(10_000_000)
    z, a = x.view(10000, 1000), torch.rand(1000, 1000)
    out = torch.empty_like(x)
    with torch.inference_mode():
        return measure({
            "x*2+y": lambda: x * 2 + y,
            "fma": lambda: torch.add(y, x, alpha=2, out=out),
            "tanh-sigmoid": lambda: torch.tanh(torch.sigmoid(x * 2 + y)),
            "sum": lambda: x.sum(),
            "norm": lambda: torch.norm(z, dim=1),
            "transpose*2": lambda: (a.t() * 2).contiguous(),
        }[name], budget)


def losses(name, path):
    """The same steps as bench_losses: parameters in the same order, nothing dropped out."""
    model, _, _, optimizer, _ = TRAIN[name]()
    given = numpy.load(path)
    x, t = torch.from_numpy(given["x"]), torch.from_numpy(given["t"])
    x, t = (x if x.is_floating_point() else x.long()), (t if t.is_floating_point() else t.long())
    values = [given[k] for k in given.files if k not in ("x", "t")]
    mine = parameters(model)
    if [v.shape for v in values] != [tuple(p.shape) for p in mine]:
        raise SystemExit(f"{name}: other parameters:\n{[v.shape for v in values]}\n{[tuple(p.shape) for p in mine]}")
    with torch.no_grad():
        for p, v in zip(mine, values):
            p.copy_(torch.from_numpy(v))
    if name == "lstm":
        model.eval()  # the only case with dropout
        x = x.t().contiguous()
        t = t.view(20, 35).t().flatten()
    step = train_step(model, x, t, optimizer(model))
    for _ in range(5):
        print(f"{step():.7g}")


def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    case, threads, rest = sys.argv[1:]
    torch.manual_seed(0)
    if case == "load":
        torch.set_num_threads(int(threads))
        torch.ones(256, 256) @ torch.ones(256, 256)
        return print(f"load 0 pytorch-{torch.__version__} 0 {resident():.1f}")
    if threads == "losses":
        return losses(case, rest)
    if threads == "export":
        return export(case, rest)
    torch.set_num_threads(int(threads))
    if case.startswith("infer-"):
        ms, model = infer(case[6:], float(rest))
    elif case in TRAIN or case.endswith("-bf16"):
        ms, model = train(case, float(rest))
    else:
        ms, model = elementwise(case, float(rest)), nn.Identity()
    print(f"{case} {ms:.6f} pytorch-{torch.__version__} {sum(p.numel() for p in parameters(model))} {resident():.1f}")


main()
