"""Probabilities that mean what they say, and from which one on the program acts by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Topics with few examples borrow as many from all topics together, so that luck sets no threshold.
BORROWED = 20
ACT_AT_LEAST = 0.25
ACT_AT_MOST = 0.95

_SMALLEST = 1e-7
_TEMPERATURES = np.geomspace(0.1, 5, 80)
_THRESHOLDS = np.arange(ACT_AT_LEAST, ACT_AT_MOST + 0.005, 0.01)


def cooled(scores: Any, temperature: float, *, exclusive: bool) -> Floats:
    """Scores (rows of probabilities, one per label) after division of their logits by the temperature."""
    clipped = np.clip(np.asarray(scores, dtype=np.float64), _SMALLEST, 1 - _SMALLEST)
    if exclusive:
        powers = clipped ** (1 / temperature)
        shared: Floats = powers / powers.sum(axis=-1, keepdims=True)
        return shared
    single: Floats = 1 / (1 + ((1 - clipped) / clipped) ** (1 / temperature))
    return single


def best_temperature(scores: Floats, truth: Floats, *, exclusive: bool) -> float:
    """The temperature under which `truth` (0 or 1, shaped as `scores`) is most likely."""

    def surprise(temperature: float) -> float:
        probabilities = np.clip(cooled(scores, temperature, exclusive=exclusive), _SMALLEST, 1 - _SMALLEST)
        missed = 0.0 if exclusive else ((1 - truth) * np.log(1 - probabilities)).sum()
        return -float((truth * np.log(probabilities)).sum() + missed)

    return round(float(min(_TEMPERATURES, key=surprise)), 4)


def thresholds(probabilities: Floats, truth: Floats, precision: float) -> tuple[float, ...]:
    """Per label (column) the lowest probability from which on acting is right often enough.

    `precision` is the share that must be right among the rows at or above it; a label that never gets there is
    acted on from `ACT_AT_MOST` on.
    """
    return tuple(_threshold(probabilities, truth, column, precision) for column in range(truth.shape[1]))


def _threshold(probabilities: Floats, truth: Floats, column: int, precision: float) -> float:
    for threshold in _THRESHOLDS:
        everywhere = probabilities >= threshold
        overall = float(truth[everywhere].mean()) if everywhere.any() else 0.0
        acted = probabilities[:, column] >= threshold
        right = float(truth[acted, column].sum())
        if (right + BORROWED * overall) / (float(acted.sum()) + BORROWED) >= precision:
            return round(float(threshold), 2)
    return ACT_AT_MOST


def expected_error(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error: how far stated probabilities are from the shares that were right."""
    stated, came = np.asarray(probabilities, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if not stated.size:
        return 0.0
    places = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [abs(stated[places == bin_].sum() - came[places == bin_].sum()) for bin_ in range(bins)]
    return float(sum(gaps) / stated.size)
