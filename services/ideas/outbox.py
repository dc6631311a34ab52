"""The outbox: messages that are owed, each under a key that exists once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.capability import Purpose, capability_token
from services.ideas.grants import grant
from services.ideas.model import UNFINISHED, Notification, NotificationState
from services.ideas.store import insert_into
from services.ideas.tables import IdeaRow, NotificationRow, SubmitterRow
from services.ideas.undeliverable import is_undeliverable

_EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Owed:
    """A notification to be written: about an idea to its submitter, or to a body's role mailbox.

    `withheld` says, for staff, why it must not be sent; "" where it may.
    """

    key: str
    channel: str
    template: str
    parameters: Mapping[str, Any]
    submitter_id: int | None = None
    recipient: str | None = None
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes what is owed, and hands it out for delivery; `secret` is what the capabilities in mails are made of."""

    secret: bytes

    async def owe(self, session: AsyncSession, owed: Owed, now: datetime, idea: IdeaRow | None = None) -> bool:
        """Write a notification, with what its mail lets its reader do; False where its key exists already.

        It is withheld where no mail can or may go to its recipient any more.
        """
        withheld = owed.withheld or await is_undeliverable(session, owed.submitter_id, owed.recipient)
        written = await session.execute(
            insert_into(session, NotificationRow)
            .values(
                key=owed.key,
                channel=owed.channel,
                submitter_id=owed.submitter_id,
                recipient=owed.recipient,
                template=owed.template,
                parameters=dict(owed.parameters),
                state=NotificationState.WITHHELD if withheld else NotificationState.DUE,
                available_at=now,
                created_at=now,
                attempts=0,
                last_error=withheld,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(NotificationRow.id)
        )
        notification_id = written.scalar_one_or_none()
        if notification_id is not None and owed.channel == _EMAIL:
            await self._grant(session, owed.key, notification_id, idea)
        return notification_id is not None

    async def claim(
        self, session: AsyncSession, now: datetime, lease: timedelta, limit: int, channel: str | None
    ) -> tuple[Notification, ...]:
        """The oldest due notifications (of one channel, or of any), leased to the caller until `now + lease`.

        A lease that ran out counts for nothing, whatever became of it.
        """
        claimed = []
        for row, submitter in await _claim(session, now, lease, limit, channel):
            claimed.append(self._notification(row, submitter))
        return tuple(claimed)

    async def _grant(self, session: AsyncSession, key: str, notification_id: int, idea: IdeaRow | None) -> None:
        # A bounce must name the one message that came back; all else is about the idea, and the same in all its mails.
        own = (Purpose.RETURN_PATH,) if idea else (Purpose.RETURN_PATH, Purpose.REPLY)
        for purpose in own:
            await grant(session, self._token(purpose, key), purpose, notification_id=notification_id)
        if idea is None:
            return
        for purpose in (Purpose.REPLY, Purpose.VERIFY_ADDRESS, Purpose.UNSUBSCRIBE):
            await grant(session, self._token(purpose, idea.reference), purpose, idea_id=idea.id)

    def _token(self, purpose: Purpose, subject: str) -> str:
        return capability_token(self.secret, purpose, subject)

    def _notification(self, row: NotificationRow, submitter: SubmitterRow | None) -> Notification:
        is_mail = row.channel == _EMAIL
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
            reply_token=self._token(Purpose.REPLY, row.parameters.get("reference", row.key)) if is_mail else "",
            return_token=self._token(Purpose.RETURN_PATH, row.key) if is_mail else "",
        )


async def _claim(
    session: AsyncSession, now: datetime, lease: timedelta, limit: int, channel: str | None
) -> list[tuple[NotificationRow, SubmitterRow | None]]:
    # A submitter's notifications leave in the order in which they were written: "done" never overtakes "received".
    earlier = aliased(NotificationRow)
    overtaken = (
        select(earlier.id)
        .where(
            earlier.submitter_id == NotificationRow.submitter_id,
            earlier.state.in_(UNFINISHED),
            earlier.id < NotificationRow.id,
        )
        .exists()
    )
    due = [NotificationRow.state.in_(UNFINISHED), NotificationRow.available_at <= now, ~overtaken]
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
    claimed: list[tuple[NotificationRow, SubmitterRow | None]] = []
    for row, submitter in rows:
        # Also what was being sent, or waited for another try, when its recipient unsubscribed or a mail came back.
        if withheld := await is_undeliverable(session, row.submitter_id, row.recipient):
            row.state, row.last_error = NotificationState.WITHHELD, withheld
            continue
        row.state = NotificationState.SENDING
        row.attempts += 1
        row.available_at = now + lease
        claimed.append((row, submitter))
    return claimed


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
