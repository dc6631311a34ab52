"""The one question that a person is asked about their idea, and only where the answer changes who gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from nlp.understanding import DistrictScore, TopicScore, Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.description import place_label, topic_label
from services.ideas.lifecycle import Lifecycle
from services.ideas.routing import route
from services.ideas.texts import OWN_LANGUAGE

# Measured on the corpus in five parts, each read by a model of the other four. Of the messages that the model abstained
# from, both figures hold for 46 in 100, and in 84 of 100 of these one of the two topics is right. Where the first is
# further ahead, it is right by itself in 80 of 100: nothing is open between the two. Where the second is less likely,
# neither is right in one message of two: a person finds more.
_SECOND_AT_LEAST = 0.25
_APART_AT_MOST = 0.3
# What a person says of their own idea.
_CERTAIN = 1.0


class QuestionKind(StrEnum):
    """What a question is about."""

    PLACE = "place"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer: an AGS or a topic id, and what stands on its button."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the answers among which the person may choose."""

    kind: QuestionKind
    options: tuple[Option, ...]


def question(
    catalogue: Catalogue,
    understanding: Understanding,
    stage: str,
    *,
    language: str = OWN_LANGUAGE,
    is_settled: bool = False,
) -> Question | None:
    """The question to ask about an idea at a stage, or None: which place of several, or else which topic of two.

    It is asked where the answers lead to other bodies, now or at a stage that may come. `is_settled`: the person has
    confirmed or corrected what was understood.
    """
    if is_settled:
        return None
    stages = _ahead(catalogue.lifecycle, stage)
    return _place(catalogue, understanding, stages) or _topic(catalogue, understanding, stages, language)


def which_place(catalogue: Catalogue, understanding: Understanding) -> Question | None:
    """Which of several places of a name is meant, for whoever was asked for a place and has named one."""
    candidates = {candidate.ags: candidate for candidate in understanding.candidates}
    options = (Option(ags, place_label(catalogue, candidate)) for ags, candidate in candidates.items())
    return Question(QuestionKind.PLACE, tuple(options)) if candidates else None


def _place(catalogue: Catalogue, understanding: Understanding, stages: Sequence[str]) -> Question | None:
    answered = [
        replace(understanding, districts=(*understanding.districts, DistrictScore(candidate.district, _CERTAIN)))
        for candidate in understanding.candidates
    ]
    return which_place(catalogue, understanding) if _lead_apart(catalogue, answered, stages) else None


def _topic(catalogue: Catalogue, understanding: Understanding, stages: Sequence[str], language: str) -> Question | None:
    best = [topic for topic in understanding.suggestions if topic.id in catalogue.topics][:2]
    if not understanding.abstained or not _is_open_between(best):
        return None
    answered = [replace(understanding, topics=(TopicScore(topic.id, _CERTAIN),), abstained=False) for topic in best]
    if not _lead_apart(catalogue, answered, stages):
        return None
    return Question(
        QuestionKind.TOPIC, tuple(Option(each.id, topic_label(catalogue, each.id, language)) for each in best)
    )


def _is_open_between(best: Sequence[TopicScore]) -> bool:
    if len(best) < 2:
        return False
    first, second = best
    return second.probability >= _SECOND_AT_LEAST and first.probability - second.probability <= _APART_AT_MOST


def _lead_apart(catalogue: Catalogue, answered: Sequence[Understanding], stages: Sequence[str]) -> bool:
    ways = {
        tuple(
            frozenset(to.body for to in route(catalogue.routes, catalogue.catch_all, understanding, stage))
            for stage in stages
        )
        for understanding in answered
    }
    return len(ways) > 1


def _ahead(lifecycle: Lifecycle, stage: str) -> list[str]:
    """The stage by whose rules an idea is routed now, and those that it may still come to."""
    present = lifecycle.routed if stage == lifecycle.initial else stage
    ahead = [present]
    for each in ahead:
        known = lifecycle.stages.get(each)
        ahead.extend(step for step in (known.next if known else ()) if step not in ahead)
    return ahead
