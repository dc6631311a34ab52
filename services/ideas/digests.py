"""Digests in the store: one for each body and period, with what the body has not been told yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.inbound import waiting_for_people
from services.ideas.outbox import Outbox, Owed
from services.ideas.store import insert_into
from services.ideas.tables import AssignmentRow, DigestRow


async def digests_written(session: AsyncSession, body: str, periods: Sequence[str]) -> frozenset[str]:
    """Which of these periods of a body are done."""
    found = select(DigestRow.period).where(DigestRow.body == body, DigestRow.period.in_(periods))
    return frozenset(await session.scalars(found))


async def write_digest(  # noqa: PLR0913 - what it writes, where, by which rules, and when
    session: AsyncSession, outbox: Outbox, catalogue: Catalogue, *, body_id: str, period: str, now: datetime
) -> int | None:
    """Write one digest and owe it to each mailbox and the group of the body; see `Register.write_digest`."""
    digest = (
        insert_into(session, DigestRow)
        .values(body=body_id, period=period, created_at=now)
        .on_conflict_do_nothing(index_elements=["body", "period"])
        .returning(DigestRow.id)
    )
    digest_id = (await session.execute(digest)).scalar_one_or_none()
    if digest_id is None:
        return None
    told = await session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.body == body_id, AssignmentRow.digest_id.is_(None))
        .values(digest_id=digest_id)
        .returning(AssignmentRow.id)
    )
    number = len(told.all())
    # Whoever gets what no rule names also looks after the messages that only a person can place.
    has_waiting = body_id == catalogue.catch_all and await waiting_for_people(session) > 0
    if not number and not has_waiting:
        return number
    body = catalogue.bodies[body_id]
    parameters = {"digest": digest_id, "body": body_id, "period": period}
    key = f"digest:{body_id}:{period}"
    for position, address in enumerate(body.email):
        await outbox.owe(session, Owed(f"{key}:{position}", EMAIL, "digest", parameters, recipient=address), now)
    if body.telegram is not None and body.telegram.digest:
        group = str(body.telegram.chat_id)
        await outbox.owe(session, Owed(f"{key}:telegram", TELEGRAM, "digest", parameters, recipient=group), now)
    return number
