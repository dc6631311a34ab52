"""Similar ideas: which earlier ideas probably wish the same, by the fingerprints that are stored with each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.similar import SHOWN_AT_MOST, SHOWN_FROM, Near, nearest
from nlp.understanding import NO_MODEL, Understanding
from services.ideas import views
from services.ideas.catalogue import Catalogue
from services.ideas.description import describe
from services.ideas.fingerprints import FingerprintRow
from services.ideas.model import Idea
from services.ideas.readings import Source
from services.ideas.store import Store, insert_into
from services.ideas.tables import IdeaRow
from services.ideas.teaching import is_readable, read_of, readable_ideas

# So many fingerprints are in memory at a time: some 5 MB.
_AT_ONCE = 10_000
# A digest compares each of its ideas with so many earlier ones at most, however many there are.
LOOKED_BACK = 10_000
# What lies side by side in one list is set together sooner than an idea elsewhere is named: each keeps its number, and
# whoever reads sees at a glance where they differ. Of nlp/evaluation/pairs.jsonl, made hard on purpose, 0.72 are right
# from here on.
_GROUPED_FROM = 0.48


@dataclass(frozen=True, slots=True)
class Alike:
    """What is probably the same as an idea of a list: earlier ones there (by reference), and other earlier ones."""

    listed: tuple[str, ...] = ()
    earlier: tuple[Idea, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmarked:
    """An idea without a fingerprint: what one is made from."""

    id: int
    source: Source
    understanding: Understanding


class SimilarIdeas:
    """Each method is one transaction and may be repeated; all raise StoreError as `Store` says.

    `unmarked_waiting` is set when this process has changed an idea, so that its fingerprint has to be made.
    """

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self.unmarked_waiting = asyncio.Event()

    async def unmarked(self, method: str, limit: int) -> tuple[Unmarked, ...]:
        """Ideas that have no fingerprint of this method, the newest first; none that no model has read."""
        marked = select(FingerprintRow).where(FingerprintRow.idea_id == IdeaRow.id, FingerprintRow.method == method)
        wanted = readable_ideas().where(~marked.exists(), IdeaRow.model != NO_MODEL).order_by(None)
        async with self._store.reading() as session:
            rows = await session.scalars(wanted.order_by(IdeaRow.id.desc()).limit(limit))
            return tuple(_unmarked(row) for row in rows)

    async def mark(self, idea: Unmarked, method: str, content: bytes) -> None:
        """Keep a fingerprint, unless the idea reads or is understood otherwise meanwhile."""
        async with self._store.writing() as session:
            row = await session.scalar(readable_ideas().where(IdeaRow.id == idea.id).with_for_update())
            if row is None or _unmarked(row) != idea:
                return
            made = {"method": method, "content": content}
            insert = insert_into(session, FingerprintRow).values(idea_id=idea.id, **made)
            await session.execute(insert.on_conflict_do_update(index_elements=["idea_id"], set_=made))

    async def of(self, references: Sequence[str]) -> Mapping[str, tuple[Idea, ...]]:
        """For each of these ideas the earlier ones that are probably the same, the likeliest first; at most three."""
        async with self._store.reading() as session:
            asked = list(await session.execute(_marks(self._catalogue).where(IdeaRow.reference.in_(references))))
            found: dict[str, list[tuple[Near, str]]] = {row.reference: [] for row in asked}
            async for batch in self._earlier(session, asked):
                for row in asked:
                    # In a thread: among many ideas it takes longer than an event loop may be held up.
                    near = await asyncio.to_thread(_nearest, row, batch)
                    found[row.reference] = _best([*found[row.reference], *near])
            numbers = {number for near in found.values() for _, number in near}
            ideas = {idea.reference: idea for idea in await views.by_references(session, sorted(numbers))}
        return {own: tuple(ideas[number] for _, number in near if number in ideas) for own, near in found.items()}

    async def in_list(self, references: Sequence[str]) -> Mapping[str, Alike]:
        """For each idea of a list those that are probably the same: of the list, and of the latest before it.

        The time is that of the list's length times LOOKED_BACK, however many ideas there are.
        """
        async with self._store.reading() as session:
            asked = list(await session.execute(_marks(self._catalogue).where(IdeaRow.reference.in_(references))))
            others = _marks(self._catalogue).where(
                IdeaRow.reference.not_in(references), IdeaRow.id < max((row.id for row in asked), default=0)
            )
            latest = list(await session.execute(others.order_by(IdeaRow.id.desc()).limit(LOOKED_BACK)))
            listed = {row.reference: await asyncio.to_thread(_nearest, row, asked, _GROUPED_FROM) for row in asked}
            before = {row.reference: await asyncio.to_thread(_nearest, row, latest) for row in asked}
            numbers = {number for near in before.values() for _, number in near}
            ideas = {idea.reference: idea for idea in await views.by_references(session, sorted(numbers))}
        return {
            own: Alike(
                tuple(number for _, number in listed[own]),
                tuple(ideas[number] for _, number in before[own] if number in ideas),
            )
            for own in listed
        }

    async def _earlier(self, session: AsyncSession, asked: Sequence[Any]) -> AsyncIterator[list[Any]]:
        """The fingerprints of all ideas before the last one that is asked for, in parts."""
        last, end = 0, max((row.id for row in asked), default=0)
        while True:
            part = _marks(self._catalogue).where(IdeaRow.id > last, IdeaRow.id < end)
            batch = list(await session.execute(part.order_by(IdeaRow.id).limit(_AT_ONCE)))
            if not batch:
                return
            yield batch
            last = batch[-1].id


async def alike_among(
    session: AsyncSession, catalogue: Catalogue, ideas: Sequence[int]
) -> Mapping[int, tuple[int, ...]]:
    """For each of these ideas (by number in the store) the earlier ones among them that are probably the same."""
    marks = list(await session.execute(_marks(catalogue).where(IdeaRow.id.in_(ideas))))
    numbers = {row.reference: row.id for row in marks}
    near = {row.id: await asyncio.to_thread(_nearest, row, marks, _GROUPED_FROM) for row in marks}
    return {own: tuple(numbers[reference] for _, reference in found) for own, found in near.items()}


def named(catalogue: Catalogue, ideas: Sequence[Idea]) -> list[str]:
    """Number and place of each idea, as staff read them."""
    placed = ((idea.reference, "; ".join(describe(catalogue, idea).places)) for idea in ideas)
    return [f"{reference} ({places})" if places else reference for reference, places in placed]


def _marks(catalogue: Catalogue) -> Select[Any]:
    wanted: Any = select(IdeaRow.id, IdeaRow.reference, FingerprintRow.method, FingerprintRow.content)
    marks: Select[Any] = wanted.join(FingerprintRow, FingerprintRow.idea_id == IdeaRow.id).where(
        is_readable(), IdeaRow.stage != catalogue.lifecycle.withdrawn
    )
    return marks


def _nearest(asked: Any, batch: Sequence[Any], at_least: float = SHOWN_FROM) -> list[tuple[Near, str]]:
    earlier = [row for row in batch if row.id < asked.id and row.method == asked.method]
    found = nearest(asked.content, [row.content for row in earlier], at_least)
    return [(near, earlier[near.index].reference) for near in found]


def _best(near: Sequence[tuple[Near, str]]) -> list[tuple[Near, str]]:
    return sorted(near, key=lambda item: -item[0].probability)[:SHOWN_AT_MOST]


def _unmarked(row: IdeaRow) -> Unmarked:
    return Unmarked(row.id, read_of(row, row.contributions), Understanding.from_json(row.understanding))
