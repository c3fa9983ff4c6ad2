"""Options as tuples."""


def many(v, n=None):
    """A number or tuple as a tuple; of n numbers the last stands for those left out."""
    v = tuple(v) if isinstance(v, (tuple, list)) else (v,)
    return v if n is None else (v + v[-1:] * n)[:n]


def over(x, axes):
    """Axes to reduce, all where none are named, from 0."""
    return tuple(range(x.dim())) if axes is None else tuple(a % x.dim() for a in many(axes))
