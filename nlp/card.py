"""The model card: what the model is for, how right it is and where it is weak, from the model's own facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nlp.artefact import ModelFacts

_SHARES = {
    "primary_topic": "the best suggestion is the primary topic",
    "any_topic": "the best suggestion is one of the labelled topics",
    "top_2": "the primary topic is among the two best suggestions",
    "macro_f1": "mean F1 of the primary topic over topics",
    "coverage": "messages with a topic in which some topic is acted on",
    "acted_precision": "topics acted on that are labelled",
    "calibration_error": "expected calibration error of the best suggestion",
    "kind": "the kind is right",
    "spam_precision": "messages called spam that are",
}

_ABOUT = """\
Reads short German messages of citizens: what kind a message is and which topics it is about. Places come from the
lists in config/places and are not part of this model. It proposes: where no topic is certain enough it abstains, and
a person decides.

Made from nlp/corpus (labelled messages), nlp/lexicon (words that hint at a topic or kind) and nlp/configs/default.cfg:
words, pairs of words, pieces of words and hints, one linear layer for topics and one for kinds. `ideenkanal train`
makes it again in about 15 seconds; the same inputs give the same predictions."""

_WEAK = """\
- The corpus was written for this purpose; real messages will differ. Correct what is wrong and train again.
- About a hundred held-out messages: a figure may be off by 0.10, that of a single topic by far more.
- The lexicon was widened while looking at mistakes in the part that is learned from, and three settings were chosen
  with a look at the held-out part: the figures lean to the bright side, the stated probabilities are too sure.
- What is only implied ("ein Balken reicht nicht", for mobile coverage) is found where a hint names the thing.
- Short complaints and questions are often read as ideas. Kinds other than ideas are rare in the corpus.
- Dialect and other languages are hardly known. Messages are read up to 20,000 characters."""


def model_card(facts: ModelFacts) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: ModelFacts) -> Iterator[str]:
    figures = facts.held_out
    yield from (f"# Model {facts.version}", "", _ABOUT, "", "## Figures", "")
    yield (
        f"On {figures['messages']} held-out messages (one in five, by a hash of the id), by a model that had not seen "
        "them.\nThe shipped model has learned from them too. Shares from 0 to 1."
    )
    yield from ("", "| figure | value | meaning |", "|---|---|---|")
    yield from (f"| {name} | {figures[name]:.3f} | {meaning} |" for name, meaning in _SHARES.items())
    yield from (
        "",
        "| primary topic | held-out messages | precision | recall | F1 | acted on from |",
        "|---|---|---|---|---|---|",
    )
    for topic, found in figures["topics"].items():
        yield _row(topic, found, facts.thresholds[topic])
    yield from ("", "## Known weaknesses", "", _WEAK)


def _row(topic: str, found: dict[str, Any], threshold: float) -> str:
    shares = " | ".join(f"{found[name]:.2f}" for name in ("precision", "recall", "f1"))
    return f"| {topic} | {found['messages']} | {shares} | {threshold:.2f} |"
