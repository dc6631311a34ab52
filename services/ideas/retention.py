"""Retention (Art. 5(1)(e) GDPR): nothing that leads to a person is kept longer than it is needed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.erasure import Fate, forget
from services.ideas.inbound import READ
from services.ideas.joining import expire_codes
from services.ideas.lifecycle import Lifecycle
from services.ideas.model import UNFINISHED
from services.ideas.outbox import FAREWELL
from services.ideas.persons import person_at
from services.ideas.settings import Settings
from services.ideas.staff_mail.answered import RECEIPT
from services.ideas.staff_mail.caution import CONFIRMED_WITHIN
from services.ideas.tables import ContributionRow, IdeaRow, InboundRow, NotificationRow, StageChangeRow, SubmitterRow
from services.ideas.work_tables import PendingDeedRow

# One transaction takes no more of each, so that nobody waits long for it.
_MOST_AT_ONCE = 500
_MOST_PEOPLE_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Expired:
    """How many messages lost what they said, persons were forgotten, and codes and notifications deleted.

    `codes` are join codes, guesses of them, and what staff had to confirm: whatever holds for some hours alone.

    True as long as there was something; there may be more then.
    """

    messages: int = 0
    people: int = 0
    codes: int = 0
    notifications: int = 0

    def __bool__(self) -> bool:
        return bool(self.messages or self.people or self.codes or self.notifications)


async def expire(session: AsyncSession, settings: Settings, lifecycle: Lifecycle, now: datetime) -> Expired:
    """Erase some of what is kept long enough; to be repeated until nothing is left to do.

    The keys of messages and of what bodies are told stay: what comes or is written again must be known.
    """
    raw_until = now - timedelta(days=settings.privacy.raw_days)
    contact_until = months_before(now, settings.privacy.contact_months)
    return Expired(
        messages=await _empty(session, raw_until) + await _leave_conversations(session, contact_until),
        people=await _forget_silent(session, lifecycle, contact_until, now),
        codes=await expire_codes(session, now) + await _forget_unconfirmed(session, now),
        notifications=await _delete_notifications(session, raw_until),
    )


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many months earlier, or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


async def _empty(session: AsyncSession, until: datetime) -> int:
    """Take their bytes and their envelope from messages that were read; what waits for a person keeps both."""
    has_content = or_(func.length(InboundRow.raw) > 0, cast(InboundRow.envelope, Text) != "{}")
    old = select(InboundRow.id).where(InboundRow.state == READ, InboundRow.received_at <= until, has_content)
    return await _update(session, old, raw=b"", envelope={})


async def _leave_conversations(session: AsyncSession, until: datetime) -> int:
    """Forget in which chat a message came, also in one whose person is nobody to us any more."""
    old = (InboundRow.state == READ, InboundRow.received_at <= until, InboundRow.conversation != "")
    return await _update(session, select(InboundRow.id).where(*old), conversation="")


async def _update(session: AsyncSession, messages: Select[int], **values: Any) -> int:
    emptied = await session.execute(
        update(InboundRow)
        .where(InboundRow.id.in_(messages.order_by(InboundRow.id).limit(_MOST_AT_ONCE)))
        .values(**values)
        .returning(InboundRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(emptied.all())


async def _forget_silent(session: AsyncSession, lifecycle: Lifecycle, until: datetime, now: datetime) -> int:
    """Forget who has neither written nor had an open idea since then, in all their channels; their ideas stay."""
    over = [stage for stage in lifecycle.stages if lifecycle.is_over(stage)]
    other = aliased(SubmitterRow)
    joined_and_active = select(other.id).where(other.person == SubmitterRow.person, ~_is_silent(other, over, until))
    silent = select(SubmitterRow).where(_is_silent(SubmitterRow, over, until), ~joined_and_active.exists())
    rows = (await session.scalars(silent.order_by(SubmitterRow.id).limit(_MOST_PEOPLE_AT_ONCE))).all()
    forgotten = 0
    for channel, address in [(row.channel, row.address) for row in rows]:
        person = await person_at(session, channel, address, locked=True)
        if person is not None:
            await forget(session, person, Fate.KEPT, now)
            forgotten += 1
    return forgotten


def _is_silent(row: type[SubmitterRow], over: list[str], until: datetime) -> ColumnElement[bool]:
    ideas = select(IdeaRow.id).where(IdeaRow.submitter_id == row.id)
    steps = ideas.join(StageChangeRow, StageChangeRow.idea_id == IdeaRow.id).where(StageChangeRow.at > until)
    said = ideas.join(ContributionRow, ContributionRow.idea_id == IdeaRow.id).where(ContributionRow.created_at > until)
    chat = InboundRow.conversation == row.channel + ":" + row.address
    written = select(InboundRow.id).where(chat, InboundRow.received_at > until)
    answered = select(NotificationRow.id).where(
        NotificationRow.submitter_id == row.id, NotificationRow.created_at > until
    )
    is_open = ideas.where(IdeaRow.merged_into_id.is_(None), IdeaRow.stage.not_in(over))
    return and_(row.created_at <= until, *(~each.exists() for each in (is_open, steps, said, written, answered)))


async def _forget_unconfirmed(session: AsyncSession, now: datetime) -> int:
    """Delete what staff wanted done by mail and have not confirmed: nobody can any more."""
    gone = delete(PendingDeedRow).where(PendingDeedRow.created_at <= now - CONFIRMED_WITHIN)
    return len((await session.execute(gone.returning(PendingDeedRow.id))).all())


async def _delete_notifications(session: AsyncSession, until: datetime) -> int:
    """Delete what people were told, and at once what could not tell a bare chat that its person is forgotten.

    Of what bodies were told only receipts go: they repeat what staff have written.
    """
    is_personal = or_(NotificationRow.submitter_id.is_not(None), NotificationRow.template == RECEIPT)
    is_old = and_(is_personal, NotificationRow.created_at <= until)
    finished = NotificationRow.state.not_in(UNFINISHED)
    gone = select(NotificationRow.id).where(finished, or_(is_old, NotificationRow.template == FAREWELL))
    deleted = await session.execute(
        delete(NotificationRow)
        .where(NotificationRow.id.in_(gone.limit(_MOST_AT_ONCE)))
        .returning(NotificationRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(deleted.all())
