"""The outbox: messages that are owed, each under a key that exists once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.model import Notification, NotificationState
from services.ideas.store import insert_into
from services.ideas.tables import NotificationRow, SubmitterRow

_UNFINISHED = (NotificationState.DUE, NotificationState.SENDING)


@dataclass(frozen=True, slots=True)
class Owed:
    """A notification to be written: to a submitter (by row id) or to a body's role mailbox."""

    key: str
    channel: str
    template: str
    parameters: Mapping[str, Any]
    submitter_id: int | None = None
    recipient: str | None = None
    withheld: bool = False


async def owe(session: AsyncSession, owed: Owed, now: datetime) -> bool:
    """Write a notification; False where its key exists already."""
    written = await session.execute(
        insert_into(session, NotificationRow)
        .values(
            key=owed.key,
            channel=owed.channel,
            submitter_id=owed.submitter_id,
            recipient=owed.recipient,
            template=owed.template,
            parameters=dict(owed.parameters),
            state=NotificationState.WITHHELD if owed.withheld else NotificationState.DUE,
            available_at=now,
            created_at=now,
            attempts=0,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(NotificationRow.id)
    )
    return written.first() is not None


async def claim(
    session: AsyncSession, now: datetime, lease: timedelta, limit: int, channel: str | None
) -> tuple[Notification, ...]:
    """The oldest due notifications (of one channel, or of any), leased to the caller until `now + lease`.

    A lease that ran out counts for nothing, whatever became of it.

    A submitter's notifications leave in the order in which they were written: "done" never overtakes "received".
    """
    earlier = aliased(NotificationRow)
    overtaken = (
        select(earlier.id)
        .where(
            earlier.submitter_id == NotificationRow.submitter_id,
            earlier.state.in_(_UNFINISHED),
            earlier.id < NotificationRow.id,
        )
        .exists()
    )
    due = [NotificationRow.state.in_(_UNFINISHED), NotificationRow.available_at <= now, ~overtaken]
    if channel is not None:
        due.append(NotificationRow.channel == channel)
    rows = await session.execute(
        select(NotificationRow, SubmitterRow)
        .outerjoin(SubmitterRow, SubmitterRow.id == NotificationRow.submitter_id)
        .where(*due)
        .order_by(NotificationRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=NotificationRow)
    )
    claimed = []
    for row, submitter in rows:
        row.state = NotificationState.SENDING
        row.attempts += 1
        row.available_at = now + lease
        claimed.append(_notification(row, submitter))
    return tuple(claimed)


def _notification(row: NotificationRow, submitter: SubmitterRow | None) -> Notification:
    return Notification(
        id=row.id,
        key=row.key,
        channel=row.channel,
        recipient=submitter.address if submitter else row.recipient or "",
        language=submitter.language if submitter else "de",
        template=row.template,
        parameters=row.parameters,
        created_at=row.created_at,
        attempt=row.attempts,
    )


async def settle(  # noqa: PLR0913 - one row's new state in one statement
    session: AsyncSession,
    notification: Notification,
    state: NotificationState,
    now: datetime,
    *,
    again_at: datetime | None = None,
    error: str = "",
) -> None:
    """Write down how a delivery ended, unless the lease ran out and another sender has the notification now."""
    await session.execute(
        update(NotificationRow)
        .where(
            NotificationRow.id == notification.id,
            NotificationRow.state == NotificationState.SENDING,
            NotificationRow.attempts == notification.attempt,
        )
        .values(
            state=state,
            available_at=again_at or now,
            sent_at=now if state is NotificationState.SENT else None,
            last_error=error[:500],
        )
    )


async def release(session: AsyncSession, now: datetime, channel: str) -> None:
    """Give back every lease of a channel: for a store that no other process sends from, after a start."""
    await session.execute(
        update(NotificationRow)
        .where(
            NotificationRow.state == NotificationState.SENDING,
            NotificationRow.channel == channel,
            NotificationRow.available_at > now,
        )
        .values(available_at=now)
    )


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many notifications are in each state."""
    rows = await session.execute(select(NotificationRow.state, func.count()).group_by(NotificationRow.state))
    return {state: number for state, number in rows}  # noqa: C416 - dict() does not know a row's type
