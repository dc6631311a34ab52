"""Figures: how often two messages of the same wish are found to be alike, and others not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nlp.json_lines import read_json_lines
from nlp.similar import SHOWN_FROM, similarity
from nlp.understanding import Point, Understanding


class Fingerprinting(Protocol):
    """A classifier that can also say what makes a message like another one."""

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """As of any classifier."""
        ...

    def fingerprint(self, subject: str, text: str, understanding: Understanding) -> bytes:
        """What is stored to compare the message by."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages, each a subject and a text, and whether they are the same wish."""

    id: str
    one: tuple[str, str]
    other: tuple[str, str]
    similar: bool

    @property
    def is_to_measure(self) -> bool:
        """Whether nothing was tuned on it: those with even numbers are for that."""
        return int(self.id.rpartition("-")[2]) % 2 == 1


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Shares from 0 to 1 over `pairs`, of which `similar` are the same wish.

    average_precision: mean, over those, of the precision down to each, the likeliest first. shown: how many would be
    shown to staff as similar. precision: of these the same wish. recall: of the same wishes shown.
    """

    pairs: int
    similar: int
    average_precision: float
    shown: int
    precision: float
    recall: float


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs of a file of JSON lines; raises CorpusError with all its defects."""
    return read_json_lines(
        path,
        "a JSON object with the keys id, a, b, similar",
        lambda data: Pair(data["id"], _side(data["a"]), _side(data["b"]), bool(data["similar"])),
    )


def evaluate_pairs(classifier: Fingerprinting, pairs: Iterable[Pair]) -> PairFigures:
    """Compare how alike the messages of each pair are with whether they are the same wish."""
    listed = list(pairs)
    likely = [similarity(_made(classifier, *pair.one), _made(classifier, *pair.other)) for pair in listed]
    truth = [pair.similar for pair in listed]
    shown = [right for value, right in zip(likely, truth, strict=True) if value >= SHOWN_FROM]
    return PairFigures(
        pairs=len(listed),
        similar=sum(truth),
        average_precision=average_precision(likely, truth),
        shown=len(shown),
        precision=round(sum(shown) / len(shown), 4) if shown else 0.0,
        recall=round(sum(shown) / sum(truth), 4) if any(truth) else 0.0,
    )


def average_precision(likely: Sequence[float], truth: Sequence[bool]) -> float:
    """The mean, over all that is true, of the precision down to it; ties keep their order."""
    ranked = [right for _, right in sorted(zip(likely, truth, strict=True), key=lambda pair: -pair[0])]
    found = [sum(ranked[:place]) / place for place, right in enumerate(ranked, start=1) if right]
    return round(sum(found) / len(found), 4) if found else 0.0


def _side(data: Any) -> tuple[str, str]:
    return data.get("subject") or "", data["text"]


def _made(classifier: Fingerprinting, subject: str, text: str) -> bytes:
    return classifier.fingerprint(subject, text, classifier.understand(subject, text))
