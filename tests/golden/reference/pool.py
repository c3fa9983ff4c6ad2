"""Pooling."""
import numpy as _np
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


def resize(x, size, mode="linear", align_corners=False):
    size = list(_many(size))
    if 0 in size or 0 in x.shape:
        return x.new_zeros(list(x.shape[:2]) + size)
    if mode == "linear":
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(size)]
        return _t.nn.functional.interpolate(x, size, mode=mode, align_corners=align_corners)
    for axis, n in enumerate(size):
        old = x.shape[axis + 2]
        i = _t.arange(n, dtype=_t.float64)
        at = (i * (old - 1) / max(n - 1, 1) + 0.5 if align_corners else (i + 0.5) * old / n).floor().long()
        x = x.index_select(axis + 2, at.clamp(max=old - 1))
    return x


def roi_average_align2d(x, rois, images, size, spatial_scale=1, sampling=0):
    """One sample after the other."""
    def axis_weights(start, end, pixels, n):
        rows = []
        length = max(end - start, 1)
        step = length / pixels
        grid = sampling or int(_np.ceil(step))
        for k in range(pixels):
            row = [0.0] * n
            for i in range(grid):
                p = start + step * k + (i + 0.5) * step / grid
                if p < -1 or p > n:
                    continue
                p = max(p, 0)
                low = int(p)
                if low >= n - 1:
                    low = high = n - 1
                    p = low
                else:
                    high = low + 1
                row[low] += (1 - (p - low)) / grid
                row[high] += (p - low) / grid
            rows.append(row)
        return _t.tensor(rows, dtype=_t.float64)

    y = []
    for roi, image in zip(rois.detach().tolist(), images.tolist()):
        top, left, bottom, right = (v * spatial_scale for v in roi)
        down = axis_weights(top, bottom, size[0], x.shape[2])
        across = axis_weights(left, right, size[1], x.shape[3])
        y.append(_t.einsum("ih,chw,jw->cij", down, x[image], across))
    return _t.stack(y) if y else x.new_zeros((0, x.shape[1], *size))


def im2col(x, kernel, window=0, stride=1, pad=0, dilation=1, cover_all=False):
    u, v = _many(kernel or window, 2)
    s, p, d = _many(stride, 2), _many(pad, 2), _many(dilation, 2)
    sizes = []
    for k, side in enumerate((u, v)):
        rest = x.shape[2 + k] + 2 * p[k] - d[k] * (side - 1) - 1
        n = rest // s[k] + 1
        if cover_all and rest % s[k]:
            n += 1
        sizes.append(n)
    more = [max(0, (n - 1) * s[k] + d[k] * (side - 1) + 1 - x.shape[2 + k] - 2 * p[k])
            for k, (n, side) in enumerate(zip(sizes, (u, v)))]
    x = _F.pad(x, (p[1], p[1] + more[1], p[0], p[0] + more[0]))
    rows = [x[:, :, i * d[0]:i * d[0] + (sizes[0] - 1) * s[0] + 1:s[0], j * d[1]:j * d[1] + (sizes[1] - 1) * s[1] + 1:s[1]]
            for i in range(u) for j in range(v)]
    return _t.stack(rows, 2).reshape(x.shape[0], x.shape[1] * u * v, *sizes)


def spatial_transformer_grid(theta, size):
    if len(theta) == 0:
        return theta.new_zeros((0, 2, *size))
    return _F.affine_grid(theta, [len(theta), 1, *size], align_corners=True).permute(0, 3, 1, 2)


def spatial_transformer_sampler(x, grid):
    if len(x) == 0:
        return x.new_zeros((0, x.shape[1], *grid.shape[2:]))
    return _F.grid_sample(x, grid.permute(0, 2, 3, 1), align_corners=True)
