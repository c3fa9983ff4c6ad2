"""Writes print.txt: NumPy's str() of arrays of many types, shapes and magnitudes.

A record is a line "TYPE [SIZES] VALUES", where VALUES are the elements (floats in hexadecimal) or "linear A B" for
A + i * B, and the lines of the text, each behind a '|'.
"""
import numpy as np

TYPES = {"bool": np.bool_, "u8": np.uint8, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
         "f16": np.float16, "f32": np.float32, "f64": np.float64}
FLOATS = ("f16", "f32", "f64")
rng = np.random.default_rng(1)
out = open("print.txt", "w")
out.write("# from print.py and NumPy " + np.__version__ + "\n")


def record(name, values, shape=None):
    a = np.asarray(values)
    with np.errstate(over="ignore"):
        a = a.astype(TYPES[name])
    if shape is not None:
        a = a.reshape(shape)
    texts = [float(v).hex() if name in FLOATS else str(int(v)) for v in a.flat]
    write(name, a, " ".join(texts))


def linear(name, start, step, shape):
    a = (start + step * np.arange(int(np.prod(shape)), dtype=np.float64)).astype(TYPES[name]).reshape(shape)
    write(name, a, f"linear {start} {step}")


def write(name, a, values):
    sizes = ",".join(str(n) for n in a.shape)
    lines = "".join("|" + line + "\n" for line in str(a).split("\n"))
    out.write(f"{name} [{sizes}] {values}\n{lines}")


# scalars
for name in FLOATS:
    for v in (3, 0, -0.0, 0.1, -2.5, 1e-4, 9.99e-5, 1.5e-5, 1e4, 65504, 123456789, 1e16, 9.9e15, 1e17, 1 / 3, np.nan,
              np.inf, -np.inf):
        record(name, v)
for name, v in (("i32", -7), ("i64", 2**62 + 1), ("u8", 255), ("bool", 1), ("bool", 0)):
    record(name, v)

# vectors with everything that decides about columns
for name in FLOATS:
    for values in ([1, 2, 3], [0.1, 0.2, 0.3], [1, 10, 100.5], [0, 0], [-0.0, 1], [1, np.nan], [np.nan, np.inf],
                   [-np.inf, np.nan], [1.5, -np.inf, 2], [1e-3, 1], [1e-3, 1.5], [0.0009, 1], [1e-4, 1e-3], [9e-5, 1e-3],
                   [1e-4, 0.1001], [1e-5, 1], [1e4, 1], [1e3, 1], [1001, 1], [-1e-7, 1, np.nan], [1e-7, np.inf, -np.inf],
                   [1e8, 1], [99999992, 1000000], [12345678, 2345678], [1e20, -1e-20, 0], [1e-300, 1e5], [1 / 3, 2 / 3],
                   [1 / 3 * 1e-6, 1], [np.inf], [5], [-5.25], [1e-45, 1e-38], [0.5, 0.25, 0.125, 1 / 256, 3],
                   [0.100000001490116, 1], [123.456, 0.5], [65504, 64000]):
        record(name, values)

# random digits, signs and exponents over several lines
for name in FLOATS:
    for scale in (0, 1, 3, 6, 20):
        values = rng.standard_normal(60) * 10.0 ** rng.uniform(-scale, scale, 60)
        record(name, values[:20])
        record(name, values, (4, 15))
        record(name, values[:24], (2, 3, 4))
        record(name, values[:16], (2, 2, 2, 2))
    record(name, np.round(rng.uniform(-9, 9, 40), 1))
    record(name, np.round(rng.uniform(-9, 9, 40)))
    record(name, [-np.inf if v < -1 else np.nan if v > 1 else v for v in rng.standard_normal(40)])

# integers and truth values
for name in ("u8", "i8", "i16", "i32", "i64"):
    info = np.iinfo(TYPES[name])
    values = rng.integers(info.min, info.max, 40, TYPES[name], endpoint=True)
    record(name, values)
    record(name, values % 10, (5, 8))
record("i64", [2**63 - 1, -2**63, 2**53 + 1])
record("i32", [-5, 10])
for values in ([1], [0, 0], [1, 1], [1, 0, 1]):
    record("bool", values)
record("bool", rng.integers(0, 2, 30), (2, 15))

# nothing, axes of size 1, lines that are exactly full
record("f32", [], (0,))
record("i64", [], (0, 3))
record("f32", [], (2, 0, 3))
record("f32", [1], (1, 1, 1))
record("f32", [1, 2, 3], (3, 1))
record("i32", np.arange(24), (1, 2, 3, 4))
for n in range(1, 9):
    for digits in range(1, 10):
        record("i64", [10**digits - 1] * (70 // (digits + 1) + n % 5))
    record("i64", [10**16] * n, (1,) * (n % 4) + (n,))

# summaries
linear("f32", 0, 1, (1000,))
linear("f32", 0, 1, (1001,))
linear("f32", 0, 0.37, (40, 40))
linear("f64", -5, 0.001, (3, 500))
linear("f64", 1e-6, 1, (500, 3))
linear("i32", -50, 7, (1, 7, 200))
linear("i64", 0, 1, (7, 8, 9, 10))
linear("f16", 0, 0.5, (5, 5, 5, 9))
linear("i16", 0, 1, (6, 6, 6, 6))
linear("bool", 0, 1, (2, 600))
linear("f64", 1e9, 1e9, (1, 1, 1200))
