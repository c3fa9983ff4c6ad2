"""Activations."""
import math as _math

import torch as _t
import torch.nn.functional as _F


def _float(x):
    return x if x.is_floating_point() else x.double()


def relu(x):
    return _F.relu(x)


def sigmoid(x):
    return _t.sigmoid(_float(x))


def tanh(x):
    return _t.tanh(_float(x))


def gelu(x, approximate="none"):
    return _F.gelu(x, approximate=approximate)


def crelu(x, axis):
    return _t.cat((_F.relu(x), _F.relu(-x)), axis)


def glu(x, axis):
    return _F.glu(x, axis)


def leaky_relu(x, slope=0.2):
    return _F.leaky_relu(x, slope)


def maxout(x, pool_size, axis):
    axis %= x.dim()
    return x.unflatten(axis, (x.shape[axis] // pool_size, pool_size)).amax(axis + 1)


def _behind(w, x):
    """w as sizes of x behind the first axis."""
    return w.reshape(w.shape + (1,) * (x.dim() - 1 - w.dim())) if w.dim() else w


def prelu(x, w):
    return _t.where(x > 0, x, _behind(w, x) * x)


def swish(x, beta=None):
    return x * _t.sigmoid(x if beta is None else _behind(beta, x) * x)


def relu6(x):
    return _F.relu6(x)


def clipped_relu(x, z=20):
    return _t.clamp(x, 0, z)


def elu(x, alpha=1):
    return _F.elu(x, alpha)


def selu(x):
    return _F.selu(x)


def celu(x, alpha=1):
    return _F.celu(x, alpha)


def hard_sigmoid(x):
    return _t.clamp(0.2 * x + 0.5, 0, 1)


def hard_tanh(x):
    return _F.hardtanh(x)


def hard_swish(x):
    return _F.hardswish(x)


def hard_shrink(x, **o):
    return _F.hardshrink(x, o.get("lambda", 0.5))


def soft_shrink(x, **o):
    return _F.softshrink(x, o.get("lambda", 0.5))


def softplus(x, beta=1):
    return _F.softplus(x, beta, threshold=700)


def log_sigmoid(x):
    return _F.logsigmoid(x)


def softsign(x):
    return _F.softsign(x)


def silu(x):
    return _F.silu(x)


def mish(x):
    return _F.mish(x)


def tanh_shrink(x):
    return _F.tanhshrink(x)


def softmax(x, axis):
    """PyTorch has NaN where all are -infinity, ours zeros."""
    return _F.softmax(x, axis).masked_fill((x == -_math.inf).all(axis, keepdim=True), 0)


def log_softmax(x, axis):
    return _F.log_softmax(x, axis).masked_fill((x == -_math.inf).all(axis, keepdim=True), -_math.inf)


def softmax_grad(p, g, axis):
    return p * (g - (p * g).sum(axis, keepdim=True))


def log_softmax_grad(p, g, axis):
    return g - _t.exp(p) * g.sum(axis, keepdim=True)
