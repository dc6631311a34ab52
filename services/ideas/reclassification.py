"""What another model would make of the open ideas, and taking its reading over where no person has acted yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas.admission import Admission
from services.ideas.corrections import OF_TOPICS, corrected, has_spoken
from services.ideas.fingerprints import outdate
from services.ideas.ledger import Event, tell_again
from services.ideas.readings import Source
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from services.ideas.teaching import is_readable, read_of, readable_ideas


class Difference(StrEnum):
    """How two readings of an idea differ, in what the program acts on."""

    KIND = "kind"
    TOPIC_FOUND = "topic found"
    TOPIC_LOST = "topic lost"
    TOPIC_CHANGED = "primary topic changed"
    TOPICS_BESIDE = "further topics changed"
    PLACE = "place changed"


class Fate(StrEnum):
    """What becomes of a new reading: it is taken over, or a person has spoken of the topic or moved the idea on."""

    TAKEN = "taken"
    SPOKEN_OF = "spoken-of"
    MOVED_ON = "moved-on"


@dataclass(frozen=True, slots=True)
class OpenIdea:
    """An idea of which something may still become, and what a model reads of it."""

    id: int
    reference: str
    source: Source


@dataclass(frozen=True, slots=True)
class Change:
    """An idea that another model reads otherwise; what people have corrected stands in both readings."""

    reference: str
    before: Understanding
    after: Understanding
    fate: Fate

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is different; never nothing."""
        return tuple(_differences(self.before, self.after))


class Reclassification:
    """Each method is one transaction and may be repeated; all raise StoreError as `Store` says."""

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def number(self) -> int:
        """How many open ideas can be read."""
        async with self._store.reading() as session:
            return await session.scalar(select(func.count(IdeaRow.id)).where(is_readable(), self._is_open())) or 0

    async def open_ideas(self, after_id: int, limit: int) -> tuple[OpenIdea, ...]:
        """The next ideas to read, in the order in which they came."""
        wanted = readable_ideas().where(self._is_open(), IdeaRow.id > after_id).limit(limit)
        async with self._store.reading() as session:
            rows = await session.scalars(wanted)
            return tuple(OpenIdea(row.id, row.reference, read_of(row, row.contributions)) for row in rows)

    async def preview(self, idea: OpenIdea, understood: Understanding) -> Change | None:
        """What a new reading would change; None where nothing would."""
        async with self._store.reading() as session:
            row = await self._as_read(session, idea, locked=False)
            return await self._change(session, row, understood) if row else None

    async def take_over(self, idea: OpenIdea, understood: Understanding, now: datetime) -> Change | None:
        """What a new reading changes, taken over where no person has spoken of its topic or moved it on.

        A place that a person has named stands above any reading, and so keeps no topic from being found.
        The idea is routed anew, and nobody but its bodies hears of it. None where nothing changes, also where the idea
        has got other words meanwhile.
        """
        async with self._store.writing() as session:
            row = await self._as_read(session, idea, locked=True)
            change = await self._change(session, row, understood) if row else None
            if row is not None and change is not None and change.fate is Fate.TAKEN:
                row.model, row.understanding = understood.model, change.after.to_json()
                await outdate(session, row)
                await self._admission.assigning.assign_anew(session, row, change.after, now)
                await tell_again(session, row, Event.CHANGED, now)
            return change

    def _is_open(self) -> ColumnElement[bool]:
        lifecycle = self._admission.catalogue.lifecycle
        return IdeaRow.stage.not_in([stage for stage in lifecycle.stages if lifecycle.is_over(stage)])

    async def _as_read(self, session: AsyncSession, idea: OpenIdea, *, locked: bool) -> IdeaRow | None:
        """The idea, unless its words are others now, or nothing may become of it any more."""
        wanted = readable_ideas().where(self._is_open(), IdeaRow.id == idea.id)
        row: IdeaRow | None = await session.scalar(wanted.with_for_update() if locked else wanted)
        return row if row is not None and read_of(row, row.contributions) == idea.source else None

    async def _change(self, session: AsyncSession, row: IdeaRow, understood: Understanding) -> Change | None:
        before = Understanding.from_json(row.understanding)
        after = await corrected(session, row, understood)
        if not any(_differences(before, after)):
            return None
        if await has_spoken(session, row, OF_TOPICS):
            fate = Fate.SPOKEN_OF
        else:
            is_untouched = self._admission.catalogue.lifecycle.is_untouched(row.stage)
            fate = Fate.TAKEN if is_untouched else Fate.MOVED_ON
        return Change(row.reference, before, after, fate)


def _differences(before: Understanding, after: Understanding) -> Iterator[Difference]:
    if before.kind is not after.kind:
        yield Difference.KIND
    old, new = ([topic.id for topic in reading.topics] for reading in (before, after))
    if old[:1] != new[:1]:
        yield Difference.TOPIC_CHANGED if old and new else Difference.TOPIC_FOUND if new else Difference.TOPIC_LOST
    elif set(old) != set(new):
        yield Difference.TOPICS_BESIDE
    if _places(before) != _places(after):
        yield Difference.PLACE


def _places(reading: Understanding) -> tuple[frozenset[str], ...]:
    return (
        frozenset(district.key for district in reading.districts),
        frozenset(town.ags for town in reading.municipalities),
        frozenset(place.ags for place in reading.candidates),
    )
