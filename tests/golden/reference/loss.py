"""Losses."""
import math as _math

import torch as _t
import torch.nn.functional as _F


def _reduced(y, reduce):
    if reduce == "batch":
        return y.sum() / y.shape[0]
    return {"sum": _t.sum, "mean": _t.mean, "no": lambda v: v}[reduce](y)


def binary_cross_entropy(x, t, reduce="mean"):
    return _F.binary_cross_entropy(x, t.double(), reduction={"no": "none"}.get(reduce, reduce))


def sigmoid_cross_entropy(x, t, ignore_label=-1, reduce="mean", normalize="labels"):
    counted = t.double() != ignore_label
    y = _F.binary_cross_entropy_with_logits(x, t.double(), reduction="none")
    y = _t.where(counted, y, _t.zeros(()))
    if reduce != "mean":
        return _reduced(y, reduce)
    return y.sum() / (x.shape[0] if normalize == "batch" else max(int(counted.sum()), 1))


def bernoulli_nll(x, z, reduce="sum"):
    return _reduced(_F.softplus(z, threshold=700) - x * z, reduce)


def squared_error(x, z):
    return (x - z) ** 2


def absolute_error(x, z):
    return (x - z).abs()


def epsilon_insensitive_loss(x, z, epsilon):
    return _F.relu((x - z).abs() - epsilon)


def mean_squared_error(x, z):
    return _F.mse_loss(x, z)


def mean_absolute_error(x, z):
    return _F.l1_loss(x, z)


def huber_loss(x, z, delta=1, reduce="mean"):
    return _reduced(_F.huber_loss(x, z, delta=delta, reduction="none"), reduce)


def hinge(x, t, norm="L1", reduce="batch"):
    sign = 2.0 * _F.one_hot(t.long(), x.shape[1]).movedim(-1, 1) - 1
    y = _F.relu(1 - sign * x)
    return _reduced(y ** 2 if norm == "L2" else y, reduce)


def gaussian_kl_divergence(mean, ln_var, reduce="sum"):
    return _reduced((mean ** 2 + _t.exp(ln_var) - ln_var - 1) / 2, reduce)


def gaussian_nll(x, mean, ln_var, reduce="sum"):
    if x.numel() == 0:
        return _reduced(x, reduce)
    normal = _t.distributions.Normal(mean, _t.exp(ln_var / 2), validate_args=False)
    return _reduced(-normal.log_prob(x), reduce)


def kl_div(x, t, reduce="batch"):
    """PyTorch has NaN where t is 0 and x -infinity, ours 0."""
    return _reduced(_t.where(t == 0, _t.zeros(()), _F.kl_div(x, t, reduction="none")), reduce)


def kl_multinomial(p, q, base_axis=1):
    return (_t.xlogy(p, p) - _t.xlogy(p, q)).flatten(base_axis).sum(base_axis)


def contrastive(x, z, t, margin=1, reduce="mean"):
    d = _t.linalg.vector_norm(x - z, dim=1)
    return _reduced(_t.where(t != 0, d ** 2, _F.relu(margin - d) ** 2) / 2, reduce)


def triplet(anchor, positive, negative, margin=0.2, reduce="mean"):
    near, far = ((anchor - positive) ** 2).sum(1), ((anchor - negative) ** 2).sum(1)
    return _reduced(_F.relu(near - far + margin), reduce)


def cosine_similarity(x, z, axis, eps=1e-8):
    lengths = _t.linalg.vector_norm(x, dim=axis) * _t.linalg.vector_norm(z, dim=axis)
    return (x * z).sum(axis) / _t.clamp(lengths, min=eps)


def _labels(x, t, class_weight, ignore_label, ignore_zero):
    t = t.long()
    ignored = 0 if ignore_zero else ignore_label
    y = _F.nll_loss(x, t, ignore_index=ignored, reduction="none")
    if class_weight is not None:
        y = y * class_weight[t.masked_fill(t == ignored, 0)]
    return y, t != ignored


def nll_loss(x, t, class_weight=None, ignore_label=-1, ignore_zero=False, reduce="mean"):
    y, counted = _labels(x, t, class_weight, ignore_label, ignore_zero)
    return y.sum() / max(int(counted.sum()), 1) if reduce == "mean" else _reduced(y, reduce)


def categorical_cross_entropy(x, t, **o):
    return nll_loss(_t.log(x), t, **o)


def softmax_cross_entropy(x, t, class_weight=None, ignore_label=-1, ignore_zero=False, reduce="mean", normalize="labels",
                          soft_target="cross-entropy"):
    logs = _F.log_softmax(x, 1)
    if t.is_floating_point():
        w = 1 if class_weight is None else class_weight.reshape((-1,) + (1,) * (x.dim() - 2))
        y = -(w * t * logs).sum(1)
        if soft_target == "kl-divergence":
            y = y + (w * _t.xlogy(t, t)).sum(1)
        return _reduced(y, reduce)
    if normalize == "labels" or reduce != "mean":
        return nll_loss(logs, t, class_weight, ignore_label, ignore_zero, reduce)
    y, counted = _labels(logs, t, class_weight, ignore_label, ignore_zero)
    if normalize == "batch":
        return y.sum() / x.shape[0]
    return y.sum() / class_weight[t.long()[counted]].sum()


def softmax_nll(x, t, w=None, ignore=-1):
    return _labels(_F.log_softmax(x, 1), t, w, ignore, False)[0]
