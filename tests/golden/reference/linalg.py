"""Products."""
import torch as _t


def linear(x, w, b=None, n_batch_axes=1):
    return _t.nn.functional.linear(x.flatten(n_batch_axes), w, b)


def matmul(a, b, trans_a=False, trans_b=False):
    return _t.matmul(a.transpose(-1, -2) if trans_a else a, b.transpose(-1, -2) if trans_b else b)
