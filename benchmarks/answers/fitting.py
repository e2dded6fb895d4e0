"""The two small fits behind the local engine, on numpy alone: a ranking of candidates and a logistic confidence."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def fit_ranking(groups: Sequence[tuple[Array, Array]], *, l2: float = 2.0) -> Array:
    """Return weights that make the answering candidate likeliest in each group.

    groups: per question float64[N, F] of features and float64[N] of 0 or 1; groups without a 1 teach nothing.
    The objective is the log of the softmax mass on answering candidates, less l2/2 of the weights' squares in units
    of each feature's deviation; Newton with step halving, so the result is the same on every machine.
    """
    groups = [(x, y) for x, y in groups if y.any()]
    everything = np.concatenate([x for x, _ in groups])
    deviation = everything.std(0) + 1e-9
    widest, columns = max(len(x) for x, _ in groups), everything.shape[1]
    x = np.zeros((len(groups), widest, columns))
    y, there = np.zeros((len(groups), widest)), np.zeros((len(groups), widest), dtype=bool)
    for n, (features, labels) in enumerate(groups):
        x[n, : len(features)], y[n, : len(labels)], there[n, : len(labels)] = features / deviation, labels, True
    weights = np.zeros(columns)
    value, odds = _objective(weights, x, y, there, l2)
    for _ in range(40):
        all_mass = odds / odds.sum(1, keepdims=True)
        right = odds * y
        right /= right.sum(1, keepdims=True) + 1e-300
        mean, mean_right = np.einsum("qn,qnf->qf", all_mass, x), np.einsum("qn,qnf->qf", right, x)
        gradient = (mean_right - mean).sum(0) - l2 * weights
        curvature = np.einsum("qn,qnf,qng->fg", all_mass, x, x) - mean.T @ mean + l2 * np.eye(columns)
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while length > 1e-3:
            new_value, new_odds = _objective(weights + length * step, x, y, there, l2)
            if new_value > value:
                break
            length /= 2
        if length <= 1e-3 or new_value - value < 1e-3:
            break
        weights, value, odds = weights + length * step, new_value, new_odds
    return weights / deviation


def fit_logistic(x: Array, y: Array, importance: Array, *, l2: float = 1.0) -> tuple[Array, float]:
    """Return weights and bias of a logistic regression by Newton's method; l2 as in `fit_ranking`."""
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = np.c_[(x - mean) / deviation, np.ones(len(x))]
    penalty = l2 * np.eye(z.shape[1])
    penalty[-1, -1] = 0.0
    weights = np.zeros(z.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-z @ weights))
        gradient = z.T @ (importance * (y - chance)) - penalty @ weights
        curvature = (z * (importance * chance * (1.0 - chance))[:, None]).T @ z + penalty
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    raw = weights[:-1] / deviation
    return raw, float(weights[-1] - (raw * mean).sum())


def auroc(positive: Array, negative: Array) -> float:
    """Return the chance that a positive scores above a negative; ties count half."""
    both = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2.0) / (n * m))


def _objective(weights: Array, x: Array, y: Array, there: npt.NDArray[np.bool_], l2: float) -> tuple[float, Array]:
    scores = np.where(there, x @ weights, -np.inf)
    odds = np.exp(scores - scores.max(1, keepdims=True))
    gained = np.log((odds * y).sum(1) + 1e-300).sum() - np.log(odds.sum(1)).sum()
    return float(gained - l2 / 2.0 * weights @ weights), odds
