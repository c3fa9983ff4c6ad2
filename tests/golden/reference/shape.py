"""Shapes and orders of elements."""
import numpy as _np
import torch as _t

from ._options import many as _many, over as _over


def _placed(f, x, *args, **o):
    """What NumPy's f does with the places of elements, done with x: gradients pass."""
    places = f(_np.arange(x.numel()).reshape(tuple(x.shape)), *args, **o)
    return x.reshape(-1)[_t.tensor(places.copy()).reshape(-1)].reshape(places.shape)


def as_strided(x, shape, strides=0, offset=0):
    shape = _many(shape)
    strides = _many(strides)[:len(shape)] if isinstance(strides, tuple) else (strides,) * len(shape)
    places = _t.tensor(offset)
    for d, s in zip(shape, strides):
        places = places.unsqueeze(-1) + _t.arange(d) * s
    return x.reshape(-1)[places.reshape(-1)].reshape(shape)


def moveaxis(x, source, destination):
    return _t.movedim(x, source, destination)


def swapaxes(x, axis1, axis2):
    return _t.swapaxes(x, axis1, axis2)


def rollaxis(x, axis, start=0):
    return _placed(_np.rollaxis, x, axis, start)


def depth2space(x, r):
    N, C, H, W = x.shape
    y = x.reshape(N, r, r, C // r // r, H, W)
    return _t.einsum("nijkhw->nkhiwj", y).reshape(N, C // r // r, H * r, W * r)


def space2depth(x, r):
    N, K, H, W = x.shape
    y = x.reshape(N, K, H // r, r, W // r, r)
    return _t.einsum("nkhiwj->nijkhw", y).reshape(N, r * r * K, H // r, W // r)


def broadcast_to(x, shape):
    return x.expand(_many(shape))


def concat(xs, axis=0):
    return _t.cat(xs, axis)


def stack(xs, axis=0):
    return _t.stack(xs, axis)


def hstack(xs):
    return _t.hstack(xs)


def vstack(xs):
    return _t.vstack(xs)


def dstack(xs):
    return _t.dstack(xs)


def diagonal(x, offset=0, axis1=0, axis2=1):
    return _placed(_np.diagonal, x, offset, axis1, axis2)


def diag(x, k=0):
    return _t.diag(x, k)


def trace(x, offset=0, axis1=0, axis2=1):
    return diagonal(x, offset, axis1, axis2).sum(-1)


def flip(x, axes=None):
    return _t.flip(x, _over(x, axes))


def fliplr(x):
    return _t.fliplr(x)


def flipud(x):
    return _t.flipud(x)


def _eight(v):
    return v if isinstance(v, tuple) else (v,) + (0,) * 7


def pad(x, before=0, after=0, mode="constant", value=0):
    width = list(zip(_eight(before), _eight(after)))[:x.dim()]
    if mode == "constant":
        return _t.nn.functional.pad(x, [v for p in reversed(width) for v in p], value=value)
    return _placed(_np.pad, x, width, mode)


def pad_sequence(xs, length=0, value=0):
    y = _t.nn.utils.rnn.pad_sequence(xs, batch_first=True, padding_value=value)
    rest = max(length - y.shape[1], 0)
    return _t.cat((y, _t.full(y.shape[:1] + (rest,) + y.shape[2:], value, dtype=y.dtype)), 1)


def expand_dims(x, axis):
    return _t.unsqueeze(x, axis)


def squeeze(x, axes=None):
    for a in sorted(_over(x, axes), reverse=True):
        x = _t.squeeze(x, a)
    return x


def flatten(x, start=1):
    return x.reshape(tuple(x.shape[:start]) + (int(_np.prod(x.shape[start:])),))


def ravel(x):
    return _t.ravel(x)


def reshape(x, shape):
    return x.reshape(_many(shape))


def _ranges(text):
    """What stands between NumPy's brackets."""
    return eval(f"np.s_[{text if not isinstance(text, tuple) else ','.join(map(str, text))}]", {"np": _np})


def slice_(x, ranges):
    return _placed(lambda places: _np.asarray(places[_ranges(ranges)]), x)


def get_item(x, ranges):
    return slice_(x, ranges)


def set_item(x, values, ranges):
    places = _np.asarray(_np.arange(x.numel()).reshape(tuple(x.shape))[_ranges(ranges)])
    at = _t.from_numpy(_np.ascontiguousarray(places)).reshape(-1)
    return x.reshape(-1).index_put((at,), values.expand(places.shape).reshape(-1)).reshape(x.shape)


def tile(x, reps):
    return _t.tile(x, _many(reps))


def repeat(x, repeats, axis=0):
    return _t.repeat_interleave(x, repeats, axis)


def roll(x, shift, axes=None):
    axes = () if axes is None else _many(axes)
    return _t.roll(x, (shift,) * max(len(axes), 1), axes)


def rot90(x, k=1, axes=(0, 1)):
    return _t.rot90(x, k, axes)


def transpose(x, axes=None):
    return x.permute(tuple(reversed(range(x.dim()))) if axes is None else axes)


def diff(x, axis, n=1):
    n = min(n, x.shape[axis])
    return _t.diff(x, n, axis)


def identity(x):
    return x.clone()
