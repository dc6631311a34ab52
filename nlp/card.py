"""The model card: what the model is for, what was measured on what, and where it is weak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.artefact import ModelFacts
from nlp.card_plots import Square, bars
from nlp.corpus import Example
from nlp.evaluate import Evaluation
from nlp.evaluate_pairs import PairFigures
from nlp.evaluate_places import PlaceEvaluation, PlaceFigures
from nlp.speed import Speed
from nlp.understanding import Kind

_SHARES = {
    "primary_topic": "the best suggestion is the primary topic (either one, where readers may differ)",
    "implicit": "the same, of messages without the topic's obvious nouns",
    "any_topic": "the best suggestion is one of the labelled topics",
    "top_2": "a primary topic is among the two best suggestions",
    "macro_f1": "mean over topics of the F1 of acting on them",
    "coverage": "messages with a topic in which some topic is acted on",
    "acted_precision": "topics acted on that are labelled",
    "calibration_error": "expected calibration error of the best suggestion (less is better)",
    "kind": "the kind is right",
    "districts": "exactly the right districts",
}

_ABOUT = """\
Reads short German messages of citizens: what kind a message is, which of {topics} topics it is about, and which place.
It proposes: where no topic is certain enough it abstains, and a person decides. It is for routing ideas of one region
to bodies that look at them; it is not for judging people, and nothing is refused because of what it says.

Made from nlp/corpus (labelled messages), nlp/lexicon (what people call the things of a topic) and
nlp/configs/default.cfg: words, pairs of words, pieces and parts of words and the lexicon's concepts, one linear layer
for topics and one for kinds. Places come from lists in config/places and are not learned.
`ideenkanal train --shipped` makes it again, with the same predictions; `ideenkanal evaluate --card` this page."""

_MEASURED = """\
Two measurements, shares from 0 to 1. *Set aside* are the {messages} messages of nlp/evaluation, by writers of whom
nothing is in the corpus; no weight is learned from them. A share of them may be off by {off:.2f} (95 %), that of a
single topic by far more. *Other writers* are all messages of the corpus, each asked of a model that had learned from
the other writers' messages only; thresholds and calibration are chosen on those. The model itself has learned from all.

Neither is untouched. How strict the thresholds are and what share of implicit messages calibration assumes (precision
and implicit in the config) were settled after figures on what was set aside had been seen: coverage, precision, F1 and
calibration there lean to the bright side. Implicit are {aside:.0%} of the messages with topics that were set aside and
{corpus:.0%} of those in the corpus, which was written to be hard. Nobody knows yet which of the two is nearer to what
people send; where they differ, expect something between."""

_MEASURED_PLACES = """\
On the {cases} cases of nlp/evaluation/places.jsonl. *Districts* and *municipalities*: exactly the right ones
(municipalities where one is meant). *Asked*: exactly the right candidates, where nothing in the message decides.
*Silent*: such names that were resolved all the same. These cases were at hand while the rules for places were written:
expect less of new ones."""

_MEASURED_PAIRS = """\
On the {pairs} pairs of nlp/evaluation/pairs.jsonl with odd numbers, of which {similar} are the same wish in other words
and the others near misses. Nothing was fitted to them, but the older ones were looked at; those from 205 on were
written after that, with near misses that share more words than the same wishes do, and are much harder
(docs/decisions/0016-similar-ideas.md has both apart)."""

_WEAK = """\
- The corpus and what was set aside were written for this purpose by several writers, with the same rules for labels.
  What people really send will differ in ways that nobody has thought of; correct what is wrong and train again.
- The corpus has more hard messages than life: half of its ideas never name their topic. Probabilities are calibrated
  for a smaller share of them ([ideenkanal] implicit in the config), and are right for a stream that is like that.
- What must be inferred from how the world works is found only where a like situation is in the corpus or the lexicon.
  Irony, parables and a long story about one thing whose wish is another are often read by their nouns.
- Neighbouring topics are mixed up more than distant ones (see the confusions), as people do who read them.
- Complaints that hint at a wish and ideas put as a question are at the border of two kinds; so is the reading of them.
- Other languages than German are hardly known, and strong dialect less than plain German. Messages are read up to
  20,000 characters.
- The labels are careful, not true: a second reader agrees with nine of ten primary topics (nlp/corpus/README.md)."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """All that the card says: the model's facts, its corpus, and what was measured with it on `rows`, places, pairs."""

    facts: ModelFacts
    corpus: Sequence[Example]
    rows: Sequence[Example]
    aside: Evaluation
    places: PlaceEvaluation | None
    pairs: PairFigures | None
    speed: Speed


def model_card(found: Measurements, pictures: str) -> str:
    """The card as Markdown; `pictures` is the relative path of the folder in which the plots lie."""
    parts = (
        _head(found),
        _data(found.corpus, found.rows),
        _figures(found),
        _topics(found, pictures),
        _plots(found, pictures),
        _places(found.places, pictures),
        _similar(found.pairs),
        _pace(found.speed),
        _weak(found),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def plots(found: Measurements) -> dict[str, str]:
    """The plots as SVG, by the names of their files."""
    filled = [bin_ for bin_ in found.aside.bins if bin_.messages]
    drawn = {
        "topics.svg": bars("F1 of acting on a topic", [(name, item.f1) for name, item in found.aside.topics.items()]),
        "calibration.svg": Square(
            "Calibration of the best suggestion",
            "stated probability",
            "share that came true",
            [(bin_.stated, bin_.came) for bin_ in filled],
            [bin_.messages for bin_ in filled],
            diagonal=True,
        ).svg(),
        "coverage.svg": Square(
            "Precision by coverage",
            "share of messages, surest first",
            "of these right",
            found.aside.curve,
            goal=(0.75, 0.92),
        ).svg(),
    }
    if found.places:
        rows = [(_spoken(name), item.districts or 0.0) for name, item in found.places.difficulties.items()]
        drawn["places.svg"] = bars("Exactly the right districts", rows)
    return drawn


def _head(found: Measurements) -> Iterator[str]:
    yield from (f"# Model {found.facts.version}", "", _ABOUT.format(topics=len(found.facts.topics)))


def _data(corpus: Sequence[Example], rows: Sequence[Example]) -> Iterator[str]:
    yield from ("", "## Data", "", f"{len(corpus)} labelled messages; who wrote them and how they are labelled is in")
    yield from ("[corpus/README.md](corpus/README.md).", "")
    yield from _table("writer", [*Kind, "implicit", "from a phone"])
    for source in sorted({example.source for example in corpus}):
        yield _counts(source, [example for example in corpus if example.source == source])
    yield _counts("all", corpus)
    yield _counts("set aside", rows)
    yield from ("", *_table("topic", ["ideas, primary", "ideas, further", "other kinds"]))
    for topic in sorted({topic for example in corpus for topic in example.topics}):
        with_it = [example for example in corpus if topic in example.topics]
        ideas = [example.topics.index(topic) == 0 for example in with_it if example.kind is Kind.IDEA]
        yield _row(topic, [sum(ideas), len(ideas) - sum(ideas), len(with_it) - len(ideas)])


def _counts(name: str, examples: Sequence[Example]) -> str:
    kinds = Counter(example.kind for example in examples)
    marks = [sum(example.implicit for example in examples), sum(not example.subject for example in examples)]
    return _row(name, [*(kinds[kind] for kind in Kind), *marks])


def _figures(found: Measurements) -> Iterator[str]:
    aside, unseen = found.aside.to_json(), found.facts.unseen
    yield from ("", "## Topics and kinds", "")
    yield _MEASURED.format(
        messages=len(found.rows),
        off=_off(found.aside.primary_topic, len(found.rows)),
        aside=_implicit(found.rows),
        corpus=_implicit(found.corpus),
    )
    yield from ("", *_table("figure", ["set aside", "other writers", "meaning"]))
    for name, meaning in _SHARES.items():
        yield _row(name, [_shown(aside[name]), _shown(unseen.get(name)), meaning])
    yield _row("messages", [aside["messages"], unseen["messages"], "how many were asked"])
    yield _row("ideas_as_spam", [aside["ideas_as_spam"], unseen["ideas_as_spam"], "messages wrongly called spam"])


def _topics(found: Measurements, pictures: str) -> Iterator[str]:
    yield from ("", f"![F1 per topic]({pictures}/topics.svg)", "")
    yield "Acting on a topic (set aside). *First*: the best suggestion is right, of messages that are first about it."
    yield from ("", *_table("topic", ["messages", "precision", "recall", "F1", "first", "acted on from"]))
    for topic, item in found.aside.topics.items():
        shares = [_shown(share) for share in (item.precision, item.recall, item.f1, item.first)]
        yield _row(topic, [item.messages, *shares, _shown(found.facts.rules.thresholds[topic])])
    yield from ("", "Most frequent confusions (set aside):", "")
    yield from _table("primary topic", ["best suggestion", "messages"])
    for pair in found.aside.confusions:
        yield _row(pair.topic, [pair.said, pair.messages])


def _plots(found: Measurements, pictures: str) -> Iterator[str]:
    yield from ("", "## Calibration and abstention", "", f"![Calibration]({pictures}/calibration.svg)")
    yield f"![Precision by coverage]({pictures}/coverage.svg)"
    yield from (
        "",
        "Left: how often the best suggestion is a labelled topic, by the probability stated (set aside; the",
    )
    yield "larger a dot, the more messages). Right: if only the surest messages were acted on; the ring is the aim."
    yield from ("", *_table("stated probability", ["messages", "mean", "came true"]))
    for number, item in enumerate(found.aside.bins):
        if item.messages:
            span = f"{number / 10:.1f} to {(number + 1) / 10:.1f}"
            yield _row(span, [item.messages, _shown(item.stated), _shown(item.came)])


def _places(places: PlaceEvaluation | None, pictures: str) -> Iterator[str]:
    if not places:
        return
    yield from ("", "## Places", "", f"![Districts by kind of difficulty]({pictures}/places.svg)", "")
    yield _MEASURED_PLACES.format(cases=places.overall.cases)
    yield from ("", *_table("difficulty", ["cases", "districts", "municipalities", "asked", "silent"]))
    for name, item in places.difficulties.items():
        yield _place_row(_spoken(name), item)
    yield _place_row("all", places.overall)


def _place_row(name: str, item: PlaceFigures) -> str:
    shares = [_shown(share) for share in (item.districts, item.municipalities, item.candidates)]
    return _row(name, [item.cases, *shares, item.silent])


def _similar(pairs: PairFigures | None) -> Iterator[str]:
    if not pairs:
        return
    yield from ("", "## Similar ideas", "")
    yield _MEASURED_PAIRS.format(pairs=pairs.pairs, similar=pairs.similar)
    yield from ("", *_table("figure", ["value", "meaning"]))
    yield _row(
        "average_precision", [_shown(pairs.average_precision), "how well the same wishes stand before the others"]
    )
    yield _row("shown", [pairs.shown, "pairs alike enough to be shown to staff"])
    yield _row("precision", [_shown(pairs.precision), "of these the same wish"])
    yield _row("recall", [_shown(pairs.recall), "of the same wishes shown"])


def _pace(speed: Speed) -> Iterator[str]:
    yield from ("", "## Speed and memory", "")
    yield f"On one core of {speed.processor}, with places and reasons, messages of 60 words; processor time."
    yield from ("", *_table("figure", ["value"]))
    yield _row("messages a second, in batches", [f"{speed.messages_a_second:.0f}"])
    yield _row("one message alone (median)", [f"{speed.milliseconds_for_one:.1f} ms"])
    yield _row("loading spaCy, model and places", [f"{speed.load_seconds:.1f} s"])
    yield _row("most memory held", [f"{speed.megabytes:.0f} MB"])


def _weak(found: Measurements) -> Iterator[str]:
    ranked = sorted(found.aside.topics.items(), key=lambda item: (item[1].f1, item[0]))
    yield from ("", "## Known weaknesses", "")
    yield f"- Least well found topics: {_named((name, item.f1) for name, item in ranked[:3])} (F1)."
    if found.places:
        shares = ((_spoken(name), item.districts or 0.0) for name, item in found.places.difficulties.items())
        worst = sorted(shares, key=lambda item: (item[1], item[0]))[:3]
        yield f"- Least well read places: {_named(worst)} (districts)."
    yield _WEAK


def _table(first: str, others: Iterable[str]) -> tuple[str, str]:
    heads = [first, *others]
    return f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"


def _row(first: str, cells: Iterable[Any]) -> str:
    return f"| {' | '.join([first, *map(str, cells)])} |"


def _named(items: Iterable[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in items)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _implicit(examples: Sequence[Example]) -> float:
    topical = [example for example in examples if example.topics]
    return sum(example.implicit for example in topical) / len(topical) if topical else 0.0


def _off(share: float, messages: int) -> float:
    """Half the width of the share's 95 % interval (normal approximation)."""
    return 1.96 * float((share * (1 - share) / messages) ** 0.5) if messages else 1.0
