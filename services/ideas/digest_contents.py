"""What a digest is about: each idea that it names, by its number, and why. It counts all and loads no one's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.catalogue import Catalogue
from services.ideas.digest_order import Section, ideas_waiting, numbered, section_of
from services.ideas.ledger import Event
from services.ideas.model import AssignmentState
from services.ideas.tables import AssignmentRow, DigestRow, IdeaRow
from services.ideas.work_tables import DigestItemRow, LedgerRow

_LATE = frozenset({Event.OVERDUE, Event.RAISED})
_SITTING = "sitting "


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that a digest tells of an idea; `act` is the number of what staff did, if they did anything."""

    event: Event
    at: datetime
    act: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea that a digest names.

    `topic` (id) and `district` (key) are "" where they are open. `is_open`: the body has it now, `since` when and until
    when (`due_at`).
    """

    number: int
    reference: str
    section: Section
    heard: tuple[Heard, ...]
    topic: str
    district: str
    is_open: bool
    since: datetime | None
    due_at: datetime | None

    @property
    def is_erased(self) -> bool:
        """Whether its submitter has had it erased."""
        return any(each.event is Event.ERASED for each in self.heard)


@dataclass(frozen=True, slots=True)
class Contents:
    """A body's digest: what it tells of the time from `start` to `end`, for a `sitting` where it is a folder.

    `waiting` counts what the body has beside what is named as news, `overdue` all that it has had for too long; both
    also count what has no number in this digest.
    """

    body: str
    start: datetime
    end: datetime
    sitting: date | None
    entries: tuple[Entry, ...]
    waiting: int
    overdue: int

    @property
    def having(self) -> int:
        """How many ideas wait for the body, those that are news included."""
        return self.waiting + sum(entry.is_open for entry in self.entries if entry.section is not Section.WAITING)

    def of(self, section: Section) -> tuple[Entry, ...]:
        """What it names there, by number."""
        return tuple(entry for entry in self.entries if entry.section is section)


async def written(session: AsyncSession, catalogue: Catalogue, digest_id: int, now: datetime) -> Contents | None:
    """What a digest that was written says now; None where there is none of that number."""
    digest = await session.get(DigestRow, digest_id)
    if digest is None:
        return None
    before = select(func.max(DigestRow.until)).where(DigestRow.body == digest.body, DigestRow.until < digest.until)
    named = select(DigestItemRow.idea_id, DigestItemRow.number).where(DigestItemRow.digest_id == digest_id)
    numbers = {row.idea_id: row.number for row in await session.execute(named)}
    told = (LedgerRow.digest_id == digest_id,)
    ideas = IdeaRow.id.in_(select(DigestItemRow.idea_id).where(DigestItemRow.digest_id == digest_id))
    previous = await session.scalar(before)
    made = _Making(session, catalogue, digest.body, await _heard(session, told), now)
    entries = made.entries(numbers, await made.ideas(ideas))
    is_folder = digest.period.startswith(_SITTING)
    sitting = date.fromisoformat(digest.period.removeprefix(_SITTING)) if is_folder else None
    return await made.contents(entries, previous, digest.until, sitting)


async def drafted(  # noqa: PLR0913, PLR0917 - of whom, of when, and by which rules
    session: AsyncSession, catalogue: Catalogue, body: str, start: datetime | None, end: datetime, now: datetime
) -> Contents:
    """What one would say of the time from `start` until before `end`; without a start, of what was not told yet.

    What waits now is named only without a start.
    """
    of_body = LedgerRow.body == body
    if start is None:
        told: tuple[ColumnElement[bool], ...] = (of_body, LedgerRow.digest_id.is_(None), LedgerRow.at <= end)
    else:
        told = (of_body, LedgerRow.at >= start, LedgerRow.at < end)
    heard = await _heard(session, told)
    ideas: ColumnElement[bool] = IdeaRow.id.in_(select(LedgerRow.idea_id).where(*told))
    waiting: Sequence[int] = ()
    if start is None:
        having = ideas_waiting(catalogue, body)
        waiting = (await session.scalars(having)).all()
        ideas = or_(ideas, IdeaRow.id.in_(having))
    named = [(row.idea_id, row.event) for row in heard]
    numbers = await numbered(session, catalogue, body, told, named, waiting)
    made = _Making(session, catalogue, body, heard, now)
    entries = made.entries(numbers, await made.ideas(ideas))
    if start is not None:
        return Contents(body, start, end, None, entries, waiting=0, overdue=0)
    return await made.contents(entries, None, end, None)


async def _heard(session: AsyncSession, told: Iterable[ColumnElement[bool]]) -> Sequence[Any]:
    rows = select(LedgerRow.idea_id, LedgerRow.event, LedgerRow.at, LedgerRow.act_id).where(*told)
    return (await session.execute(rows.order_by(LedgerRow.id))).all()


@dataclass(slots=True)
class _Making:
    session: AsyncSession
    catalogue: Catalogue
    body: str
    heard: Sequence[Any]
    now: datetime

    async def ideas(self, condition: ColumnElement[bool]) -> Sequence[Any]:
        """What is known of the ideas without loading them; none that nobody may see."""
        read = IdeaRow.understanding
        own = and_(AssignmentRow.idea_id == IdeaRow.id, AssignmentRow.body == self.body)
        rows: Select[Any] = (
            select(
                IdeaRow.id,
                IdeaRow.reference,
                IdeaRow.stage,
                read[("topics", 0, "id")].as_string().label("topic"),
                read[("districts", 0, "key")].as_string().label("district"),
                AssignmentRow.state,
                AssignmentRow.assigned_at,
                AssignmentRow.due_at,
            )
            .outerjoin(AssignmentRow, own)
            .where(condition, IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))
        )
        found: Sequence[Any] = (await self.session.execute(rows)).all()
        return found

    def entries(self, numbers: Mapping[int, int], ideas: Sequence[Any]) -> tuple[Entry, ...]:
        """In the order in which a digest names them."""
        heard: dict[int, list[Heard]] = {}
        for row in self.heard:
            heard.setdefault(row.idea_id, []).append(Heard(Event(row.event), row.at, row.act_id))
        found = [self._entry(numbers[row.id], row, heard.get(row.id, [])) for row in ideas if row.id in numbers]
        order = {section: place for place, section in enumerate(Section)}
        return tuple(sorted(found, key=lambda entry: (order[entry.section], entry.number)))

    def _entry(self, number: int, row: Any, heard: Sequence[Heard]) -> Entry:
        is_open = row.state == AssignmentState.OPEN and not self.catalogue.lifecycle.is_over(row.stage)
        return Entry(
            number=number,
            reference=row.reference,
            section=section_of({each.event for each in heard}, is_open=is_open),
            heard=tuple(heard),
            topic=row.topic or "",
            district=row.district or "",
            is_open=is_open,
            since=row.assigned_at,
            due_at=row.due_at,
        )

    async def contents(
        self, entries: tuple[Entry, ...], start: datetime | None, end: datetime, sitting: date | None
    ) -> Contents:
        """With what waits besides."""
        having = ideas_waiting(self.catalogue, self.body).order_by(None).limit(None).subquery()
        late = (
            select(func.count())
            .select_from(AssignmentRow)
            .where(
                AssignmentRow.idea_id.in_(select(having.c.idea_id)),
                AssignmentRow.body == self.body,
                AssignmentRow.due_at <= self.now,
            )
        )
        all_open = await self.session.scalar(select(func.count()).select_from(having)) or 0
        elsewhere = sum(entry.is_open for entry in entries if entry.section is not Section.WAITING)
        # What was not urgent enough for the last digest is told in this one. What is late has begun to be so any time.
        happened = min((row.at for row in self.heard if row.event not in _LATE), default=None)
        begins = [moment for moment in (start, happened) if moment]
        return Contents(
            body=self.body,
            start=min(begins, default=end),
            end=end,
            sitting=sitting,
            entries=entries,
            waiting=all_open - elsewhere,
            overdue=await self.session.scalar(late) or 0,
        )
