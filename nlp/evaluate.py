"""Figures: how often a classifier is right about labelled messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nlp.calibration import expected_error
from nlp.corpus import Example
from nlp.understanding import Classifier, Understanding

_Pair = tuple[Example, Understanding]


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """One topic as the primary one: how many messages have it, and how well it is found (shares from 0 to 1)."""

    messages: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares from 0 to 1 over `messages` rows.

    primary_topic: the best suggestion is the primary topic. any_topic: it is one of the labelled ones. top_2: the
    primary topic is among the two best. macro_f1: mean over topics of the primary topic's F1. coverage: some topic is
    acted on. acted_precision: topics acted on that are labelled. calibration_error: of the best suggestion's
    probability. All these (but acted_precision, which is over all rows) are over rows that have a topic.
    kind: the kind is right. spam_precision: of what is called spam. districts: exactly the labelled districts.
    """

    messages: int
    primary_topic: float
    any_topic: float
    top_2: float
    macro_f1: float
    coverage: float
    acted_precision: float
    calibration_error: float
    kind: float
    spam_precision: float
    districts: float
    topics: Mapping[str, TopicFigures]

    def to_json(self) -> dict[str, Any]:
        """A JSON object with the fields as keys."""
        return asdict(self)

    def summary(self) -> str:
        """One line with the figures that matter most."""
        return (
            f"primary topic {self.primary_topic:.3f}, top 2 {self.top_2:.3f}, macro-F1 {self.macro_f1:.3f}, "
            f"acts on {self.coverage:.3f} with precision {self.acted_precision:.3f}, kind {self.kind:.3f}"
        )

    def table(self) -> str:
        """All figures as text, one a line, the topics below as a table."""
        figures = asdict(self)
        topics = figures.pop("topics")
        lines = [
            f"{name:<18}{value:>7}" if name == "messages" else f"{name:<18}{value:>7.3f}"
            for name, value in figures.items()
        ]
        lines += ["", f"{'topic':<14}{'messages':>9}{'precision':>11}{'recall':>8}{'F1':>7}"]
        lines += [
            f"{name:<14}{item['messages']:>9}{item['precision']:>11.3f}{item['recall']:>8.3f}{item['f1']:>7.3f}"
            for name, item in topics.items()
        ]
        return "\n".join(lines)


def evaluate(classifier: Classifier, rows: Iterable[Example]) -> Evaluation:
    """Compare what the classifier makes of each row with the row's labels."""
    pairs = [(row, classifier.understand(row.subject, row.text)) for row in rows]
    topical = [(row, understood) for row, understood in pairs if row.topics]
    acted = [score.id in row.topics for row, understood in pairs for score in understood.topics]
    best = [understood.suggestions[0].id in row.topics for row, understood in topical]
    stated = [understood.suggestions[0].probability for _, understood in topical]
    figures = _topic_figures(topical)
    return Evaluation(
        messages=len(pairs),
        primary_topic=_share(_first(understood) == row.topics[0] for row, understood in topical),
        any_topic=_share(best),
        top_2=_share(row.topics[0] in _ids(understood)[:2] for row, understood in topical),
        macro_f1=_share(figure.f1 for figure in figures.values()),
        coverage=_share(bool(understood.topics) for _, understood in topical),
        acted_precision=_share(acted),
        calibration_error=expected_error(stated, best),
        kind=_share(row.kind == understood.kind for row, understood in pairs),
        spam_precision=_share(row.kind == "spam" for row, understood in pairs if understood.kind == "spam"),
        districts=_share(set(row.districts) == {d.key for d in understood.districts} for row, understood in pairs),
        topics=figures,
    )


def _topic_figures(topical: Sequence[_Pair]) -> dict[str, TopicFigures]:
    true = Counter(row.topics[0] for row, _ in topical)
    said = Counter(_first(understood) for _, understood in topical)
    both = Counter(row.topics[0] for row, understood in topical if _first(understood) == row.topics[0])
    return {
        topic: TopicFigures(
            messages=true[topic],
            precision=both[topic] / said[topic] if said[topic] else 0.0,
            recall=both[topic] / true[topic],
            f1=2 * both[topic] / (true[topic] + said[topic]),
        )
        for topic in sorted(true)
    }


def _ids(understood: Understanding) -> list[str]:
    return [score.id for score in understood.suggestions]


def _first(understood: Understanding) -> str:
    return next(iter(_ids(understood)), "")


def _share(values: Iterable[float]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0
