"""How well similar ideas are found: `python -m tests.benchmarks.similar [--fit] [--model FOLDER]`.

Pairs with even numbers are for tuning, those with odd numbers for measuring. Beside the pairs, each of their messages
looks for similar ones among all messages of the corpus: these are about something else, and none should be found.
`--fit` prints the weights (nlp.similar.WEIGHTS) and the threshold (SHOWN_FROM) that the even pairs give.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from nlp.pipeline import load
from nlp.similar import MEASURES, WEIGHTS, Weights, measures, nearest, probabilities

_TREE = Path(__file__).parents[2]
PAIRS = _TREE / "nlp" / "evaluation" / "pairs.jsonl"
# Pairs from this number on were written before the present measures were chosen, and nobody tuned on their texts.
_UNSEEN_FROM = 205
# What is shown shall be right so often among the even pairs.
_PRECISION = 0.9
# One in so many of the corpus messages stands for those that come to a region in its first year.
_STRANGERS = 2000
# What speaks against two ideas being the same; all else may only speak for it.
_HERE, _OPPOSED, _ELSEWHERE = range(MEASURES - 3, MEASURES)
# How strongly weights are drawn to 0, so that a few pairs do not make them large.
_DRAWN = 0.1
_HARDEST = 5
# All measures alike, so that what is fitted does not depend on what was fitted before.
_PLAIN = Weights(0.0, 1.0, 1.0, 1.0, -1.0, -1.0)
# What pairs without their places, and strangers, count beside the pairs as they are.
_LESS = 0.3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages of the same wish or not, by their fingerprints."""

    number: int
    one: bytes
    other: bytes
    similar: bool

    @property
    def is_for_tuning(self) -> bool:
        """Whether the pair may be looked at."""
        return self.number % 2 == 0


def average_precision(scores: Any, truth: Any) -> float:
    """The mean, over all that is true, of the precision down to it."""
    right = np.asarray(truth, dtype=bool)[np.argsort(-np.asarray(scores), kind="stable")]
    return float((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())


def fit(near: Any, truth: Any, weight: Any) -> Weights:
    """Logistic regression in which likeness never speaks against, nor opposition for.

    Other places come last, as they rule out all else.
    """
    here = near[:, _ELSEWHERE] == 0
    free = [*range(_ELSEWHERE), MEASURES]
    while True:
        factors = _newton(near[here], truth[here], weight[here], np.zeros(MEASURES + 1), free)
        wrong = [column for column in free[:-1] if (factors[column] > 0) == (column == _OPPOSED)]
        if not wrong:
            break
        free.remove(wrong[0])
    factors = _newton(near, truth, weight, factors, [_ELSEWHERE])
    rounded = [round(float(value), 2) for value in factors]
    return Weights(rounded[-1], *rounded[:-1])


def _newton(near: Any, truth: Any, weight: Any, factors: Any, free: Sequence[int]) -> Any:
    """The factors with those of the free columns fitted, drawn a little to 0; the last column is always 1."""
    table = np.c_[near, np.ones(len(near))]
    part = table[:, free]
    found = factors.copy()
    for _ in range(50):
        expected = 1 / (1 + np.exp(-(table @ found)))
        slope = part.T @ ((expected - truth) * weight) + _DRAWN * found[free]
        bend = (part * (weight * expected * (1 - expected))[:, np.newaxis]).T @ part + _DRAWN * np.eye(len(free))
        found[free] -= np.linalg.solve(bend, slope)
    return found


def read_pairs(classifier: Any) -> list[Pair]:
    """All pairs."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    made = ((row, [_made(classifier, row[side]) for side in "ab"]) for row in rows)
    return [Pair(int(row["id"].rpartition("-")[2]), one, other, row["similar"]) for row, (one, other) in made]


def read_strangers(classifier: Any) -> list[bytes]:
    """Messages of the corpus."""
    paths = sorted((_TREE / "nlp" / "corpus").glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    ideas = [row for row in rows if row["kind"] in ("idea", "complaint")]
    return [_made(classifier, row) for row in random.Random(7).sample(ideas, min(_STRANGERS, len(ideas)))]  # noqa: S311


def _made(classifier: Any, row: Any) -> bytes:
    subject, text = row.get("subject", ""), row["text"]
    made: bytes = classifier.fingerprint(subject, text, classifier.understand(subject, text))
    return made


def _near(pairs: Sequence[Pair]) -> Any:
    return np.concatenate([measures(pair.one, [pair.other]) for pair in pairs])


def _tuned(pairs: Sequence[Pair], strangers: Sequence[bytes]) -> None:
    """Print the weights, and the threshold from which on what is shown is right."""
    near, truth = _near(pairs), np.array([float(pair.similar) for pair in pairs])
    # Half of those who write name no place: each pair counts once more as if one of the two did not.
    unplaced = near.copy()
    unplaced[:, [_HERE, _ELSEWHERE]] = 0
    far = np.concatenate([_hardest(message, strangers) for message in sorted({pair.one for pair in pairs})])
    table = np.concatenate([near, unplaced, far])
    labels = np.concatenate([truth, truth, np.zeros(len(far))])
    weight = np.concatenate(
        [np.ones(len(near)), np.full(len(near), _LESS), np.full(len(far), _LESS * len(near) / len(far))]
    )
    weights = fit(table, labels, weight)
    print(weights)
    likely = probabilities(near, weights)
    order = np.argsort(-likely, kind="stable")
    precision = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    if len(enough := np.flatnonzero(precision >= _PRECISION)):
        last = int(enough[-1])
        print(
            f"SHOWN_FROM = {likely[order][last]:.3f}: {int(truth[order][: last + 1].sum())} of {int(truth.sum())} shown"
        )


def _hardest(message: bytes, strangers: Sequence[bytes]) -> Any:
    """How the strangers compare that would be shown first."""
    found = measures(message, strangers)
    return found[np.argsort(-probabilities(found, _PLAIN))[:_HARDEST]]


def _measured(name: str, pairs: Sequence[Pair], strangers: Sequence[bytes]) -> None:
    likely, truth = probabilities(_near(pairs)), [pair.similar for pair in pairs]
    print(f"{name}: {len(pairs)} pairs, average precision {average_precision(likely, truth):.3f}")
    shown = [pair for pair, value in zip(pairs, likely, strict=True) if nearest(pair.one, [pair.other])]
    right = sum(pair.similar for pair in shown)
    wrong = [message for message in {pair.one for pair in pairs} if nearest(message, strangers)]
    print(f"  shown {len(shown)}, right {right} of {sum(truth)}")
    print(f"  messages to which one of {len(strangers)} strangers is shown: {len(wrong)}")
    ranks = []
    for pair in pairs:
        if pair.similar:
            everything = probabilities(measures(pair.one, [pair.other, *strangers]))
            ranks.append(int((everything[1:] >= everything[0]).sum()))
    first, third = (sum(rank < most for rank in ranks) for most in (1, 3))
    print(f"  the similar one among the strangers: first {first}, of the first three {third}, of {len(ranks)}")


def _timed(strangers: Sequence[bytes]) -> None:
    many = [strangers[i % len(strangers)] for i in range(100_000)]
    started = perf_counter()
    for message in strangers[:5]:
        nearest(message, many)
    print(
        f"nearest of 100,000: {(perf_counter() - started) / 5:.3f} s; {np.mean([len(s) for s in strangers]):.0f} bytes"
    )


def main() -> None:
    """Measure, and with `--fit` tune before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--model", type=Path, default=_TREE / "nlp" / "model")
    options = parser.parse_args()
    classifier = load(options.model, _TREE / "config" / "places")
    pairs, strangers = read_pairs(classifier), read_strangers(classifier)
    tuning = [pair for pair in pairs if pair.is_for_tuning]
    if options.fit:
        _tuned(tuning, strangers)
        print(f"now {WEIGHTS}")
    _measured("even (tuned on)", tuning, strangers)
    odd = [pair for pair in pairs if not pair.is_for_tuning]
    _measured("odd, first ones", [pair for pair in odd if pair.number < _UNSEEN_FROM], strangers)
    _measured("odd, unseen", [pair for pair in odd if pair.number >= _UNSEEN_FROM], strangers)
    _timed(strangers)


if __name__ == "__main__":
    main()
