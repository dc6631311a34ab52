"""Triage: the ideas whose topic no model was certain about and no person has said, in the order of what they teach.

What an answer is worth to the next model is the product of three factors, each 1 for an ordinary idea:

- how undecided the model is: 1 less the margin between its two best suggestions;
- how many wait for the same answer: the root of the number of waiting ideas with the same two suggestions;
- how little is known of the topics: the root of the mean number of labelled examples of a topic, divided by the number
  of the rarer one of the two.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from nlp.understanding import TopicScore, Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.chat_tables import CorrectionRow
from services.ideas.corrections import OF_TOPICS
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from services.ideas.teaching import read_of, readable_ideas


@dataclass(frozen=True, slots=True)
class Untaught:
    """An idea that waits for a person to say what it is about, with the topics that were likely, best first."""

    reference: str
    words: str
    suggestions: tuple[TopicScore, ...]

    @property
    def pair(self) -> frozenset[str]:
        """The two best suggestions."""
        return frozenset(topic.id for topic in self.suggestions[:2])

    @property
    def margin(self) -> float:
        """How much more likely the best suggestion is than the second."""
        first, second = (*(topic.probability for topic in self.suggestions[:2]), 0.0, 0.0)[:2]
        return first - second


class Triage:
    """The waiting ideas; raises StoreError as `Store` says."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def waiting(self) -> tuple[Untaught, ...]:
        """What no model was certain about, and no person has moved on or said the topic of; the oldest first."""
        lifecycle = self._catalogue.lifecycle
        spoken = select(CorrectionRow.id).where(CorrectionRow.idea_id == IdeaRow.id, CorrectionRow.field.in_(OF_TOPICS))
        waiting = readable_ideas().where(
            IdeaRow.stage.in_([lifecycle.initial, lifecycle.routed]),
            IdeaRow.understanding["abstained"].as_boolean(),
            ~spoken.exists(),
        )
        async with self._store.reading() as session:
            return tuple(_untaught(row) for row in await session.scalars(waiting))


def by_worth(waiting: Sequence[Untaught], examples: Mapping[str, int]) -> list[Untaught]:
    """The ideas in the order of what their topic would teach; `examples` counts what is labelled with each topic."""
    alike = Counter(idea.pair for idea in waiting)
    return sorted(waiting, key=lambda idea: (-_worth(idea, alike[idea.pair], examples), idea.reference))


def _worth(idea: Untaught, alike: int, examples: Mapping[str, int]) -> float:
    return (1 - idea.margin) * math.sqrt(alike) * math.sqrt(_rarity(idea.pair, examples))


def _rarity(pair: frozenset[str], examples: Mapping[str, int]) -> float:
    counted = [examples.get(topic, 0) for topic in pair]
    if not counted or not examples:
        return 1.0
    mean = sum(examples.values()) / len(examples)
    return max(mean, 1.0) / max(min(counted), 1)


def _untaught(row: IdeaRow) -> Untaught:
    source = read_of(row, row.contributions)
    words = " ".join(Understanding.source(source.subject, source.text).split())
    return Untaught(row.reference, words, Understanding.from_json(row.understanding).suggestions)
