"""The ledger: what each body is to hear of an idea, each thing once, until a digest has told it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.bodies import Urgency
from services.ideas.model import AssignmentState
from services.ideas.store import insert_into
from services.ideas.tables import AssignmentRow, IdeaRow
from services.ideas.work_tables import LedgerRow


class Event(StrEnum):
    """What a body hears of an idea.

    NEW: it is the body's now. ADDED, WITHDRAWN, ERASED: what its submitter did. CHANGED: it was understood anew.
    STATEMENT: another body has done its part. DECIDED: what the body did itself. UNDONE: that was taken back.
    OVERDUE: it lies too long. RAISED: it lies too long with another body. OUTCOME: what became of it elsewhere.
    """

    NEW = "new"
    ADDED = "added"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    CHANGED = "changed"
    STATEMENT = "statement"
    DECIDED = "decided"
    UNDONE = "undone"
    OVERDUE = "overdue"
    RAISED = "raised"
    OUTCOME = "outcome"


URGENCIES: Mapping[Event, Urgency] = {
    Event.NEW: Urgency.NORMAL,
    Event.ADDED: Urgency.NORMAL,
    Event.WITHDRAWN: Urgency.NORMAL,
    Event.ERASED: Urgency.HIGH,  # its copies have to be erased as well (Art. 19 GDPR)
    Event.CHANGED: Urgency.LOW,
    Event.STATEMENT: Urgency.NORMAL,
    Event.DECIDED: Urgency.LOW,
    Event.UNDONE: Urgency.LOW,
    Event.OVERDUE: Urgency.HIGH,
    Event.RAISED: Urgency.HIGH,
    Event.OUTCOME: Urgency.LOW,
}
_OF_ITS_END = (Event.WITHDRAWN, Event.ERASED)


async def enter(  # noqa: PLR0913 - one row for each body
    session: AsyncSession,
    idea_id: int,
    bodies: Iterable[str],
    event: Event,
    now: datetime,
    *,
    act_id: int | None = None,
    occurrence: str = "",
) -> None:
    """Let bodies hear of something; what is entered already for the same act or `occurrence` is not entered twice."""
    told_apart = occurrence or (f"act {act_id}" if act_id is not None else now.isoformat())
    rows = [
        {
            "body": body,
            "idea_id": idea_id,
            "event": event.value,
            "occurrence": told_apart,
            "at": now,
            "act_id": act_id,
        }
        for body in dict.fromkeys(bodies)
    ]
    if rows:
        known = ["body", "idea_id", "event", "occurrence"]
        await session.execute(insert_into(session, LedgerRow).on_conflict_do_nothing(index_elements=known), rows)


async def tell_again(session: AsyncSession, idea: IdeaRow, event: Event, now: datetime) -> None:
    """Let the bodies that have been told of an idea hear of it again, once in their next digest.

    Who gave the idea back or passed it on hears only that it is gone.
    """
    # Held until the commit: a digest that takes these rows meanwhile says what this transaction has written.
    untold = await session.scalars(
        select(LedgerRow.body)
        .where(LedgerRow.idea_id == idea.id, LedgerRow.digest_id.is_(None), LedgerRow.event.in_([Event.NEW, event]))
        .order_by(LedgerRow.id)
        .with_for_update()
    )
    told = select(AssignmentRow.body).where(AssignmentRow.idea_id == idea.id, AssignmentRow.body.not_in(untold.all()))
    if event not in _OF_ITS_END:
        told = told.where(AssignmentRow.state.in_([AssignmentState.OPEN, AssignmentState.DONE]))
    await enter(session, idea.id, await session.scalars(told), event, now)


async def forget_untold(session: AsyncSession, ideas: Select[int], keep: Collection[str] = ()) -> None:
    """Take ideas from the bodies that have them and were told of them by no digest, but for those to `keep`."""
    # Held until the commit: what a digest takes meanwhile is told, and what is taken from here it does not find.
    own = select(LedgerRow.id).where(LedgerRow.idea_id.in_(ideas), LedgerRow.digest_id.is_(None))
    await session.execute(own.order_by(LedgerRow.id).with_for_update())
    told = aliased(LedgerRow)
    has_heard = select(told.id).where(
        told.idea_id == AssignmentRow.idea_id, told.body == AssignmentRow.body, told.digest_id.is_not(None)
    )
    untold = (
        AssignmentRow.idea_id.in_(ideas),
        AssignmentRow.state == AssignmentState.OPEN,
        AssignmentRow.body.not_in(keep),
        ~has_heard.exists(),
    )
    of = await session.execute(select(AssignmentRow.idea_id, AssignmentRow.body).where(*untold))
    for idea_id, body in of.all():
        for table in (LedgerRow, AssignmentRow):
            await session.execute(delete(table).where(table.idea_id == idea_id, table.body == body))
