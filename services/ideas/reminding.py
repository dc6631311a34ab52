"""What lies too long: its body is reminded, and some days later who watches over all ideas hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import ledger
from services.ideas.catalogue import Catalogue
from services.ideas.ledger import Event
from services.ideas.lifecycle import Lifecycle
from services.ideas.model import AssignmentState
from services.ideas.tables import AssignmentRow, IdeaRow

_AT_ONCE = 500


async def late_ideas(session: AsyncSession, catalogue: Catalogue, now: datetime) -> Sequence[int]:
    """Ideas of which somebody is to be reminded by `now`: their numbers in the store, some hundreds at most."""
    found = _late(catalogue, now).with_only_columns(IdeaRow.id).distinct()
    return (await session.scalars(found.order_by(IdeaRow.id).limit(_AT_ONCE))).all()


async def remind(session: AsyncSession, catalogue: Catalogue, ideas: Sequence[int], now: datetime) -> None:
    """Enter what has become late of these ideas for who is to hear of it, as `Work.remind` says.

    It stands in the ledger under the moment at which it became late, so that it belongs to the period of a digest in
    which that lies, however late this is asked.
    """
    # First the ideas, as whoever changes one does, and in order. Another process that reminds waits here, finds nothing
    # left, and writes its digests after our commit.
    await session.execute(select(IdeaRow.id).where(IdeaRow.id.in_(ideas)).order_by(IdeaRow.id).with_for_update())
    held = _late(catalogue, now).where(IdeaRow.id.in_(ideas)).order_by(IdeaRow.id, AssignmentRow.id)
    for row, stage in (await session.execute(held.add_columns(IdeaRow.stage))).all():
        if row.due_at is None and stage in (expected := _expected(catalogue.lifecycle)):
            # It was given before anybody counted the days: they begin now.
            row.due_at = now + expected[stage]
        elif row.body in catalogue.bodies and row.reminded_at is None:
            await _remind(session, row, now)
        else:
            await _raise(session, row, catalogue.lifecycle, now)


def _late(catalogue: Catalogue, now: datetime) -> Select[AssignmentRow]:
    """What a body was not reminded of in time, still has some days after, or has since before days were counted.

    And what a body that has left the configuration has.
    """
    lifecycle = catalogue.lifecycle
    is_due = AssignmentRow.due_at <= now
    still_lies = and_(is_due, AssignmentRow.reminded_at <= now - _waits(lifecycle))
    # Nobody reads what is written for a body that has left the configuration.
    is_nobodys = AssignmentRow.body.not_in(catalogue.bodies)
    is_undated = and_(AssignmentRow.due_at.is_(None), IdeaRow.stage.in_(_expected(lifecycle)))
    is_to_remind = and_(is_due, AssignmentRow.reminded_at.is_(None))
    is_to_raise = and_(or_(still_lies, is_nobodys), AssignmentRow.raised_at.is_(None))
    over = [stage for stage in lifecycle.stages if lifecycle.is_over(stage)]
    return (
        select(AssignmentRow)
        .join(IdeaRow, IdeaRow.id == AssignmentRow.idea_id)
        .where(
            AssignmentRow.state == AssignmentState.OPEN,
            or_(is_undated, and_(is_to_remind, ~is_nobodys), is_to_raise),
            IdeaRow.locked_at.is_(None),
            IdeaRow.merged_into_id.is_(None),
            IdeaRow.stage.not_in(over),
        )
    )


def _expected(lifecycle: Lifecycle) -> dict[str, timedelta]:
    """How long an idea should take, by the stages that say so."""
    stages = lifecycle.stages.values()
    return {stage.id: timedelta(days=stage.expected_days) for stage in stages if stage.expected_days}


def _waits(lifecycle: Lifecycle) -> timedelta:
    return timedelta(days=lifecycle.raised_after_days)


async def _remind(session: AsyncSession, row: AssignmentRow, now: datetime) -> None:
    due_at = row.due_at or now
    row.reminded_at = now
    await ledger.enter(session, row.idea_id, [row.body], Event.OVERDUE, due_at, occurrence=_occasion(due_at))


async def _raise(session: AsyncSession, row: AssignmentRow, lifecycle: Lifecycle, now: datetime) -> None:
    row.raised_at = now
    if row.body == lifecycle.watches:
        return
    at = min(now, row.reminded_at + _waits(lifecycle)) if row.reminded_at else now
    occasion = f"{row.body[:32]} {_occasion(row.due_at or row.assigned_at)}"
    await ledger.enter(session, row.idea_id, [lifecycle.watches], Event.RAISED, at, occurrence=occasion)


def _occasion(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")
