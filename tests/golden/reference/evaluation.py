"""Measures of predictions."""
import torch as _t


def _counted(t, ignore_label, ignore_zero):
    return t != (0 if ignore_zero else ignore_label)


def _pairs(y, t, ignore_label, ignore_zero):
    """Scores [n, K] and labels [n] of the places that count."""
    t = t.long()
    scores = y.movedim(1, -1).reshape(-1, y.shape[1])
    counted = _counted(t, ignore_label, ignore_zero).reshape(-1)
    return scores[counted], t.reshape(-1)[counted]


def _share(hits):
    return hits.double().mean() if hits.numel() else _t.zeros(())


def accuracy(y, t, ignore_label=-1, ignore_zero=False):
    scores, labels = _pairs(y, t, ignore_label, ignore_zero)
    return _share(scores.argmax(1) == labels)


def top_n_accuracy(y, t, n, ignore_label=-1, ignore_zero=False):
    scores, labels = _pairs(y, t, ignore_label, ignore_zero)
    return _share((scores.topk(n, 1).indices == labels[:, None]).any(1))


def binary_accuracy(y, t, ignore_label=-1):
    t = t.long()
    counted = t != ignore_label
    return _share((y >= 0)[counted] == (t == 1)[counted])


def confusion_matrix(y, t, ignore_label=-1, ignore_zero=False):
    scores, labels = _pairs(y, t, ignore_label, ignore_zero)
    K = y.shape[1]
    return _t.bincount(labels * K + scores.argmax(1), minlength=K * K).reshape(K, K)


def _ratio(a, b):
    return _t.where(b == 0, _t.zeros(()), a / b)


def classification_summary(y, t, ignore_label=-1, ignore_zero=False, beta=1):
    m = confusion_matrix(y, t, ignore_label, ignore_zero).double()
    hit = m.diagonal()
    p, r = _ratio(hit, m.sum(0)), _ratio(hit, m.sum(1))
    return p, r, _ratio((1 + beta ** 2) * p * r, beta ** 2 * p + r), m.sum(1).long()


def precision(y, t, **o):
    return classification_summary(y, t, **o)[0]


def recall(y, t, **o):
    return classification_summary(y, t, **o)[1]


def f1_score(y, t, **o):
    return classification_summary(y, t, **o)[2]


def r2_score(x, t, multioutput="uniform_average"):
    spread = ((t - t.mean(0)) ** 2).sum(0)
    score = _t.where(spread == 0, _t.zeros(()), 1 - ((t - x) ** 2).sum(0) / spread)
    return score if multioutput == "raw_values" else score.mean()
