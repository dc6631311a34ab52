"""Who gets a body's digest has changed: everybody whom that concerns is told, so that a wrong address is noticed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.bodies import Body
from services.ideas.channels import EMAIL
from services.ideas.outbox import Outbox, Owed
from services.ideas.tables import DigestRow, NotificationRow

# A digest that had nothing to say was sent to nobody.
_LOOKED_BACK = 30
_MOST_MAILBOXES = 100


async def announce_recipients(session: AsyncSession, outbox: Outbox, body: Body, digest_id: int, now: datetime) -> None:
    """Owe a message to the old and the new mailboxes of a body, where they differ since the digest before this one.

    An installation's first digest announces nothing: nobody is there who would know better.
    """
    if EMAIL not in body.digest.channels:
        return
    before = await _recipients_before(session, body, digest_id)
    added, removed = set(body.email) - before, before - set(body.email)
    if not before or not (added or removed):
        return
    parameters = {"body": body.id, "added": sorted(added), "removed": sorted(removed)}
    for address in sorted(before | added):
        owed = Owed(f"recipients:{digest_id}:{address}", EMAIL, "recipients", parameters, recipient=address)
        await outbox.owe(session, owed, now)


async def _recipients_before(session: AsyncSession, body: Body, digest_id: int) -> set[str]:
    """The mailboxes that got the last digest of the body that was sent to any."""
    earlier = select(DigestRow.period).where(DigestRow.body == body.id, DigestRow.id < digest_id)
    for period in await session.scalars(earlier.order_by(DigestRow.id.desc()).limit(_LOOKED_BACK)):
        found = set(filter(None, await session.scalars(_mailboxes(f"digest:{body.id}:{period}"))))
        if found:
            return found
    return set()


def _mailboxes(key: str) -> Select[str | None]:
    # One by one: what lies between two keys depends on the language by which a database sorts.
    keys = [f"{key}:{number}" for number in range(_MOST_MAILBOXES)]
    return select(NotificationRow.recipient).where(NotificationRow.key.in_(keys), NotificationRow.channel == EMAIL)
