"""From a layer's sums to what the program says: probabilities that mean what they say, and when it acts by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.calibration import Scaling, one_of, several
from nlp.understanding import TOPICS_AT_MOST, Kind, TopicScore

SUGGESTIONS = 3
# A text that is trusted less is doubtful; it is spam only where that is nearly certain.
DOUBTFUL = 0.5
DOUBTFUL_SPAM = 0.97

ROUTED = frozenset({Kind.IDEA, Kind.COMPLAINT, Kind.QUESTION})


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
    """What a text is judged by: the layers' sums, how far it is trusted (0 to 1), and whether it can be a question.

    `topics` are in the order of `Rules.topics`, `kinds` in that of Kind.
    """

    topics: Any
    kinds: Any
    trust: float = 1.0
    can_ask: bool = True


def judged(rules: Rules, reading: Reading) -> Judgement:
    """What is said of one text.

    The less it is trusted, the less its topics differ from one another. Nothing with a topic that is acted on is taken
    for talk or advertising, and nothing doubtful for a complaint or a question: a person looks at ideas.
    """
    mean = reading.topics.mean()
    ranked = _ranked(rules.topics, several(mean + reading.trust * (reading.topics - mean), rules.topic_scaling))
    acted = tuple(score for score in ranked if score.probability >= rules.thresholds[score.id])[:TOPICS_AT_MOST]
    kind = _kind(rules, reading)
    if (acted and kind not in ROUTED) or (reading.trust < DOUBTFUL and kind in {Kind.COMPLAINT, Kind.QUESTION}):
        kind = Kind.IDEA
    return Judgement(kind, acted if kind in ROUTED else (), ranked[:SUGGESTIONS])


def _kind(rules: Rules, reading: Reading) -> Kind:
    likely = one_of(reading.kinds, rules.kind_scaling)
    for score in _ranked(tuple(Kind), likely):
        if score.id == Kind.QUESTION and not reading.can_ask:
            continue
        if score.id == Kind.SPAM and reading.trust < DOUBTFUL and score.probability < DOUBTFUL_SPAM:
            continue
        if score.probability >= rules.at_least.get(score.id, 0.0):
            return Kind(score.id)
    return Kind.IDEA


def _ranked(names: Sequence[str], likely: Any) -> tuple[TopicScore, ...]:
    order = np.argsort(-likely, kind="stable")
    return tuple(TopicScore(names[i], round(float(likely[i]), 4)) for i in order)
