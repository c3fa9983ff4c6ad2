"""Products."""
import torch as _t


def linear(x, w, b=None, n_batch_axes=1):
    return _t.nn.functional.linear(x.flatten(n_batch_axes), w, b)


def matmul(a, b, trans_a=False, trans_b=False):
    return _t.matmul(a.transpose(-1, -2) if trans_a else a, b.transpose(-1, -2) if trans_b else b)


def einsum(xs, equation):
    return _t.einsum(equation, *xs)


def tensordot(a, b, n, axes_a=None, axes_b=None):
    return _t.tensordot(a, b, n if axes_a is None else (list(axes_a), list(axes_b)))


def dot(a, b):
    if a.dim() == 0 or b.dim() == 0:
        return a * b
    return _t.tensordot(a, b, ([-1], [max(b.dim() - 2, 0)]))


def inner(a, b):
    return a * b if b.dim() == 0 else _t.tensordot(a, b, ([-1], [-1]))


def outer(a, b):
    return _t.outer(a.reshape(-1), b.reshape(-1))


def kron(a, b):
    return _t.kron(a, b)


def cross(a, b, axis):
    return _t.cross(*_t.broadcast_tensors(a, b), dim=axis)


def solve(a, b, trans=False):
    if a.numel() == 0:
        return b.clone()
    return _t.linalg.solve(a.transpose(-1, -2) if trans else a, b)


def inv(a):
    return _t.linalg.inv(a)


def det(a):
    return _t.linalg.det(a)


def cholesky(a):
    return _t.linalg.cholesky((a + a.transpose(-1, -2)) / 2)
