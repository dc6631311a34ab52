"""The outbox: messages that are owed, each under a key that exists once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Delete, Select, Update, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.capability import Purpose, capability_token
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.chat_tables import MigratedChatRow
from services.ideas.columns import UtcDateTime
from services.ideas.grants import grant
from services.ideas.model import UNFINISHED, Notification, NotificationState
from services.ideas.store import insert_into
from services.ideas.tables import IdeaRow, NotificationRow, SubmitterRow
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.undeliverable import UPDATE, reachable_elsewhere, why_withheld
from services.ideas.work_tables import OutboxControlRow

# What bodies get: it opens a page.
DIGEST = "digest"
# Why a message is given up that may have arrived twice by now.
IN_DOUBT = "it is not known whether it arrived, and it was tried twice"
# The last word to a chat whose person is erased: its address stands in the notification itself.
FAREWELL = "erased"


@dataclass(frozen=True, slots=True)
class Owed:
    """A notification to be written: to a submitter, to a body's role mailbox, or to a chat that is nobody's.

    `withheld` says, for staff, why it must not be sent; "" where it may. It is sent at once, or `not_before`.
    """

    key: str
    channel: str
    template: str
    parameters: Mapping[str, Any]
    submitter_id: int | None = None
    recipient: str | None = None
    withheld: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes what is owed, and hands it out for delivery; `secret` is what the capabilities in mails are made of."""

    secret: bytes

    async def owe(self, session: AsyncSession, owed: Owed, now: datetime, idea: IdeaRow | None = None) -> bool:
        """Write a notification, with what its mail lets its reader do; False where its key exists already.

        It is withheld where nothing can or may be sent to its recipient any more. An update then goes to the same
        person in another channel, if there is one.
        """
        owed = await _addressed(session, owed)
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
                available_at=owed.not_before or now,
                created_at=now,
                attempts=0,
                doubts=0,
                last_error=owed.withheld,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(NotificationRow.id)
        )
        notification_id = written.scalar_one_or_none()
        if notification_id is not None and owed.channel == EMAIL:
            await self._grant(session, owed.key, notification_id, idea)
            if owed.template == DIGEST:
                token = self._token(Purpose.DIGEST_PAGE, owed.key)
                await grant(session, token, Purpose.DIGEST_PAGE, notification_id=notification_id)
        return notification_id is not None

    async def claim(
        self, session: AsyncSession, now: datetime, lease: timedelta, limit: int, channel: str | None
    ) -> tuple[Notification, ...]:
        """The oldest due notifications (of one channel, or of any), leased to the caller until `now + lease`.

        Whoever let a lease run out is not heard any more, and may have delivered it. None while the outbox is paused.
        """
        claimed = []
        due = _due(of_one_channel=channel is not None)
        for row, submitter in await session.execute(due, {"now": now, "channel": channel, "most": limit}):
            # Also what was being sent, or waited for another try, when its recipient was lost or wanted no more.
            if withheld := await why_withheld(session, submitter, row.recipient, row.template):
                await self._turn_away(session, row, submitter, withheld)
                continue
            if row.state == NotificationState.SENDING:
                row.doubts = max(row.doubts, 1)
            row.state = NotificationState.SENDING
            row.attempts += 1
            row.dated_at = row.dated_at or now
            row.available_at = now + lease
            claimed.append(self._notification(row, submitter, row.dated_at))
        return tuple(claimed)

    async def _turn_away(
        self, session: AsyncSession, row: NotificationRow, submitter: SubmitterRow | None, reason: str
    ) -> None:
        other = await reachable_elsewhere(session, submitter) if submitter and row.template == UPDATE else None
        if other is None:
            row.state, row.last_error = NotificationState.WITHHELD, reason
            return
        row.state, row.channel, row.submitter_id, row.doubts = NotificationState.DUE, other.channel, other.id, 0
        if other.channel == EMAIL:
            idea = await session.scalar(select(IdeaRow).where(IdeaRow.reference == row.parameters["reference"]))
            await self._grant(session, row.key, row.id, idea)

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

    def _notification(self, row: NotificationRow, submitter: SubmitterRow | None, dated_at: datetime) -> Notification:
        is_mail = row.channel == EMAIL
        return Notification(
            id=row.id,
            key=row.key,
            channel=row.channel,
            recipient=submitter.address if submitter else row.recipient or "",
            language=submitter.language if submitter else row.parameters.get("language", OWN_LANGUAGE),
            template=row.template,
            parameters=row.parameters,
            created_at=row.created_at,
            dated_at=dated_at,
            attempt=row.attempts,
            doubts=row.doubts,
            reply_token=self._token(Purpose.REPLY, row.parameters.get("reference", row.key)) if is_mail else "",
            return_token=self._token(Purpose.RETURN_PATH, row.key) if is_mail else "",
        )


async def _addressed(session: AsyncSession, owed: Owed) -> Owed:
    """The same with the address that it can go to now, or with the reason why it goes nowhere."""
    if owed.channel == TELEGRAM and owed.recipient is not None:
        moved = await session.get(MigratedChatRow, owed.recipient)
        owed = replace(owed, recipient=moved.new) if moved else owed
    submitter = await session.get(SubmitterRow, owed.submitter_id) if owed.submitter_id is not None else None
    withheld = owed.withheld or await why_withheld(session, submitter, owed.recipient, owed.template)
    if withheld and not owed.withheld and submitter is not None and owed.template == UPDATE:
        other = await reachable_elsewhere(session, submitter)
        if other is not None:
            return replace(owed, channel=other.channel, submitter_id=other.id)
    return replace(owed, withheld=withheld)


@cache  # to make the statement takes longer than to run it
def _due(*, of_one_channel: bool) -> Select[NotificationRow, SubmitterRow]:
    """What is due at `now` (of `channel`), `most` rows of it."""
    now: BindParameter[datetime] = bindparam("now", type_=UtcDateTime())
    # What is written to one person, one group or one role mailbox leaves in the order in which it was written: "done"
    # never overtakes "received". What is meant for later and was never tried holds nothing back: it can still be
    # undone.
    earlier = aliased(NotificationRow)
    same_submitter = earlier.submitter_id == NotificationRow.submitter_id
    same_recipient = earlier.recipient == NotificationRow.recipient
    holds_back = or_(earlier.available_at <= now, earlier.attempts > 0)
    overtaken = (
        select(earlier.id)
        .where(or_(same_submitter, same_recipient), earlier.state.in_(UNFINISHED), earlier.id < NotificationRow.id)
        .where(holds_back)
        .exists()
    )
    paused = select(OutboxControlRow.id).where(OutboxControlRow.paused_at.is_not(None)).exists()
    due = [NotificationRow.state.in_(UNFINISHED), NotificationRow.available_at <= now, ~overtaken, ~paused]
    if of_one_channel:
        due.append(NotificationRow.channel == bindparam("channel"))
    return (
        select(NotificationRow, SubmitterRow)
        .outerjoin(SubmitterRow, SubmitterRow.id == NotificationRow.submitter_id)
        .where(*due)
        .order_by(NotificationRow.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=NotificationRow)
    )


async def settle(  # noqa: PLR0913 - one row's new state in one statement
    session: AsyncSession,
    notification: Notification,
    state: NotificationState,
    now: datetime,
    *,
    again_at: datetime | None = None,
    error: str = "",
    is_in_doubt: bool = False,
) -> None:
    """Write down how a delivery ended, unless the lease ran out and another sender has the notification now."""
    sent_at = now if state is NotificationState.SENT else None
    values = {"state": state, "available_at": again_at or now, "sent_at": sent_at, "last_error": error[:500]}
    # Where it began as one in doubt, it has been counted before its time.
    values["doubts"] = notification.doubts + is_in_doubt
    if notification.template == FAREWELL and state is not NotificationState.DUE:
        # Nothing of an erased person stays, not even that they were told so.
        await _write(session, delete(NotificationRow), [notification])
    else:
        await _write(session, update(NotificationRow).values(values), [notification])


async def settle_sent(session: AsyncSession, notifications: Sequence[Notification], now: datetime) -> None:
    """Write down that these have left, as `settle` does for each."""
    values = {"state": NotificationState.SENT, "available_at": now, "sent_at": now, "last_error": ""}
    last_words = [each for each in notifications if each.template == FAREWELL]
    others = [each for each in notifications if each.template != FAREWELL]
    await _write(session, delete(NotificationRow), last_words)
    await _write(session, update(NotificationRow).values(values), others)


async def count_doubt(session: AsyncSession, notification: Notification) -> bool:
    """Count an attempt before it begins, because who is killed counts no more; False where it is another's by now."""
    counted = _own(update(NotificationRow).values(doubts=notification.doubts + 1))
    return (await (await session.connection()).execute(counted, _named(notification))).rowcount > 0


async def give_back(session: AsyncSession, notifications: Sequence[Notification], now: datetime) -> None:
    """Return claimed notifications that nobody has begun to send; the claim does not count as an attempt."""
    values = {"state": NotificationState.DUE, "available_at": now, "attempts": NotificationRow.attempts - 1}
    await _write(session, update(NotificationRow).values(values), notifications)


async def _write(session: AsyncSession, statement: Update | Delete, notifications: Sequence[Notification]) -> None:
    """Change or delete the rows that are still the caller's own, all in one go."""
    if notifications:
        # Not by way of the session, which takes several rows for rows that it is given by their numbers.
        await (await session.connection()).execute(_own(statement), [_named(each) for each in notifications])


def _own(statement: Update | Delete) -> Update | Delete:
    """The same for the row that is named, if it is still its sender's own."""
    return statement.where(
        NotificationRow.id == bindparam("its_id"),
        # SQLite gives the number of a deleted row to another.
        NotificationRow.key == bindparam("its_key"),
        NotificationRow.state == NotificationState.SENDING,
        NotificationRow.attempts == bindparam("its_attempt"),
    )


def _named(notification: Notification) -> dict[str, Any]:
    return {"its_id": notification.id, "its_key": notification.key, "its_attempt": notification.attempt}


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
