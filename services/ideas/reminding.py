"""What lies too long: its body is reminded, and some days later who watches over all ideas hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import ledger
from services.ideas.catalogue import Catalogue
from services.ideas.ledger import Event
from services.ideas.model import AssignmentState
from services.ideas.tables import AssignmentRow, IdeaRow

_AT_ONCE = 500


async def remind(session: AsyncSession, catalogue: Catalogue, now: datetime) -> int:
    """Enter what has become late by `now` for who is to hear of it; see `Work.remind`.

    It stands in the ledger under the moment at which it became late, so that it belongs to the period of a digest in
    which that lies, however late this is asked.
    """
    lifecycle = catalogue.lifecycle
    waits = timedelta(days=lifecycle.raised_after_days)
    is_late = and_(AssignmentRow.due_at <= now, AssignmentRow.reminded_at.is_(None))
    # Nobody reads what is written for a body that has left the configuration.
    is_nobodys = AssignmentRow.body.not_in(catalogue.bodies)
    still_lies = and_(AssignmentRow.due_at <= now, AssignmentRow.reminded_at <= now - waits)
    is_to_raise = and_(or_(still_lies, is_nobodys), AssignmentRow.raised_at.is_(None))
    late = await _held(session, catalogue, or_(and_(is_late, ~is_nobodys), is_to_raise))
    for row in late:
        if row.body in catalogue.bodies and row.reminded_at is None:
            await _remind(session, row, now)
        else:
            await _raise(session, row, lifecycle.watches, waits, now)
    return len(late)


async def _remind(session: AsyncSession, row: AssignmentRow, now: datetime) -> None:
    due_at = row.due_at or now
    row.reminded_at = now
    await ledger.enter(session, row.idea_id, [row.body], Event.OVERDUE, due_at, occurrence=_occasion(due_at))


async def _raise(session: AsyncSession, row: AssignmentRow, watches: str, waits: timedelta, now: datetime) -> None:
    row.raised_at = now
    if row.body == watches:
        return
    at = min(now, row.reminded_at + waits) if row.reminded_at else now
    occasion = f"{row.body[:32]} {_occasion(row.due_at or row.assigned_at)}"
    await ledger.enter(session, row.idea_id, [watches], Event.RAISED, at, occurrence=occasion)


async def _held(session: AsyncSession, catalogue: Catalogue, wanted: ColumnElement[bool]) -> Sequence[AssignmentRow]:
    """The open assignments that something is to be done about, the caller's own until its commit."""
    over = [stage for stage in catalogue.lifecycle.stages if catalogue.lifecycle.is_over(stage)]
    is_alive = and_(IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None), IdeaRow.stage.not_in(over))
    found = (
        select(AssignmentRow)
        .join(IdeaRow, IdeaRow.id == AssignmentRow.idea_id)
        .where(AssignmentRow.state == AssignmentState.OPEN, wanted, is_alive)
    )
    seen = await session.scalars(found.with_only_columns(IdeaRow.id).distinct().order_by(IdeaRow.id).limit(_AT_ONCE))
    ideas = seen.all()
    if not ideas:
        return ()
    # First the ideas, as whoever changes one does, and in order. Another process that reminds waits here, finds nothing
    # left, and writes its digests after our commit.
    await session.execute(select(IdeaRow.id).where(IdeaRow.id.in_(ideas)).order_by(IdeaRow.id).with_for_update())
    held = found.where(IdeaRow.id.in_(ideas)).order_by(IdeaRow.id, AssignmentRow.id)
    return (await session.scalars(held)).all()


def _occasion(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")
