"""Tensors made of nothing but numbers."""
import numpy as _np
import torch as _t

from ._options import many as _many


def _made(values, dtype):
    """As our types hold them: floats wide, f16 and bf16 with their roundings."""
    y = _t.as_tensor(_np.array(values))
    if dtype in ("f32", "f64"):
        return y.to(_t.float64)
    return y.to({"f16": _t.float16, "bf16": _t.bfloat16, "bool": _t.bool, "u8": _t.uint8, "i8": _t.int8,
                 "i16": _t.int16, "i32": _t.int32, "i64": _t.int64}[dtype])


def zeros(shape, dtype="f32"):
    return _made(_np.zeros(_many(shape)), dtype)


def ones(shape, dtype="f32"):
    return _made(_np.ones(_many(shape)), dtype)


def full(shape, value, dtype="f32"):
    return _made(_np.full(_many(shape), value), dtype)


def zeros_like(x, dtype=None):
    return zeros(tuple(x.shape), dtype or x.kind)


def ones_like(x, dtype=None):
    return ones(tuple(x.shape), dtype or x.kind)


def full_like(x, value, dtype=None):
    return full(tuple(x.shape), value, dtype or x.kind)


def eye(rows, columns=0, k=0, dtype="f32"):
    return _made(_np.eye(rows, columns or rows, k), dtype)


def tri(rows, columns=0, k=0, dtype="f32"):
    return _made(_np.tri(rows, columns or rows, k), dtype)


def tril(x, k=0):
    return _t.tril(x, k)


def triu(x, k=0):
    return _t.triu(x, k)


def arange(start, stop, step=1, dtype="f32"):
    return _made(_np.arange(start, stop, step), dtype)


def linspace(start, stop, count, open=False, dtype="f32"):
    return _made(_np.linspace(start, stop, count, not open), dtype)


def logspace(start, stop, count, open=False, dtype="f32", base=10):
    return _made(_np.logspace(start, stop, count, not open, base), dtype)


def geomspace(start, stop, count, open=False, dtype="f32"):
    return _made(_np.geomspace(start, stop, count, not open), dtype)
