"""Figures: how often a classifier is right about labelled messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from nlp.calibration import expected_error
from nlp.corpus import Example
from nlp.understanding import Classifier, Kind, TopicScore, Understanding

BINS = 10
CONFUSIONS = 12

# Labelled pairs and places lie beside the messages that were set aside; they measure something else.
PAIRS = "pairs.jsonl"
PLACES = "places.jsonl"


class Said(Protocol):
    """What is compared with the labels: an Understanding, or the part of it that does not concern places."""

    @property
    def kind(self) -> Kind:
        """The kind."""
        ...

    @property
    def topics(self) -> Sequence[TopicScore]:
        """The topics that are acted on."""
        ...

    @property
    def suggestions(self) -> Sequence[TopicScore]:
        """The best topics."""
        ...


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """One topic (shares from 0 to 1): over all messages that have it, as it is acted on, and as the primary one.

    messages: how many have it. precision, recall, f1: of acting on it. first: of the messages whose primary topic it
    is, the best suggestion is right.
    """

    messages: int
    precision: float
    recall: float
    f1: float
    first: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """So many messages with one primary topic for which another one (not labelled) was the best suggestion."""

    topic: str
    said: str
    messages: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Best suggestions with similar probabilities: how many, the mean of what was stated, the share that came true."""

    messages: int
    stated: float
    came: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares from 0 to 1 over `messages` rows.

    primary_topic: the best suggestion is the primary topic (either one, where readers differ); implicit: the same over
    messages without the topic's obvious nouns. any_topic: it is one of the labelled ones. top_2: a primary topic is
    among the two best. macro_f1: mean over topics of the F1 of acting on it. coverage: some topic is acted on.
    acted_precision: topics acted on that are labelled. calibration_error: of the best suggestion's probability to be
    labelled. All these (but acted_precision, which is over all rows) are over rows that have a topic.
    kind: the kind is right. ideas_as_spam: messages of other kinds that are called spam. districts, municipalities:
    exactly the labelled ones. curve: (coverage, precision) of the best suggestion, by falling probability.
    """

    messages: int
    primary_topic: float
    implicit: float
    any_topic: float
    top_2: float
    macro_f1: float
    coverage: float
    acted_precision: float
    calibration_error: float
    kind: float
    ideas_as_spam: int
    districts: float
    topics: Mapping[str, TopicFigures]
    confusions: tuple[Confusion, ...]
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object with the fields as keys."""
        return asdict(self)

    def summary(self) -> str:
        """One line with the figures that matter most."""
        return (
            f"primary topic {self.primary_topic:.3f} (implicit {self.implicit:.3f}), top 2 {self.top_2:.3f}, "
            f"macro-F1 {self.macro_f1:.3f}, acts on {self.coverage:.3f} with precision {self.acted_precision:.3f}, "
            f"calibration error {self.calibration_error:.3f}, kind {self.kind:.3f}"
        )

    def table(self) -> str:
        """All figures as text, one a line, the topics below as a table."""
        names = [name for name in asdict(self) if name not in {"topics", "confusions", "bins", "curve"}]
        lines = [f"{name:<18}{_figure(getattr(self, name)):>7}" for name in names]
        lines += ["", f"{'topic':<14}{'messages':>9}{'precision':>11}{'recall':>8}{'F1':>7}{'first':>7}"]
        lines += [
            f"{name:<14}{item.messages:>9}{item.precision:>11.3f}{item.recall:>8.3f}{item.f1:>7.3f}{item.first:>7.3f}"
            for name, item in self.topics.items()
        ]
        lines += ["", "most frequent confusions (primary topic, best suggestion):"]
        lines += [f"{pair.topic:<14}{pair.said:<14}{pair.messages:>4}" for pair in self.confusions]
        return "\n".join(lines)


def message_files(folder: Path) -> list[Path]:
    """The files of labelled messages in a folder like nlp/evaluation, in order of their names."""
    return [path for path in sorted(folder.glob("*.jsonl")) if path.name not in {PAIRS, PLACES}]


def evaluate(classifier: Classifier, rows: Iterable[Example]) -> Evaluation:
    """Compare what the classifier makes of each row with the row's labels."""
    pairs = [(row, classifier.understand(row.subject, row.text)) for row in rows]
    return compared(pairs, districts=_share(_has_districts(row, understood) for row, understood in pairs))


def compared(pairs: Iterable[tuple[Example, Said]], districts: float = 0.0) -> Evaluation:
    """Compare what was said with the labels; the share of right districts is given, where they were read at all."""
    listed = list(pairs)
    topical = [(row, said) for row, said in listed if row.topics]
    best = [said.suggestions[0].id in row.topics for row, said in topical]
    stated = [said.suggestions[0].probability for _, said in topical]
    figures = _topic_figures(listed)
    return Evaluation(
        messages=len(listed),
        primary_topic=_share(_first(said) in row.primary for row, said in topical),
        implicit=_share(_first(said) in row.primary for row, said in topical if row.implicit),
        any_topic=_share(best),
        top_2=_share(bool(row.primary.intersection(_ids(said.suggestions)[:2])) for row, said in topical),
        macro_f1=_share(figure.f1 for figure in figures.values()),
        coverage=_share(bool(said.topics) for _, said in topical),
        acted_precision=_share(score.id in row.topics for row, said in listed for score in said.topics),
        calibration_error=round(expected_error(stated, best, BINS), 4),
        kind=_share(row.kind == said.kind for row, said in listed),
        ideas_as_spam=sum(said.kind is Kind.SPAM and row.kind is not Kind.SPAM for row, said in listed),
        districts=districts,
        topics=figures,
        confusions=_confusions(topical),
        bins=_bins(stated, best),
        curve=_curve(stated, best),
    )


def _topic_figures(pairs: Sequence[tuple[Example, Said]]) -> dict[str, TopicFigures]:
    has = Counter(topic for row, _ in pairs for topic in row.topics)
    acted = Counter(score.id for _, said in pairs for score in said.topics)
    both = Counter(score.id for row, said in pairs for score in said.topics if score.id in row.topics)
    primary = Counter(row.topics[0] for row, _ in pairs if row.topics)
    found = Counter(row.topics[0] for row, said in pairs if row.topics and _first(said) in row.primary)
    return {
        topic: TopicFigures(
            messages=has[topic],
            precision=_ratio(both[topic], acted[topic]),
            recall=_ratio(both[topic], has[topic]),
            f1=_ratio(2 * both[topic], has[topic] + acted[topic]),
            first=_ratio(found[topic], primary[topic]),
        )
        for topic in sorted(has)
    }


def _confusions(topical: Sequence[tuple[Example, Said]]) -> tuple[Confusion, ...]:
    wrong = Counter((row.topics[0], _first(said)) for row, said in topical if _first(said) not in row.topics)
    common = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:CONFUSIONS]
    return tuple(Confusion(topic, said, count) for (topic, said), count in common)


def _bins(stated: Sequence[float], came: Sequence[bool]) -> tuple[Bin, ...]:
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for probability, right in zip(stated, came, strict=True):
        members[min(int(probability * BINS), BINS - 1)].append((probability, right))
    return tuple(Bin(len(m), _share(p for p, _ in m), _share(right for _, right in m)) for m in members)


def _curve(stated: Sequence[float], came: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """Precision at every twentieth of coverage."""
    ranked = [right for _, right in sorted(zip(stated, came, strict=True), key=lambda pair: -pair[0])]
    steps = [round(len(ranked) * part / 20) for part in range(1, 21)]
    return tuple((round(step / len(ranked), 4), _share(ranked[:step])) for step in steps if step)


def _has_districts(row: Example, understood: Understanding) -> bool:
    return set(row.districts) == {district.key for district in understood.districts}


def _ids(scores: Sequence[TopicScore]) -> list[str]:
    return [score.id for score in scores]


def _first(said: Said) -> str:
    return next(iter(_ids(said.suggestions)), "")


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _share(values: Iterable[float]) -> float:
    listed = list(values)
    return _ratio(sum(listed), len(listed))
