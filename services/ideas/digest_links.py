"""The links of digests: what a mail's bearer may look at, until when, and how a body's links are closed at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.grants import notification_of
from services.ideas.outbox import DIGEST
from services.ideas.tables import CapabilityRow, NotificationRow
from services.ideas.work_tables import DigestItemRow

# What leaves for a body with a secret address to answer to: digests, and what was made of answers to them.
_OF_BODIES = (DIGEST, "receipt")
# What a body's mails let their reader do. A bounce still has to be recognised.
_CLOSED = (Purpose.DIGEST_PAGE, Purpose.REPLY)
OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DigestLink:
    """What the link of one digest mail opens: the digest, in the name of its body, until a moment."""

    digest: int
    body: str
    until: datetime


async def link_of(session: AsyncSession, catalogue: Catalogue, token: str) -> DigestLink | None:
    """What a token opens, also if it no longer does; nothing where the mailbox that got it is no longer the body's."""
    row = await notification_of(session, token, Purpose.DIGEST_PAGE)
    body = catalogue.bodies.get(row.parameters["body"]) if row is not None and row.template == DIGEST else None
    if row is None or body is None or row.recipient not in body.email:
        return None
    return DigestLink(row.parameters["digest"], row.parameters["body"], row.created_at + OPEN_FOR)


async def idea_of(session: AsyncSession, digest_id: int, number: int) -> int | None:
    """The idea (id) that a digest names by a number."""
    found: int | None = await session.scalar(
        select(DigestItemRow.idea_id).where(DigestItemRow.digest_id == digest_id, DigestItemRow.number == number)
    )
    return found


async def revoke(session: AsyncSession, body: str) -> int:
    """Close all links and secret reply addresses that a body's mails have; how many."""
    of_body = select(NotificationRow.id).where(
        NotificationRow.template.in_(_OF_BODIES), NotificationRow.parameters["body"].as_string() == body
    )
    closed = delete(CapabilityRow).where(
        CapabilityRow.notification_id.in_(of_body), CapabilityRow.purpose.in_([each.value for each in _CLOSED])
    )
    return int((await session.execute(closed)).rowcount)  # type: ignore[attr-defined]
