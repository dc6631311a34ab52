"""Addresses that nothing may be sent to any more: those that cannot be reached, and those whose owner wants nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.capability import Purpose
from services.ideas.channels import TELEGRAM
from services.ideas.enhanced_status import is_about_address
from services.ideas.grants import notification_of
from services.ideas.model import NotificationState
from services.ideas.readings import BounceReport
from services.ideas.store import insert_into
from services.ideas.tables import IdeaRow, NotificationRow, RoleMailboxRow, SubmitterRow

# What a person is told unasked; whatever else a chat is sent answers what its person has said.
UPDATE = "update"
UNDELIVERABLE = "mail to this address comes back"
UNREACHABLE = "the bot may not write to this chat"
UNSUBSCRIBED = "the person wants no mail"
UNVERIFIED = "the address is not verified"
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class UndeliverableAddress:
    """An address that cannot be reached, since when and why, and the ideas whose submitter it is (none: a body)."""

    address: str
    since: datetime
    reason: str
    references: tuple[str, ...]


async def why_withheld(
    session: AsyncSession, submitter: SubmitterRow | None, recipient: str | None, template: str
) -> str:
    """Why a message must not go to a submitter, a role mailbox or a group; "" where it may."""
    if submitter is None:
        known = await session.get(RoleMailboxRow, recipient) if recipient is not None else None
        return UNDELIVERABLE if known else ""
    if submitter.undeliverable_at:
        return _unreachable(submitter.channel)
    is_answer = submitter.channel == TELEGRAM and template != UPDATE
    return UNSUBSCRIBED if submitter.unsubscribed_at and not is_answer else ""


async def reachable_elsewhere(session: AsyncSession, submitter: SubmitterRow) -> SubmitterRow | None:
    """The same person in another channel, where they can be reached and want updates."""
    if submitter.person is None:
        return None
    found: SubmitterRow | None = await session.scalar(
        select(SubmitterRow)
        .where(
            SubmitterRow.person == submitter.person,
            SubmitterRow.id != submitter.id,
            SubmitterRow.verified_at.is_not(None),
            SubmitterRow.unsubscribed_at.is_(None),
            SubmitterRow.undeliverable_at.is_(None),
        )
        .order_by(SubmitterRow.id)
        .limit(1)
    )
    return found


async def record_bounce(session: AsyncSession, report: BounceReport, now: datetime) -> bool:
    """What a delivery report changes: its notification, and for good also whether mail goes to that address.

    False, and nothing, where its return path is none of ours: anybody can write a delivery report.
    """
    notification = await notification_of(session, report.token, Purpose.RETURN_PATH)
    if notification is None:
        return False
    said = f"it came back ({report.status})" if report.status else "it came back"
    notification.last_error = said
    if report.permanent:
        notification.state = NotificationState.BOUNCED
        if is_about_address(report.status):
            await mark_undeliverable(session, notification, said, now)
    return True


async def mark_undeliverable(session: AsyncSession, notification: NotificationRow, reason: str, now: datetime) -> None:
    """Stop everything to the recipient of this notification; an update goes to another address of the same person."""
    if notification.recipient is not None:
        known = insert_into(session, RoleMailboxRow).values(
            address=notification.recipient, undeliverable_at=now, undeliverable_reason=reason[:_LONGEST_REASON]
        )
        await session.execute(known.on_conflict_do_nothing(index_elements=["address"]))
        owed = NotificationRow.recipient == notification.recipient
        await session.execute(_withholding(UNDELIVERABLE).where(owed))
    submitter = await _submitter(session, notification.submitter_id)
    if submitter is None:
        return
    await unreachable(session, submitter, reason, now)
    is_over = notification.state in (NotificationState.GIVEN_UP, NotificationState.BOUNCED)
    if is_over and notification.template == UPDATE and await reachable_elsewhere(session, submitter):
        # The next claim finds that it cannot go where it was to go.
        notification.state, notification.available_at = NotificationState.DUE, now


async def unreachable(session: AsyncSession, submitter: SubmitterRow, reason: str, now: datetime) -> None:
    """Send a person nothing at this address any more: it does not exist, or they have blocked the bot."""
    submitter.undeliverable_at, submitter.undeliverable_reason = now, reason[:_LONGEST_REASON]
    await withhold(session, submitter.id, _unreachable(submitter.channel))


def reachable_again(submitter: SubmitterRow) -> None:
    """A person who writes to us can be written to; what was withheld meanwhile they find in the status of the idea."""
    submitter.undeliverable_at, submitter.undeliverable_reason = None, ""


async def withhold(session: AsyncSession, submitter_id: int, reason: str) -> None:
    """Keep what is still owed to a submitter from being sent; what is being sent already is not caught up with.

    In a chat whoever wants no mail gets answers all the same. Updates that can go to the same person elsewhere stay.
    """
    owed = _withholding(reason).where(NotificationRow.submitter_id == submitter_id)
    if reason == UNSUBSCRIBED:
        owed = owed.where(or_(NotificationRow.channel != TELEGRAM, NotificationRow.template == UPDATE))
    submitter = await _submitter(session, submitter_id)
    if submitter is not None and await reachable_elsewhere(session, submitter):
        owed = owed.where(NotificationRow.template != UPDATE)
    await session.execute(owed)


async def undeliverable(session: AsyncSession) -> tuple[UndeliverableAddress, ...]:
    """All addresses that cannot be reached, the bodies' first."""
    mailboxes = await session.scalars(select(RoleMailboxRow).order_by(RoleMailboxRow.address))
    found = [UndeliverableAddress(row.address, row.undeliverable_at, row.undeliverable_reason, ()) for row in mailboxes]
    submitters = await session.scalars(
        select(SubmitterRow).where(SubmitterRow.undeliverable_at.is_not(None)).order_by(SubmitterRow.undeliverable_at)
    )
    for row in submitters.all():
        references = await session.scalars(select(IdeaRow.reference).where(IdeaRow.submitter_id == row.id))
        since = row.undeliverable_at or row.created_at
        found.append(UndeliverableAddress(row.address, since, row.undeliverable_reason, tuple(references)))
    return tuple(found)


async def resume(session: AsyncSession, address: str, now: datetime) -> bool:
    """Send to an address again, and the digests that a body missed as well; False where it was not stopped."""
    stopped = await session.execute(
        update(SubmitterRow)
        .where(SubmitterRow.address == address, SubmitterRow.undeliverable_at.is_not(None))
        .values(undeliverable_at=None, undeliverable_reason="")
        .returning(SubmitterRow.id)
    )
    gone = await session.execute(
        delete(RoleMailboxRow).where(RoleMailboxRow.address == address).returning(RoleMailboxRow.address)
    )
    # A person sees all steps on the page of the idea; a body would never hear of what stood in a lost digest.
    missed = (NotificationState.WITHHELD, NotificationState.BOUNCED, NotificationState.GIVEN_UP)
    is_bodys = gone.first() is not None
    if is_bodys:
        await session.execute(
            update(NotificationRow)
            .where(
                NotificationRow.recipient == address,
                NotificationRow.template == "digest",
                NotificationRow.state.in_(missed),
            )
            .values(state=NotificationState.DUE, available_at=now, attempts=0, doubts=0, last_error="")
        )
    return is_bodys or stopped.first() is not None


async def _submitter(session: AsyncSession, submitter_id: int | None) -> SubmitterRow | None:
    return await session.get(SubmitterRow, submitter_id) if submitter_id is not None else None


def _unreachable(channel: str) -> str:
    return UNREACHABLE if channel == TELEGRAM else UNDELIVERABLE


def _withholding(reason: str) -> Update:
    return (
        update(NotificationRow)
        .where(NotificationRow.state == NotificationState.DUE)
        .values(state=NotificationState.WITHHELD, last_error=reason)
    )
