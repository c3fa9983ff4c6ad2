"""Normalisation."""
import torch as _t
import torch.nn.functional as _F

from ._options import many as _many


def _along(v, x, axes):
    """v, of the sizes of x along axes, so that it broadcasts to x."""
    if v is None:
        return None
    shape = [1] * x.dim()
    for a, d in zip(axes, v.shape):
        shape[a] = d
    return v.reshape(shape)


def _stretch(v, x, axes):
    """The sizes along axes alone."""
    return v.reshape([x.shape[a] for a in axes])


def _apply(x, mean, var, gamma, beta, eps):
    y = (x - mean) / _t.sqrt(var + eps)
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


def batch_norm(x, gamma=None, beta=None, axes=1, eps=1e-5):
    axes = [a % x.dim() for a in _many(axes)]
    others = [a for a in range(x.dim()) if a not in axes]
    mean = x.mean(others, keepdim=True)
    var = x.var(others, unbiased=False, keepdim=True)
    y = _apply(x, mean, var, _along(gamma, x, axes), _along(beta, x, axes), eps)
    return y, _stretch(mean, x, axes), _stretch(var, x, axes)


def fixed_batch_norm(x, mean, var, gamma=None, beta=None, axes=1, eps=1e-5):
    axes = [a % x.dim() for a in _many(axes)]
    return _apply(x, *(_along(v, x, axes) for v in (mean, var, gamma, beta)), eps)


def group_norm(x, groups, gamma=None, beta=None, eps=1e-5):
    return _F.group_norm(x, groups, gamma, beta, eps)


def instance_norm(x, gamma=None, beta=None, eps=1e-5):
    return _F.group_norm(x, x.shape[1], gamma, beta, eps)


def weight_standardization(w, eps=1e-5):
    flat = w.flatten(1)
    var, mean = _t.var_mean(flat, 1, unbiased=False, keepdim=True)
    return ((flat - mean) / _t.sqrt(var + eps)).reshape(w.shape)


def layer_norm(x, gamma=None, beta=None, axis=-1, eps=1e-5):
    return _F.layer_norm(x, x.shape[axis:], gamma, beta, eps)


def rms_norm(x, gamma=None, axis=-1, eps=1e-6):
    over = list(range(axis % x.dim(), x.dim()))
    y = x * _t.rsqrt((x ** 2).mean(over, keepdim=True) + eps)
    return y if gamma is None else y * gamma


def normalize(x, axes=1, eps=1e-5):
    return x / (_t.linalg.vector_norm(x, dim=_many(axes), keepdim=True) + eps)


def local_response_norm(x, n=5, k=2, alpha=1e-4, beta=0.75):
    squares, C = x ** 2, x.shape[1]
    energy = [squares[:, max(c - n // 2, 0):c + n // 2 + 1].sum(1) for c in range(C)]
    return x / (k + alpha * _t.stack(energy, 1)) ** beta
