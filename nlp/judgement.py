"""From a layer's sums to what the program says: probabilities that mean what they say, and when it acts by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.calibration import Scaling, one_of, several
from nlp.understanding import TOPICS_AT_MOST, Kind, TopicScore

SUGGESTIONS = 3
DOUBTFUL = 0.5

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


def judged(rules: Rules, topic_sums: Any, kind_sums: Any, trust: float = 1.0) -> Judgement:
    """What is said of one text; `topic_sums` in the order of `rules.topics`, `kind_sums` in that of Kind.

    The less a text is trusted (0 to 1), the less its topics differ from one another; a doubtful one is taken for an
    idea, so that a person looks at it.
    """
    kind = _kind(rules, kind_sums)
    if trust < DOUBTFUL and kind in {Kind.COMPLAINT, Kind.QUESTION}:
        kind = Kind.IDEA
    mean = topic_sums.mean()
    ranked = _ranked(rules.topics, several(mean + trust * (topic_sums - mean), rules.topic_scaling))
    acted = tuple(score for score in ranked if score.probability >= rules.thresholds[score.id])
    return Judgement(kind, acted[:TOPICS_AT_MOST] if kind in ROUTED else (), ranked[:SUGGESTIONS])


def _kind(rules: Rules, kind_sums: Any) -> Kind:
    likely = one_of(kind_sums, rules.kind_scaling)
    for score in _ranked(tuple(Kind), likely):
        if score.probability >= rules.at_least.get(score.id, 0.0):
            return Kind(score.id)
    return Kind.IDEA


def _ranked(names: Sequence[str], likely: Any) -> tuple[TopicScore, ...]:
    order = np.argsort(-likely, kind="stable")
    return tuple(TopicScore(names[i], round(float(likely[i]), 4)) for i in order)
