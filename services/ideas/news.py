"""News of an idea: what an update and the status page tell its submitter, looked up when it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.deeds import DeedKind
from services.ideas.model import Idea, StageChange
from services.ideas.standing import acts_after, as_told, hidden_acts
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow, InquiryRow, MeasureIdeaRow, MeasureRow


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a body (id, "" for none) has asked the submitter; `act` is the number of that act."""

    body: str
    text: str
    at: datetime
    act: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the Masterplan: its number, its title, and its stage (id)."""

    reference: str
    title: str
    stage: str


@dataclass(frozen=True, slots=True)
class News:
    """An idea as its submitter may know it, and what is told: the steps of its way, and what they were asked.

    `measure` is the one that it is part of, and `is_bundled` says that this is news. Nothing that was undone is told.
    """

    idea: Idea
    steps: tuple[StageChange, ...]
    inquiries: tuple[Inquiry, ...]
    measure: Measure | None
    is_bundled: bool = False


async def news(session: AsyncSession, reference: str, acts: Sequence[int]) -> News | None:
    """What these acts (numbers) were, and how the idea stood after the last of them.

    None where the idea is gone, or nothing of them is left. What was done since is told in the next update, so that
    each says the same whenever it leaves, and however often.
    """
    found = await views.by_references(session, [reference])
    kinds = select(ActRow.id, ActRow.kind).where(ActRow.id.in_(acts), ActRow.undone_at.is_(None))
    left = {row.id: DeedKind(row.kind) for row in await session.execute(kinds)} if found else {}
    if not left:
        return None
    untold = acts_after(max(left))
    whole = await story(session, found[0], untold)
    return News(
        idea=whole.idea,
        steps=tuple(step for step in whole.steps if step.act in left),
        inquiries=tuple(each for each in whole.inquiries if each.act in left),
        measure=whole.measure,
        is_bundled=DeedKind.BUNDLE in left.values(),
    )


async def story(session: AsyncSession, idea: Idea, untold: ColumnElement[bool]) -> News:
    """All that an idea's submitter may know by now, which is everything but the `untold` acts."""
    (told,) = await as_told(session, [idea], untold)
    hidden = (await session.scalars(hidden_acts(idea.reference, untold))).all()
    numbers = {act.id for act in hidden}
    asked = await inquiries(session, idea.reference)
    return News(
        idea=told,
        steps=told.stages,
        inquiries=tuple(each for each in asked if each.act not in numbers),
        measure=await _measure(session, idea.reference, hidden),
    )


async def inquiries(session: AsyncSession, reference: str) -> tuple[Inquiry, ...]:
    """Everything that the submitter of an idea was asked, in that order."""
    rows = await session.scalars(
        select(InquiryRow)
        .join(IdeaRow, IdeaRow.id == InquiryRow.idea_id)
        .where(IdeaRow.reference == reference)
        .order_by(InquiryRow.id)
    )
    return tuple(Inquiry(row.body, row.text, row.at, row.act_id) for row in rows)


async def measure_of(session: AsyncSession, reference: str) -> Measure | None:
    """The measure that an idea is part of."""
    return _as_value(
        await session.scalar(
            select(MeasureRow)
            .join(MeasureIdeaRow, MeasureIdeaRow.measure_id == MeasureRow.id)
            .join(IdeaRow, IdeaRow.id == MeasureIdeaRow.idea_id)
            .where(IdeaRow.reference == reference)
        )
    )


async def _measure(session: AsyncSession, reference: str, hidden: Sequence[ActRow]) -> Measure | None:
    """The measure that an idea was part of before these acts."""
    bundled = next((act for act in hidden if act.kind in (DeedKind.BUNDLE, DeedKind.UNBUNDLE)), None)
    if bundled is None:
        return await measure_of(session, reference)
    before = bundled.detail["before"]
    return _as_value(await session.get(MeasureRow, before)) if before is not None else None


def _as_value(row: MeasureRow | None) -> Measure | None:
    return Measure(row.reference, row.title, row.stage) if row else None
