"""Probabilities that mean what they say, and from which one on the program acts by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Topics with few examples borrow as many from all topics together, so that luck sets no threshold.
BORROWED = 20
ACT_AT_LEAST = 0.25
ACT_AT_MOST = 0.95

_THRESHOLDS = np.arange(ACT_AT_LEAST, ACT_AT_MOST + 0.005, 0.01)
_STEPS = 50
# A little pull towards plain sums keeps the solution finite where a small corpus is told apart perfectly.
_PULL = 1e-2


@dataclass(frozen=True, slots=True)
class Scaling:
    """What turns a label's sum into a number whose logistic function (or softmax) is its probability.

    The number is alone * sum + among * log(softmax of the sums) + the label's shift: a label that leads is more likely
    than its sum says by itself (Platt 1999, with a second view).
    """

    alone: float
    among: float
    shifts: tuple[float, ...]

    def scaled(self, sums: Any) -> Floats:
        """The numbers, in the shape of the sums (labels along the last axis)."""
        summed = np.asarray(sums, dtype=np.float64)
        scaled: Floats = self.alone * summed + self.among * _log_softmax(summed) + np.array(self.shifts)
        return scaled


def several(sums: Any, scaling: Scaling) -> Floats:
    """The probability of each label that it applies, whatever the others do."""
    return _logistic(scaling.scaled(sums))


def one_of(sums: Any, scaling: Scaling) -> Floats:
    """The probability of each label that it is the one; they sum up to 1."""
    likely: Floats = np.exp(_log_softmax(scaling.scaled(sums)))
    return likely


def best_for_several(sums: Floats, truth: Floats, counts: Floats) -> Scaling:
    """The scaling under which `truth` (0 or 1, shaped as `sums`) is most likely; row i counts `counts[i]` times."""
    rows, labels = sums.shape
    views = np.concatenate(
        [sums.reshape(-1, 1), _log_softmax(sums).reshape(-1, 1), np.tile(np.eye(labels), (rows, 1))], axis=1
    )
    right, weight = truth.ravel(), np.repeat(counts, labels)
    towards = np.array([1.0, 0.0, *np.zeros(labels)])
    found = towards.copy()
    for _ in range(_STEPS):
        likely = _logistic(views @ found)
        slope = views.T @ (weight * (likely - right)) + _PULL * (found - towards)
        bend = (views * (weight * likely * (1 - likely))[:, None]).T @ views + _PULL * np.eye(len(found))
        found, done = _stepped(found, slope, bend)
        if done:
            break
    return _rounded(found[0], found[1], found[2:])


def best_for_one_of(sums: Floats, truth: Floats, counts: Floats) -> Scaling:
    """The same where exactly one label of a row is true."""
    rows, labels = sums.shape
    views = np.concatenate([sums[:, :, None], np.tile(np.eye(labels), (rows, 1, 1))], axis=2)
    towards = np.array([1.0, *np.zeros(labels)])
    found = towards.copy()
    for _ in range(_STEPS):
        likely = np.exp(_log_softmax(views @ found)) * counts[:, None]
        slope = np.einsum("nk,nkp->p", likely - truth * counts[:, None], views) + _PULL * (found - towards)
        mean = np.einsum("nk,nkp->np", likely, views)
        square = np.einsum("nk,nkp,nkq->pq", likely, views, views)
        bend = square - (mean / counts[:, None]).T @ mean + _PULL * np.eye(len(found))
        found, done = _stepped(found, slope, bend)
        if done:
            break
    return _rounded(found[0], 0.0, found[1:])


def thresholds(likely: Floats, truth: Floats, counts: Floats, precision: float) -> tuple[float, ...]:
    """Per label (column) the lowest probability from which on acting is right often enough.

    `precision` is the share that must be right among the rows at or above it (row i counts `counts[i]` times); a label
    that never gets there is acted on from `ACT_AT_MOST` on.
    """
    return tuple(_threshold(likely, truth, counts, column, precision) for column in range(truth.shape[1]))


def _threshold(likely: Floats, truth: Floats, counts: Floats, column: int, precision: float) -> float:
    weight = np.broadcast_to(counts[:, None], likely.shape)
    for threshold in _THRESHOLDS:
        acted = likely >= threshold
        total = float(weight[acted].sum())
        overall = float((weight * truth)[acted].sum()) / total if total else 0.0
        mine = acted[:, column]
        right = float((counts * truth[:, column])[mine].sum())
        if (right + BORROWED * overall) / (float(counts[mine].sum()) + BORROWED) >= precision:
            return round(float(threshold), 2)
    return ACT_AT_MOST


def expected_error(stated: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error: how far stated probabilities are from the shares that were right."""
    said, came = np.asarray(stated, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if not said.size:
        return 0.0
    places = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs(said[places == bin_].sum() - came[places == bin_].sum()) for bin_ in range(bins)]
    return float(sum(gaps) / said.size)


def _stepped(found: Floats, slope: Floats, bend: Floats) -> tuple[Floats, bool]:
    """One step of Newton's method, not too long, and whether it was the last one."""
    step = np.linalg.solve(bend, slope)
    longest = float(np.abs(step).max())
    return found - step * min(1.0, 2.0 / (longest + 1e-12)), longest < 1e-6


def _rounded(alone: float, among: float, shifts: Floats) -> Scaling:
    return Scaling(round(float(alone), 4), round(float(among), 4), tuple(round(float(shift), 4) for shift in shifts))


def _logistic(value: Floats) -> Floats:
    likely: Floats = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    return likely


def _log_softmax(sums: Floats) -> Floats:
    shifted = sums - sums.max(axis=-1, keepdims=True)
    told: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return told
