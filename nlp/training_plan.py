"""How a model is trained: the block [ideenkanal] of the config, and what follows from it for the examples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.artefact import KIND, TOPICS
from nlp.corpus import CORRECTIONS, Example
from nlp.gradient import Descent


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings (see nlp/configs/default.cfg) and the seed."""

    release: str
    epochs: int
    batch_size: int
    rate: float
    second: float
    folds: int
    bayes_topics: float
    bayes_kind: float
    precision: float
    implicit: float
    spam_at_least: float
    other_at_least: float
    correction: int
    seed: int

    @property
    def bayes(self) -> dict[str, float]:
        """How much the counted weights say beside those of the gradient, per head."""
        return {TOPICS: self.bayes_topics, KIND: self.bayes_kind}

    @property
    def descent(self) -> Descent:
        """How the gradient is followed."""
        return Descent(self.epochs, self.batch_size, self.rate, self.seed)

    def parts(self, examples: Sequence[Example]) -> list[list[Example]]:
        """Parts to ask about in turn: each writer's messages stay together, for a new person's are nobody's yet."""
        folds = self.folds
        sources = sorted({example.source for example in examples} - {CORRECTIONS})
        if len(sources) >= folds:
            place = {source: number % folds for number, source in enumerate(sources)}
            # A few corrections must not move the writers to other parts: figures before and after are compared.
            return [[e for e in examples if place.get(e.source, _bucket(e.id, folds)) == n] for n in range(folds)]
        return [[e for e in examples if _bucket(e.id, folds) == number] for number in range(folds)]

    def counts(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """How often each example counts, so that implicit ones have the share that they have in life."""
        implicit = np.array([example.implicit for example in examples])
        share, wanted = float(implicit.mean()), self.implicit
        if share <= wanted:
            return np.ones(len(examples))
        return np.where(implicit, wanted / share, (1 - wanted) / (1 - share))

    def repeated(self, examples: Iterable[Example]) -> list[Example]:
        """The examples, each correction as often as it counts."""
        return [e for e in examples for _ in range(self.correction if e.source == CORRECTIONS else 1)]


def _bucket(name: str, buckets: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % buckets
