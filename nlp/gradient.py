"""Averaged stochastic gradient descent for sparse texts: only the rows that a batch has are touched.

thinc's optimizers visit every weight at every step; with 400,000 features that is ten times slower, for the same sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Features

Matrix = NDArray[np.float32]

# The bias has one row where features have hundreds; it must not run ahead of them.
_BIAS_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Descent:
    """How to learn: passes over all texts, texts in a batch, learning rate, and the seed of the order."""

    epochs: int
    batch_size: int
    rate: float
    seed: int


def fitted(texts: Sequence[Features], truth: Matrix, how: Descent, *, exclusive: bool) -> tuple[Matrix, Matrix]:
    """Weights (features x labels) and biases under which `truth` (0 to 1 per text and label) is likely.

    They are the mean over all steps: that of the last one would hang on the order of the texts.
    """
    labels = truth.shape[1]
    weights, lagged = (np.zeros((texts[0].width, labels), dtype=np.float32) for _ in range(2))
    bias, lagged_bias = (np.zeros(labels, dtype=np.float32) for _ in range(2))
    order = np.random.default_rng(how.seed)
    likely = _softmax if exclusive else _sigmoid
    step = 0
    for _ in range(how.epochs):
        shuffled = order.permutation(len(texts))
        for start in range(0, len(texts), how.batch_size):
            chosen = shuffled[start : start + how.batch_size]
            batch = _Batch.of([texts[i] for i in chosen])
            wrong = likely(batch.sums(weights) + bias) - truth[chosen]
            rows, change = batch.gradient(wrong, how.rate)
            step += 1
            weights[rows] -= change
            lagged[rows] -= np.float32(step - 1) * change
            shift = np.float32(how.rate * _BIAS_RATE) * wrong.sum(axis=0, dtype=np.float32)
            bias -= shift
            lagged_bias -= np.float32(step - 1) * shift
    return weights - lagged / np.float32(step), bias - lagged_bias / np.float32(step)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Texts end to end: `starts` are where each begins in `rows` and `values`, `texts` says which one a value is of."""

    rows: Any
    values: Any
    starts: Any
    texts: Any

    @classmethod
    def of(cls, found: Sequence[Features]) -> _Batch:
        sizes = [len(item.rows) for item in found]
        return cls(
            np.concatenate([item.rows for item in found]),
            np.concatenate([item.values for item in found]),
            np.cumsum([0, *sizes[:-1]]),
            np.repeat(np.arange(len(found)), sizes),
        )

    def sums(self, weights: Matrix) -> Any:
        return np.add.reduceat(self.values[:, None] * weights[self.rows], self.starts, axis=0)

    def gradient(self, wrong: Any, rate: float) -> tuple[Any, Matrix]:
        """The distinct rows, and the change of each for all labels."""
        rows, places = np.unique(self.rows, return_inverse=True)
        columns = [
            np.bincount(places, weights=self.values * wrong[self.texts, label], minlength=len(rows))
            for label in range(wrong.shape[1])
        ]
        return rows, (rate * np.stack(columns, axis=1)).astype(np.float32)


_Likely = Callable[[Any], Any]


def _sigmoid(sums: Any) -> Any:
    return 1 / (1 + np.exp(-sums))


def _softmax(sums: Any) -> Any:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
