"""Attention."""
import math as _math

import torch as _t


def scaled_dot_product_attention(q, k, v, mask=None, causal=False, scale=0):
    s = q @ k.transpose(-1, -2) * (scale or 1 / _math.sqrt(q.shape[-1]))
    if mask is not None:
        s = s.masked_fill(~mask, -_math.inf) if mask.dtype == _t.bool else s + mask
    if causal:
        T, S = s.shape[-2:]
        s = s.masked_fill(~_t.ones(T, S, dtype=_t.bool).tril(S - T), -_math.inf)
    blind = (s == -_math.inf).all(-1, keepdim=True)
    return _t.softmax(s.masked_fill(blind, 0), -1).masked_fill(blind, 0) @ v
