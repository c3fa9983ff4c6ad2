"""Pooling."""
import torch as _t
import torch.nn.functional as _F

from ._options import many as _many

_MAX = {1: _F.max_pool1d, 2: _F.max_pool2d, 3: _F.max_pool3d}
_AVERAGE = {1: _F.avg_pool1d, 2: _F.avg_pool2d, 3: _F.avg_pool3d}


def _max(n, x, kernel, window=0, stride=0, pad=0, dilation=1, cover_all=False):
    sides = _many(kernel or window, n)
    return _MAX[n](x, sides, _many(stride or sides, n), _many(pad, n), _many(dilation, n), ceil_mode=cover_all)


def _average(n, x, kernel, window=0, stride=0, pad=0, cover_all=False, exclude_pad=False):
    sides = _many(kernel or window, n)
    return _AVERAGE[n](x, sides, _many(stride or sides, n), _many(pad, n), cover_all, not exclude_pad)


def max_pool1d(x, kernel, **o):
    return _max(1, x, kernel, **o)


def max_pool2d(x, kernel, **o):
    return _max(2, x, kernel, **o)


def max_pool3d(x, kernel, **o):
    return _max(3, x, kernel, **o)


def average_pool1d(x, kernel, **o):
    return _average(1, x, kernel, **o)


def average_pool2d(x, kernel, **o):
    return _average(2, x, kernel, **o)


def average_pool3d(x, kernel, **o):
    return _average(3, x, kernel, **o)


def global_average_pool(x):
    return x.mean(list(range(2, x.dim())), keepdim=True)


def _unpool(n, x, kernel, window=0, stride=0, pad=0, size=0):
    """Each element over its window, by a transposed convolution with ones, channel by channel."""
    sides = _many(kernel, n) if kernel else _many(window, n)
    stride, pad = _many(stride, n) if stride else sides, _many(pad, n)
    C = x.shape[1]
    call = {1: _F.conv_transpose1d, 2: _F.conv_transpose2d, 3: _F.conv_transpose3d}[n]
    y = call(x, _t.ones((C, 1) + sides), None, stride, 0, 0, C)
    sizes = _many(size, n) if size else [d - 2 * p for d, p in zip(y.shape[2:], pad)]
    return _F.pad(y, [v for i in reversed(range(n)) for v in (-pad[i], sizes[i] + pad[i] - y.shape[2 + i])])


def unpool1d(x, kernel, **o):
    return _unpool(1, x, kernel, **o)


def unpool2d(x, kernel, **o):
    return _unpool(2, x, kernel, **o)


def unpool3d(x, kernel, **o):
    return _unpool(3, x, kernel, **o)


def _max_unpool(n, y, x, kernel, **o):
    if x.numel() == 0:
        return _t.zeros_like(x)
    indices = _MAX[n](x.detach(), kernel, return_indices=True, **o)[1]
    return _t.zeros_like(x).flatten(2).scatter_add(2, indices.flatten(2), y.flatten(2)).reshape(x.shape)


def max_unpool1d(y, x, kernel, **o):
    return _max_unpool(1, y, x, kernel, **o)


def max_unpool2d(y, x, kernel, **o):
    return _max_unpool(2, y, x, kernel, **o)


def max_unpool3d(y, x, kernel, **o):
    return _max_unpool(3, y, x, kernel, **o)
