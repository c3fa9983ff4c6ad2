"""Convolutions."""
import torch as _t
import torch.nn.functional as _F

from ._options import many as _many

_CONV = {1: _F.conv1d, 2: _F.conv2d, 3: _F.conv3d}
_DECONV = {1: _F.conv_transpose1d, 2: _F.conv_transpose2d, 3: _F.conv_transpose3d}


def _padded(x, before, after):
    """Zeros around the spatial axes; fewer than none cuts."""
    pairs = [p for b, a in zip(reversed(before), reversed(after)) for p in (b, a)]
    return _F.pad(x, pairs)


def _conv(n, x, w, b=None, stride=1, pad=0, pad_extra=0, dilation=1, groups=1, cover_all=False):
    stride, pad, extra, dilation = (_many(v, n) for v in (stride, pad, pad_extra, dilation))
    after = [p + e for p, e in zip(pad, extra)]
    if cover_all:
        for i in range(n):
            rest = x.shape[2 + i] + pad[i] + after[i] - dilation[i] * (w.shape[2 + i] - 1) - 1
            after[i] += -rest % stride[i]
    return _CONV[n](_padded(x, pad, after), w, b, stride, 0, dilation, groups)


def conv1d(x, w, **o):
    return _conv(1, x, w, **o)


def conv2d(x, w, **o):
    return _conv(2, x, w, **o)


def conv3d(x, w, **o):
    return _conv(3, x, w, **o)


def depthwise_conv2d(x, w, **o):
    return _conv(2, x, w.reshape((-1, 1) + w.shape[2:]), groups=x.shape[1], **o)


def conv(x, w, b=None, stride=1, pad=0, pad_end=None, dilation=1, groups=1):
    """Our kernel's own call: paddings of both ends apart; options of three axes."""
    n = x.dim() - 2
    stride, pad, dilation = (_many(v, n) for v in (stride, pad, dilation))
    end = (0,) * n if pad_end is None else _many(pad_end, n)
    return _CONV[n](_padded(x, pad, end), w, b, stride, 0, dilation, groups)


def conv_grad_x(gy, w, size, **o):
    n = w.dim() - 2
    x = _t.zeros((gy.shape[0], w.shape[1] * o.get("groups", 1)) + _many(size, n))
    return _linear_gradient(0, x, w, gy, o)


def conv_grad_w(x, gy, size, **o):
    n = x.dim() - 2
    w = _t.zeros((gy.shape[1], x.shape[1] // o.get("groups", 1)) + _many(size, n))
    return _linear_gradient(1, x, w, gy, o)


def _linear_gradient(which, x, w, gy, o):
    """The gradient of a convolution by one of its factors, differentiable by the other and by gy."""
    one = (x, w)[which].requires_grad_(True)
    y = conv(x, w, **o)
    return _t.autograd.grad(y, one, gy, create_graph=True)[0]


def _deconv(n, x, w, b=None, stride=1, pad=0, pad_extra=0, dilation=1, groups=1, out_pad=0, size=0):
    """The gradient of conv by its input, of the size that is asked for."""
    stride, pad, extra, dilation, out_pad = (_many(v, n) for v in (stride, pad, pad_extra, dilation, out_pad))
    full = [s * (d - 1) + l * (u - 1) + 1 for s, d, l, u in zip(stride, x.shape[2:], dilation, w.shape[2:])]
    sizes = _many(size, n) if size else [f - 2 * p - e + o for f, p, e, o in zip(full, pad, extra, out_pad)]
    y = _DECONV[n](x, w, None, stride, 0, 0, groups, dilation)
    y = _padded(y, [-p for p in pad], [s + p - f for s, p, f in zip(sizes, pad, full)])
    return y if b is None else y + b.reshape((-1,) + (1,) * n)


def deconv1d(x, w, **o):
    return _deconv(1, x, w, **o)


def deconv2d(x, w, **o):
    return _deconv(2, x, w, **o)


def deconv3d(x, w, **o):
    return _deconv(3, x, w, **o)
