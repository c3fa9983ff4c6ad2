"""Elementwise functions."""
import math as _m

import numpy as _np
import torch as _t


def _float(x):
    return x if x.is_floating_point() else x.double()


def _unary(f):
    def call(x):
        return f(_float(x))
    call.__module__ = __name__
    return call


for _name in """exp exp2 expm1 log log2 log10 log1p sqrt rsqrt sin cos tan asin acos atan sinh cosh asinh acosh atanh sinc
                erf erfc erfinv lgamma logit reciprocal""".split():
    globals()[_name] = _unary(getattr(_t, _name))
degrees, radians, ndtr = _unary(_t.rad2deg), _unary(_t.deg2rad), _unary(_t.special.ndtr)


def _plain(f, n):
    def one(x):
        return f(x)

    def two(x, z):
        return f(x, z)
    call = one if n == 1 else two
    call.__module__ = __name__
    return call


for _name in "square neg isnan isinf isfinite isposinf isneginf logical_not sign bitwise_not".split():
    globals()[_name] = _plain(getattr(_t, _name), 1)
for _name, _f in {"add": _t.add, "sub": _t.sub, "mul": _t.mul, "maximum": _t.maximum, "minimum": _t.minimum,
                  "bitwise_and": _t.bitwise_and, "bitwise_or": _t.bitwise_or, "bitwise_xor": _t.bitwise_xor,
                  "equal": _t.eq, "not_equal": _t.ne, "less": _t.lt, "less_equal": _t.le, "greater": _t.gt,
                  "greater_equal": _t.ge, "logaddexp": _t.logaddexp, "logical_and": _t.logical_and,
                  "logical_or": _t.logical_or, "logical_xor": _t.logical_xor, "copysign": _t.copysign,
                  "xlogy": _t.xlogy, "atan2": _t.atan2, "hypot": _t.hypot}.items():
    globals()[_name] = _plain(_f, 2)


def _rounding(f):
    def call(x):
        return f(x) if x.is_floating_point() else x.clone()
    call.__module__ = __name__
    return call


floor, ceil, round, trunc, fix = map(_rounding, (_t.floor, _t.ceil, _t.round, _t.trunc, _t.fix))


def digamma(x):
    """The slope by Hurwitz's zeta function: PyTorch's own is off by 4e-10."""
    x = _float(x)
    return _t.digamma(x).detach() + _t.special.zeta(_t.tensor(2.0), x.detach()) * (x - x.detach())


def abs_(x):
    return _t.abs(x)


def cbrt(x):
    x = _float(x)
    return _t.sign(x) * _t.abs(x) ** (1 / 3)


def div(x, z):
    return _t.true_divide(_float(x), _float(z))


def squared_difference(x, z):
    return (x - z) ** 2


def add_scalar(x, c):
    return x + c


def mul_scalar(x, c):
    return x * c


def rsub_scalar(x, c):
    return c - x


def rdiv_scalar(x, c):
    return c / _float(x)


def pow_scalar(x, c):
    return x ** c


def rpow_scalar(x, c):
    return c ** x


def pow_(x, z):
    return x ** z


def maximum_scalar(x, c):
    return _t.clamp(x, min=c)


def minimum_scalar(x, c):
    return _t.clamp(x, max=c)


def clip(x, min, max):
    return _t.clamp(x, min, max)


def _numpy_whole(f, x, z):
    with _np.errstate(divide="ignore"):
        return _t.from_numpy(_np.asarray(f(x.numpy(), z.numpy())))


def mod(x, z):
    return _t.remainder(x, z) if x.is_floating_point() else _numpy_whole(_np.mod, x, z)


def fmod(x, z):
    return _t.fmod(x, z) if x.is_floating_point() else _numpy_whole(_np.fmod, x, z)


def floor_divide(x, z):
    return _t.floor(x / z) if x.is_floating_point() else _numpy_whole(_np.floor_divide, x, z)


def lerp(x, z, w):
    return _t.lerp(*_t.broadcast_tensors(x, z, w))


def linear_interpolate(p, x, z):
    return p * x + (1 - p) * z


def fma(a, b, c):
    return _t.addcmul(c, a, b)


def _shift(f, x, z):
    """Of Python's whole numbers, cut to the type."""
    bits = x.element_size() * 8
    signed = x.dtype != _t.uint8

    def one(a, b):
        v = f(a, b) & ((1 << bits) - 1)
        return v - (1 << bits) if signed and v >> (bits - 1) else v
    return _t.tensor([one(a, b) for a, b in zip(x.tolist(), z.tolist())], dtype=x.dtype)


def left_shift(x, z):
    return _shift(lambda a, b: a << b, x, z)


def right_shift(x, z):
    return _shift(lambda a, b: a >> b, x, z)


def cast(x, dtype):
    if dtype == "f16":
        return x.to(_t.float16).double() if not x.requires_grad else x + (x.detach().half().double() - x.detach())
    to = {"i32": _t.int32, "f32": _t.float64, "bool": _t.bool, "f64": _t.float64}[dtype]
    return x.to(to)


def _in_type(c, x):
    """The number as the type of our x holds it."""
    if not x.is_floating_point():
        return c
    return float({"f16": _np.float16, "f32": _np.float32}.get(x.kind, float)(c))


def _scalar(f):
    def call(x, c):
        return f(x, c)
    call.__module__ = __name__
    return call


for _name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    def _compare(x, c, f=getattr(_np, _name)):
        return _t.from_numpy(_np.asarray(f(x.numpy(), _in_type(c, x))))
    globals()[_name + "_scalar"] = _scalar(_compare)


def copy(x):
    return x.clone()


def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    return _t.nan_to_num(x, nan, posinf, neginf) if x.is_floating_point() else x.clone()


def heaviside(x, z):
    return _t.where(x == 0, z, (x > 0).to(z.dtype))


def where(cond, x, z):
    return _t.where(cond != 0, x, z.to(_t.promote_types(x.dtype, z.dtype)) if x.dtype != z.dtype else z)



def polygamma(x, n):
    x = _float(x)
    y = _t.special.polygamma(n, x.detach())
    if n == 0:
        slope = _t.special.zeta(_t.tensor(2.0), x.detach())
    else:
        y = (-1) ** (n + 1) * _m.factorial(n) * _t.special.zeta(_t.tensor(n + 1.0), x.detach())
        slope = (-1) ** n * _m.factorial(n + 1) * _t.special.zeta(_t.tensor(n + 2.0), x.detach())
    return y + slope * (x - x.detach())


def zeta(s, q):
    s, q = s.double(), _float(q)
    at = q.detach()
    if not q.requires_grad:
        return _t.special.zeta(s, at)
    return _t.special.zeta(s, at) - s * _t.special.zeta(s + 1, at) * (q - at)


def erfcx(x):
    return _t.special.erfcx(_float(x))


def erfcinv(x):
    return -_t.special.ndtri(_float(x) / 2) / 2 ** 0.5


def ndtri(p):
    return _t.special.ndtri(_float(p))


def log_ndtr(x):
    return _t.special.log_ndtr(_float(x))
