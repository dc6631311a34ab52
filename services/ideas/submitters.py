"""Submitters: who is behind an address, whether it is really theirs, and whether they want mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.answers import mailbox_of
from services.ideas.capability import Purpose
from services.ideas.channels import EMAIL
from services.ideas.grants import idea_of
from services.ideas.model import Sender, Subscription
from services.ideas.store import insert_into
from services.ideas.tables import SubmitterRow
from services.ideas.undeliverable import UNSUBSCRIBED, withhold
from services.ideas.updates import release_updates
from services.ideas.views import person_of


async def submitter_of(session: AsyncSession, sender: Sender, now: datetime) -> SubmitterRow:
    """The row of whoever sent something, made where there is none, and verified where the channel vouches for them."""
    known = select(SubmitterRow).where(SubmitterRow.channel == sender.channel, SubmitterRow.address == sender.address)
    submitter: SubmitterRow | None = await session.scalar(known)
    if submitter is None:
        await _make(session, sender, now)
        submitter = (await session.scalars(known)).one()
    if sender.verified:
        await verify(session, submitter, now)
    return submitter


async def verify(session: AsyncSession, submitter: SubmitterRow, now: datetime) -> None:
    """Remember since when an address is known to be its submitter's own; what had to wait for that leaves now."""
    if submitter.verified_at is None:
        submitter.verified_at = now
        await release_updates(session, submitter, now)


async def submitter_by_token(session: AsyncSession, token: str, purpose: Purpose) -> SubmitterRow | None:
    """The submitter whom a link in a mail concerns; None for an unknown token and an erased person alike.

    Where the idea came through another channel, it is the mailbox that its sender has joined with it.
    """
    idea = await idea_of(session, token, purpose)
    if idea is None or idea.submitter_id is None:
        return None
    submitter = await session.get(SubmitterRow, idea.submitter_id)
    if submitter is None or submitter.channel == EMAIL:
        return submitter
    return next(iter(await _mailboxes(session, submitter)), submitter)


async def unsubscribe(session: AsyncSession, submitter: SubmitterRow, now: datetime) -> None:
    """Send this person no mail any more, to none of their mailboxes, not even what is owed already."""
    for row in await _mailboxes(session, submitter) or [submitter]:
        row.unsubscribed_at = row.unsubscribed_at or now
        await withhold(session, row.id, UNSUBSCRIBED)


async def resubscribe(session: AsyncSession, submitter: SubmitterRow) -> None:
    """Send this person mail again."""
    for row in await _mailboxes(session, submitter) or [submitter]:
        row.unsubscribed_at = None


async def _make(session: AsyncSession, sender: Sender, now: datetime) -> None:
    insert = (
        insert_into(session, SubmitterRow)
        .values(
            channel=sender.channel,
            address=sender.address,
            mailbox=mailbox_of(sender.address),
            language=sender.language,
            created_at=now,
            undeliverable_reason="",
        )
        # Another process may have made it meanwhile.
        .on_conflict_do_nothing(index_elements=["channel", "address"])
    )
    await session.execute(insert)


async def _mailboxes(session: AsyncSession, submitter: SubmitterRow) -> Sequence[SubmitterRow]:
    rows = select(SubmitterRow).where(
        SubmitterRow.id.in_(person_of(submitter.channel, submitter.address)), SubmitterRow.channel == EMAIL
    )
    return (await session.scalars(rows.order_by(SubmitterRow.id))).all()


def subscription(submitter: SubmitterRow) -> Subscription:
    """What a page or a mail says about it."""
    return Subscription(verified=submitter.verified_at is not None, unsubscribed=submitter.unsubscribed_at is not None)
