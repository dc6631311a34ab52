"""Addresses that no mail may go to any more: those that do not exist, and those whose owner wants none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.capability import Purpose
from services.ideas.enhanced_status import is_about_address
from services.ideas.grants import notification_of
from services.ideas.model import BounceReport, NotificationState
from services.ideas.store import insert_into
from services.ideas.tables import IdeaRow, NotificationRow, RoleMailboxRow, SubmitterRow

UNDELIVERABLE = "mail to this address comes back"
UNSUBSCRIBED = "the person wants no mail"


@dataclass(frozen=True, slots=True)
class UndeliverableAddress:
    """An address that mail came back from, since when and why, and the ideas whose submitter it is (none: a body)."""

    address: str
    since: datetime
    reason: str
    references: tuple[str, ...]


async def is_undeliverable(session: AsyncSession, submitter_id: int | None, recipient: str | None) -> str:
    """Why no mail may go to a submitter or a role mailbox; "" where it may."""
    if recipient is not None:
        known = await session.get(RoleMailboxRow, recipient)
        return UNDELIVERABLE if known else ""
    submitter = await session.get(SubmitterRow, submitter_id) if submitter_id is not None else None
    if submitter is None:
        return ""
    return UNDELIVERABLE if submitter.undeliverable_at else UNSUBSCRIBED if submitter.unsubscribed_at else ""


async def record_bounce(session: AsyncSession, report: BounceReport, now: datetime) -> bool:
    """What a delivery report changes: its notification, and for good also whether mail goes to that address.

    False, and nothing, where its return path is none of ours: anybody can write a delivery report.
    """
    notification = await notification_of(session, report.token, Purpose.RETURN_PATH)
    if notification is None:
        return False
    said = f"it came back ({report.status})" if report.status else "it came back"
    if report.permanent:
        notification.state = NotificationState.BOUNCED
        if is_about_address(report.status):
            await mark_undeliverable(session, notification, said, now)
    notification.last_error = said
    return True


async def mark_undeliverable(session: AsyncSession, notification: NotificationRow, reason: str, now: datetime) -> None:
    """Stop all mail to the recipient of this notification."""
    if notification.submitter_id is not None:
        await session.execute(
            update(SubmitterRow)
            .where(SubmitterRow.id == notification.submitter_id)
            .values(undeliverable_at=now, undeliverable_reason=reason)
        )
        await withhold(session, notification.submitter_id, UNDELIVERABLE)
    elif notification.recipient is not None:
        known = insert_into(session, RoleMailboxRow).values(
            address=notification.recipient, undeliverable_at=now, undeliverable_reason=reason
        )
        await session.execute(known.on_conflict_do_nothing(index_elements=["address"]))
        owed = NotificationRow.recipient == notification.recipient
        await session.execute(_withholding(UNDELIVERABLE).where(owed))


async def withhold(session: AsyncSession, submitter_id: int, reason: str) -> None:
    """Keep what is still owed to a submitter from being sent; what is being sent already is not caught up with."""
    await session.execute(_withholding(reason).where(NotificationRow.submitter_id == submitter_id))


async def undeliverable(session: AsyncSession) -> tuple[UndeliverableAddress, ...]:
    """All addresses that mail came back from, the bodies' first."""
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
    """Send to an address again, and what a role mailbox missed as well; False where it was not stopped."""
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
    is_role_mailbox = gone.first() is not None
    if is_role_mailbox:
        await session.execute(
            update(NotificationRow)
            .where(NotificationRow.recipient == address, NotificationRow.state.in_(missed))
            .values(state=NotificationState.DUE, available_at=now, attempts=0, last_error="")
        )
    return is_role_mailbox or stopped.first() is not None


def _withholding(reason: str) -> Update:
    return (
        update(NotificationRow)
        .where(NotificationRow.state == NotificationState.DUE)
        .values(state=NotificationState.WITHHELD, last_error=reason)
    )
