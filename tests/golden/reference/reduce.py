"""Reductions."""
import numpy as _np
import torch as _t

from ._options import over as _over


def _float(x):
    return x if x.is_floating_point() else x.double()


def sum_(x, axes=None, keepdims=False):
    return _t.sum(x, _over(x, axes), keepdim=keepdims) if x.dim() else x.sum()


def mean(x, axes=None, keepdims=False):
    return _t.mean(_float(x), _over(x, axes), keepdim=keepdims)


def nansum(x, axes=None, keepdims=False):
    return _t.nansum(x, _over(x, axes), keepdim=keepdims)


def nanmean(x, axes=None, keepdims=False):
    return _t.nanmean(_float(x), _over(x, axes), keepdim=keepdims)


def prod(x, axes=None, keepdims=False):
    for a in sorted(_over(x, axes), reverse=True):
        x = _t.prod(x, a, keepdim=keepdims)
    return x


def max_(x, axes=None, keepdims=False):
    return _t.amax(x, _over(x, axes), keepdim=keepdims)


def min_(x, axes=None, keepdims=False):
    return _t.amin(x, _over(x, axes), keepdim=keepdims)


def any_(x, axes=None, keepdims=False):
    return _t.from_numpy(_np.asarray(_np.any(x.detach().numpy(), _over(x, axes), keepdims=keepdims)))


def all_(x, axes=None, keepdims=False):
    return _t.from_numpy(_np.asarray(_np.all(x.detach().numpy(), _over(x, axes), keepdims=keepdims)))


def count_nonzero(x, axes=None, keepdims=False):
    return _t.from_numpy(_np.asarray(_np.count_nonzero(x.detach().numpy(), _over(x, axes), keepdims=keepdims)))


def _position(f, x, axes, keepdims):
    """Of the elements over axes, row-major."""
    axes = _over(x, axes)
    kept = [a for a in range(x.dim()) if a not in axes]
    flat = x.detach().permute(kept + list(axes)).reshape([x.shape[a] for a in kept] + [-1])
    y = f(flat.double(), -1)
    return y.reshape([1 if a in axes else d for a, d in enumerate(x.shape)]) if keepdims else y


def argmax(x, axes=None, keepdims=False):
    return _position(_t.argmax, x, axes, keepdims)


def argmin(x, axes=None, keepdims=False):
    return _position(_t.argmin, x, axes, keepdims)


def logsumexp(x, axes=None, keepdims=False):
    return _t.logsumexp(_float(x), _over(x, axes), keepdim=keepdims)


def norm(x, axes=None, keepdims=False, p=2):
    return _t.linalg.vector_norm(_float(x), p, _over(x, axes), keepdim=keepdims)


def var(x, axes=None, keepdims=False, ddof=0):
    return _t.var(_float(x), _over(x, axes), correction=ddof, keepdim=keepdims)


def std(x, axes=None, keepdims=False, ddof=0):
    return _t.std(_float(x), _over(x, axes), correction=ddof, keepdim=keepdims)


def average(x, weights=None, axes=None, keepdims=False):
    x, over = _float(x), _over(x, axes)
    if weights is None:
        return x.mean(over, keepdim=keepdims)
    w = _float(weights).expand(x.shape)
    return (x * w).sum(over, keepdim=keepdims) / w.sum(over, keepdim=keepdims)


def median(x, axes=None, keepdims=False):
    x, over = _float(x), _over(x, axes)
    kept = [a for a in range(x.dim()) if a not in over]
    flat = x.permute(kept + list(over)).reshape([x.shape[a] for a in kept] + [-1])
    y = _t.quantile(flat, 0.5, -1, interpolation="midpoint")
    return y.reshape([1 if a in over else d for a, d in enumerate(x.shape)]) if keepdims else y


def _running(f, x, axis, exclusive, reverse, first):
    x = x.flip(axis) if reverse else x
    y = f(x, axis)
    if exclusive:
        y = _t.cat((_t.full_like(y.narrow(axis, 0, 1), first), y.narrow(axis, 0, y.shape[axis] - 1)), axis)
    return y.flip(axis) if reverse else y


def cumsum(x, axis, exclusive=False, reverse=False):
    return _running(_t.cumsum, x, axis, exclusive, reverse, 0)


def cumprod(x, axis, exclusive=False, reverse=False):
    return _running(_t.cumprod, x, axis, exclusive, reverse, 1)


def sum_to(x, shape):
    return x.sum_to_size(shape if isinstance(shape, tuple) else (shape,))


def _without_nan(x, axes, keepdims, f, least):
    axes = _over(x, axes)
    if not x.is_floating_point():
        return f(x, axes, keepdims)
    nan = x.isnan()
    every = nan
    for a in sorted(axes, reverse=True):
        every = every.all(a, keepdims)
    y = f(_t.where(nan, _t.full_like(x, least), x), axes, keepdims)
    return _t.where(every, _t.full_like(y, float("nan")), y)


def nanmax(x, axes=None, keepdims=False):
    return _without_nan(x, axes, keepdims, _t.amax, -float("inf"))


def nanmin(x, axes=None, keepdims=False):
    return _without_nan(x, axes, keepdims, _t.amin, float("inf"))


def ptp(x, axes=None, keepdims=False):
    axes = _over(x, axes)
    return _t.amax(x, axes, keepdims) - _t.amin(x, axes, keepdims)
