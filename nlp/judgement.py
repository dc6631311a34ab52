"""From a layer's sums to what the program says: probabilities that mean what they say, and when it acts by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.asking import can_ask
from nlp.calibration import Scaling, one_of, several
from nlp.corpus import KINDS_WITHOUT_TOPIC
from nlp.understanding import TOPICS_AT_MOST, Kind, TopicScore

SUGGESTIONS = 3
# A text that is trusted less is doubtful; it is spam only where that is nearly certain.
DOUBTFUL = 0.5
DOUBTFUL_SPAM = 0.97
# Greetings and thanks may outweigh a wish: what has so many words and a topic as likely as this is no mere talk.
TALK_SHORT = 6
TALK_BELOW = 0.5

_KINDS: tuple[Kind, ...] = tuple(Kind)

_WANTING = frozenset({Kind.COMPLAINT, Kind.QUESTION})
ROUTED = frozenset(Kind) - KINDS_WITHOUT_TOPIC


@dataclass(frozen=True, slots=True)
class Rules:
    """From which probability on something is acted on: per topic, and per kind (the others need none)."""

    topics: tuple[str, ...]
    thresholds: Mapping[str, float]
    topic_scaling: Scaling
    kind_scaling: Scaling
    at_least: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The kind, the topics that are acted on (best first), and the best suggestions."""

    kind: Kind
    topics: tuple[TopicScore, ...]
    suggestions: tuple[TopicScore, ...]

    @property
    def abstained(self) -> bool:
        """Whether a person has to say what the message is about."""
        return self.kind in ROUTED and not self.topics


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text is judged by: the layers' sums, how far it is trusted (0 to 1), whether it can ask, and its words.

    `topics` are in the order of `Rules.topics`, `kinds` in that of Kind.
    """

    topics: Any
    kinds: Any
    trust: float
    can_ask: bool
    words: int

    @classmethod
    def of(cls, text: str, topics: Any, kinds: Any, trust: float = 1.0) -> Reading:
        """The reading of a text with these sums."""
        return cls(topics, kinds, trust, can_ask(text), len(text.split()))


def judged(rules: Rules, reading: Reading) -> Judgement:
    """What is said of one text.

    The less it is trusted, the less its topics differ from one another. Nothing with a topic that is acted on is taken
    for talk or advertising, and nothing doubtful for a complaint or a question: a person looks at ideas.
    """
    mean = reading.topics.mean()
    likely = several(mean + reading.trust * (reading.topics - mean), rules.topic_scaling)
    order: list[int] = np.argsort(-likely, kind="stable").tolist()
    acted = tuple(_score(rules.topics, likely, i) for i in order if likely[i] >= rules.thresholds[rules.topics[i]])[
        :TOPICS_AT_MOST
    ]
    kind = _kind(rules, reading)
    is_wish = reading.words >= TALK_SHORT and likely[order[0]] >= TALK_BELOW
    is_more = kind not in ROUTED and (acted or (kind is Kind.OTHER and is_wish))
    if is_more or (reading.trust < DOUBTFUL and kind in _WANTING):
        kind = Kind.IDEA
    suggestions = tuple(_score(rules.topics, likely, i) for i in order[:SUGGESTIONS])
    return Judgement(kind, acted if kind in ROUTED else (), suggestions)


def _kind(rules: Rules, reading: Reading) -> Kind:
    likely = one_of(reading.kinds, rules.kind_scaling)
    order: list[int] = np.argsort(-likely, kind="stable").tolist()
    for i in order:
        kind, probability = _KINDS[i], float(likely[i])
        if kind is Kind.QUESTION and not reading.can_ask:
            continue
        if kind is Kind.SPAM and reading.trust < DOUBTFUL and probability < DOUBTFUL_SPAM:
            continue
        if probability >= rules.at_least.get(kind, 0.0):
            return kind
    return Kind.IDEA


def _score(topics: Sequence[str], likely: Any, number: int) -> TopicScore:
    return TopicScore(topics[number], round(float(likely[number]), 4))
