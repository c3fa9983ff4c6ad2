"""Recurrent layers."""
import torch as _t


def _gates(x, names, order, together=False):
    """Blocks of x by the letters of `order`; together: the gates of a unit follow each other."""
    N, C = x.shape[:2]
    H = C // len(order)
    parts = x.reshape((N, H, len(order)) + tuple(x.shape[2:])).movedim(2, 0) if together else x.split(H, 1)
    return [parts[order.index(c)] for c in names]


def lstm(x, c, order="ifgo"):
    chainer = order == "aifo"
    i, f, g, o = _gates(x, "ifao" if chainer else "ifgo", order, together=chainer)
    N = x.shape[0]
    c_next = _t.sigmoid(f) * c[:N] + _t.sigmoid(i) * _t.tanh(g)
    return _t.sigmoid(o) * _t.tanh(c_next), _t.cat((c_next, c[N:]))


def gru(x, y, h, order="rzn"):
    r, z, n = _gates(x, "rzn", order)
    r2, z2, n2 = _gates(y, "rzn", order)
    z = _t.sigmoid(z + z2)
    return (1 - z) * _t.tanh(n + _t.sigmoid(r + r2) * n2) + z * h


def rnn(x, h, activation="tanh"):
    return getattr(_t, activation)(x + h)


def _sequence(call, x, states, lengths, ws, biases, bidirectional, no_bias):
    """PyTorch's own layers, sequence by sequence; biases: how many our layers have."""
    per, d = 2 + (0 if no_bias else biases), 1 + bidirectional
    groups = [ws[i:i + per] for i in range(0, len(ws), per)]
    weights = [w for g in groups for w in (list(g) + [_t.zeros_like(g[2])] if per == 3 else g)]
    T, N, _ = x.shape
    H, layers = groups[0][1].shape[1], len(groups) // d
    states = [_t.zeros(len(groups), N, H) if s is None else s for s in states]
    lasts, rows = [], []
    for n in range(N):
        length = T if lengths is None else int(lengths[n])
        own = [s[:, n:n + 1].contiguous() for s in states]
        y, *last = call(x[:length, n:n + 1], tuple(own) if len(own) > 1 else own[0], weights, not no_bias, layers, 0.0,
                        False, bool(bidirectional), False)
        rows.append(_t.cat((y, _t.zeros(T - length, 1, y.shape[2]))))
        lasts.append(last)
    if N == 0:
        return [_t.zeros(T, 0, d * H)] + [s * 1 for s in states]
    return [_t.cat(rows, 1)] + [_t.cat(parts, 1) for parts in zip(*lasts)]


def lstm_sequence(x, ws, h=None, c=None, lengths=None, bidirectional=False, no_bias=False):
    if x.shape[0] == 0:
        return _t.zeros(0, x.shape[1], ws[1].shape[1]), *(_t.zeros(1, x.shape[1], ws[1].shape[1]),) * 2
    return _sequence(_t.lstm, x, [h, c], lengths, ws, 1, bidirectional, no_bias)


def gru_sequence(x, ws, h=None, lengths=None, bidirectional=False, no_bias=False):
    return _sequence(_t.gru, x, [h], lengths, ws, 2, bidirectional, no_bias)


def rnn_sequence(x, ws, h=None, lengths=None, bidirectional=False, no_bias=False, activation="tanh"):
    call = _t.rnn_tanh if activation == "tanh" else _t.rnn_relu
    return _sequence(call, x, [h], lengths, ws, 1, bidirectional, no_bias)
