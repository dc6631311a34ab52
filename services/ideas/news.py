"""News of an idea: what an update and the status page tell its submitter, looked up when it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.deeds import DeedKind
from services.ideas.model import Idea, StageChange
from services.ideas.standing import hidden_acts, without
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow, InquiryRow, MeasureIdeaRow, MeasureRow

# An idea by its reference, and acts with it by their numbers.
Wanted = tuple[str, tuple[int, ...]]


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


async def news(session: AsyncSession, wanted: Sequence[Wanted]) -> Mapping[Wanted, News | None]:
    """What acts (numbers) with ideas (references) were, and how each idea stood after the last of its own.

    None where the idea is gone, or nothing of its acts is left. What was done since is told in the next update, so that
    each says the same whenever it leaves, and however often.
    """
    ideas = await views.found_by(session, {reference for reference, _ in wanted})
    numbers = {number for _, acts in wanted for number in acts}
    kinds = select(ActRow.id, ActRow.kind).where(ActRow.id.in_(numbers), ActRow.undone_at.is_(None))
    known = {row.id: DeedKind(row.kind) for row in await session.execute(kinds)} if ideas else {}
    left = {each: [number for number in each[1] if number in known] for each in wanted if each[0] in ideas}
    left = {each: acts for each, acts in left.items() if acts}
    later = await hidden_acts(session, [ideas[reference].reference for reference, _ in left], true())
    told = {}
    for each, acts in left.items():
        idea = ideas[each[0]]
        told[each] = (idea, [act for act in later.get(idea.reference, ()) if act.id > max(acts)])
    stories = dict(zip(told, await _stories(session, list(told.values())), strict=True))
    return {each: _of(stories[each], left[each], known) if each in left else None for each in wanted}


async def story(session: AsyncSession, idea: Idea, untold: ColumnElement[bool]) -> News:
    """All that an idea's submitter may know by now, which is everything but the `untold` acts."""
    hidden = await hidden_acts(session, [idea.reference], untold)
    (whole,) = await _stories(session, [(idea, hidden.get(idea.reference, []))])
    return whole


async def inquiries(session: AsyncSession, reference: str) -> tuple[Inquiry, ...]:
    """Everything that the submitter of an idea was asked, in that order."""
    return tuple((await _inquiries(session, [reference])).get(reference, ()))


async def measure_of(session: AsyncSession, reference: str) -> Measure | None:
    """The measure that an idea is part of."""
    return (await _measures(session, [reference])).get(reference)


async def _inquiries(session: AsyncSession, references: Sequence[str]) -> Mapping[str, list[Inquiry]]:
    rows = await session.execute(
        select(IdeaRow.reference, InquiryRow)
        .join(IdeaRow, IdeaRow.id == InquiryRow.idea_id)
        .where(IdeaRow.reference.in_(references))
        .order_by(InquiryRow.id)
    )
    found: dict[str, list[Inquiry]] = {}
    for reference, row in rows:
        found.setdefault(reference, []).append(Inquiry(row.body, row.text, row.at, row.act_id))
    return found


async def _measures(session: AsyncSession, references: Sequence[str]) -> Mapping[str, Measure]:
    rows = await session.execute(
        select(IdeaRow.reference, MeasureRow)
        .join(MeasureIdeaRow, MeasureIdeaRow.measure_id == MeasureRow.id)
        .join(IdeaRow, IdeaRow.id == MeasureIdeaRow.idea_id)
        .where(IdeaRow.reference.in_(references))
    )
    return {reference: _as_value(row) for reference, row in rows}


async def _stories(session: AsyncSession, told: Sequence[tuple[Idea, Sequence[ActRow]]]) -> list[News]:
    """All that there is to know of ideas but for their last acts, in the same order."""
    references = [idea.reference for idea, _ in told]
    asked, bundled = await _inquiries(session, references), await _measures(session, references)
    found = []
    for idea, hidden in told:
        numbers = {act.id for act in hidden}
        stood = without(idea, hidden)
        news = News(
            idea=stood,
            steps=stood.stages,
            inquiries=tuple(each for each in asked.get(idea.reference, ()) if each.act not in numbers),
            measure=await _measure(session, bundled.get(idea.reference), hidden),
        )
        found.append(news)
    return found


def _of(whole: News, acts: Sequence[int], kinds: Mapping[int, DeedKind]) -> News:
    """What of a story is news where these acts are told."""
    return replace(
        whole,
        steps=tuple(step for step in whole.steps if step.act in acts),
        inquiries=tuple(each for each in whole.inquiries if each.act in acts),
        is_bundled=any(kinds[act] is DeedKind.BUNDLE for act in acts),
    )


async def _measure(session: AsyncSession, now: Measure | None, hidden: Sequence[ActRow]) -> Measure | None:
    """The measure that an idea was part of before these acts."""
    bundled = next((act for act in hidden if act.kind in (DeedKind.BUNDLE, DeedKind.UNBUNDLE)), None)
    if bundled is None:
        return now
    before = bundled.detail["before"]
    row = await session.get(MeasureRow, before) if before is not None else None
    return _as_value(row) if row else None


def _as_value(row: MeasureRow) -> Measure:
    return Measure(row.reference, row.title, row.stage)
