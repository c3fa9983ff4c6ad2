"""Picking, placing, sorting."""
import numpy as _np
import torch as _t


def _from_end(indices, n):
    indices = indices.long()
    return _t.where(indices < 0, indices + n, indices)


def _both(x, indices, axis):
    """Both repeated along their other axes."""
    axis %= x.dim()
    shape = list(_t.broadcast_shapes(*[a.shape[:axis] + (1,) + a.shape[axis + 1:] for a in (x, indices)]))
    sizes = [shape[:axis] + [a.shape[axis]] + shape[axis + 1:] for a in (x, indices)]
    return x.expand(sizes[0]), _from_end(indices, x.shape[axis]).expand(sizes[1])


def take_along_axis(x, indices, axis):
    x, indices = _both(x, indices, axis)
    return _t.gather(x, axis, indices)


def put_along_axis(x, indices, values, axis):
    _, at = _both(x, indices, axis)
    return x.scatter(axis, at, values.expand(at.shape))


def gather_nd(x, indices):
    K = indices.shape[-1]
    if K == 0:
        return x.expand(tuple(indices.shape[:-1]) + tuple(x.shape))
    return x[tuple(_from_end(indices[..., k], x.shape[k]) for k in range(K))]


def scatter_nd_add(x, indices, values):
    at = tuple(_from_end(indices[..., k], x.shape[k]) for k in range(indices.shape[-1]))
    return x.index_put(at, values.expand(tuple(indices.shape[:-1]) + tuple(x.shape[indices.shape[-1]:])), accumulate=True)


def boolean_mask(x, mask):
    return x[mask]


def nonzero(x):
    return _t.nonzero(x).T


def unique(x):
    values, index, inverse, counts = _np.unique(x.detach().numpy(), return_index=True, return_inverse=True,
                                                return_counts=True)
    y = x.reshape(-1)[_t.from_numpy(index)]
    assert (y.detach().numpy() == values).all()
    return y, _t.from_numpy(index), _t.from_numpy(inverse).reshape(x.shape), _t.from_numpy(counts)


def repeat_by(x, counts, axis=0):
    return _t.repeat_interleave(x, counts.long(), axis)


def one_hot(x, depth, dtype="f32"):
    y = _t.nn.functional.one_hot(x.long(), depth) if x.numel() else _t.zeros(tuple(x.shape) + (depth,))
    return y.to({"f32": _t.float64, "bool": _t.bool, "i64": _t.int64}[dtype])


def searchsorted(a, v, side="left"):
    return _t.searchsorted(a.detach(), v.detach(), right=side == "right")


def sort(x, axis, descending=False):
    return tuple(_t.sort(x, dim=axis, descending=descending, stable=True))


def argsort(x, axis, descending=False):
    return _t.sort(x, dim=axis, descending=descending, stable=True)[1]


def topk(x, k, axis, smallest=False):
    values, indices = _t.sort(x, dim=axis, descending=not smallest, stable=True)
    return values.narrow(axis, 0, k), indices.narrow(axis, 0, k)


def take(x, indices, axis=0):
    axis %= x.dim()
    at = _from_end(indices, x.shape[axis])
    return x.index_select(axis, at.reshape(-1)).reshape(x.shape[:axis] + at.shape + x.shape[axis + 1:])


def embed(x, w, ignore=False, ignore_label=0):
    if not ignore:
        return _t.nn.functional.embedding(x.long(), w)
    gone = x == ignore_label
    y = _t.nn.functional.embedding(x.long().masked_fill(gone, 0), w)
    return y.masked_fill(gone.unsqueeze(-1), 0)


def scatter_add(x, indices, values, axis=0):
    axis %= x.dim()
    at = _from_end(indices, x.shape[axis])
    values = values.expand(x.shape[:axis] + at.shape + x.shape[axis + 1:])
    lined = values.reshape(values.shape[:axis] + (-1,) + values.shape[axis + at.dim():])
    return x.index_add(axis, at.reshape(-1), lined)


def select_item(x, t):
    return _t.gather(x, 1, _from_end(t, x.shape[1])[:, None])[:, 0]


def bincount(x, n, weights=None):
    y = _t.zeros(n, dtype=_t.int64 if weights is None else _t.float64)
    w = _t.ones(x.numel(), dtype=y.dtype) if weights is None else weights.reshape(-1)
    return y.index_add(0, x.reshape(-1).long(), w)


def histogram(x, bins, low, high):
    counts, _ = _np.histogram(x.numpy(), bins, (low, high))
    return _t.as_tensor(counts)


def interp(x, xp, fp):
    at = _t.searchsorted(xp.detach(), x.detach(), right=True)
    high = at.clamp(1, max(len(xp) - 1, 0)) if len(xp) > 1 else _t.zeros_like(at)
    low = (high - 1).clamp(min=0)
    d = xp[high] - xp[low]
    t = _t.where(d > 0, ((x - xp[low]) / _t.where(d > 0, d, _t.ones_like(d))).clamp(0, 1), _t.ones_like(d))
    return fp[low] + (fp[high] - fp[low]) * t
