"""News of an idea: what an update tells its submitter, looked up when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.deeds import DeedKind
from services.ideas.model import Idea, StageChange
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
    """An idea as it is now, and what happened: the steps of its way, the questions, the measure that it became part of.

    Nothing that was undone is among them.
    """

    idea: Idea
    steps: tuple[StageChange, ...]
    inquiries: tuple[Inquiry, ...]
    measure: Measure | None


async def news(session: AsyncSession, reference: str, acts: Sequence[int]) -> News | None:
    """What these acts (numbers) were; None where the idea is gone, or nothing of them is left."""
    found = await views.by_references(session, [reference])
    if not found:
        return None
    idea = found[0]
    kinds = select(ActRow.id, ActRow.kind).where(ActRow.id.in_(acts), ActRow.undone_at.is_(None))
    left = {row.id: DeedKind(row.kind) for row in await session.execute(kinds)}
    if not left:
        return None
    is_bundled = DeedKind.BUNDLE in left.values()
    return News(
        idea=idea,
        steps=tuple(step for step in idea.stages if step.act in left),
        inquiries=tuple(each for each in await inquiries(session, idea.reference) if each.act in left),
        measure=await measure_of(session, idea.reference) if is_bundled else None,
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
    row = await session.scalar(
        select(MeasureRow)
        .join(MeasureIdeaRow, MeasureIdeaRow.measure_id == MeasureRow.id)
        .join(IdeaRow, IdeaRow.id == MeasureIdeaRow.idea_id)
        .where(IdeaRow.reference == reference)
    )
    return Measure(row.reference, row.title, row.stage) if row else None
