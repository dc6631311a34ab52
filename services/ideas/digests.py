"""Digests in the store: one for each body and period, with what the ledger holds for it and what waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.bodies import Body, Cadence
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.digest_order import ideas_waiting, numbered
from services.ideas.inbound import waiting_for_people
from services.ideas.ledger import URGENCIES, Event
from services.ideas.new_recipients import announce_recipients
from services.ideas.outbox import Outbox, Owed
from services.ideas.periods import Period
from services.ideas.store import insert_into
from services.ideas.tables import DigestRow, IdeaRow
from services.ideas.work_tables import DigestItemRow, LedgerRow

# So many ideas at a time are told of in one statement.
_AT_ONCE = 5_000
# What a body did itself is told beside other things: its receipt has told it already.
_OWN_DEEDS = frozenset({Event.DECIDED, Event.UNDONE})


async def write_digest(  # noqa: PLR0913 - what it writes, where, by which rules, and when
    session: AsyncSession, outbox: Outbox, catalogue: Catalogue, *, body_id: str, period: Period, now: datetime
) -> int | None:
    """Write one digest and owe it to each mailbox and the group of the body; see `Register.write_digest`."""
    body = catalogue.bodies[body_id]
    untold = _untold(body_id, period)
    is_urgent = await _is_urgent(session, untold, body)
    if body.digest.every is Cadence.IMMEDIATELY and not is_urgent:
        return 0  # a period of a minute is not worth a row
    digest = (
        insert_into(session, DigestRow)
        .values(body=body_id, period=period.key, until=period.until, created_at=now)
        .on_conflict_do_nothing(index_elements=["body", "period"])
        .returning(DigestRow.id)
    )
    digest_id: int | None = (await session.execute(digest)).scalar_one_or_none()
    if digest_id is None:
        return None
    waiting = (await session.scalars(ideas_waiting(catalogue, body_id))).all()
    leaves_anyway = await _leaves_anyway(session, catalogue, body, period, now, has_work=bool(waiting))
    told = await _take(session, untold, waiting, digest_id) if is_urgent or leaves_anyway else []
    if not told and not leaves_anyway:
        return 0
    told_here = (LedgerRow.digest_id == digest_id,)
    named = [(row.idea_id, row.event) for row in told]
    await _number(session, digest_id, await numbered(session, catalogue, body_id, told_here, named, waiting))
    await _owe(session, outbox, body, period, digest_id, now)
    return len({row.idea_id for row in told})


def _untold(body_id: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    """What a body is to hear that happened by the period's end. Of a locked idea nobody hears more."""
    is_locked = select(IdeaRow.id).where(IdeaRow.id == LedgerRow.idea_id, IdeaRow.locked_at.is_not(None)).exists()
    return (LedgerRow.body == body_id, LedgerRow.digest_id.is_(None), LedgerRow.at <= period.until, ~is_locked)


async def _leaves_anyway(  # noqa: PLR0913 - all that a digest may leave for beside news
    session: AsyncSession, catalogue: Catalogue, body: Body, period: Period, now: datetime, *, has_work: bool
) -> bool:
    """Whether the digest leaves although nothing in it is urgent enough."""
    today = now.astimezone(body.digest.zone or catalogue.settings.region.zone).date()
    is_folder = has_work and period.sitting is not None and period.sitting >= today
    # Whoever gets what no rule names also looks after the messages that only a person can place.
    has_post = body.id == catalogue.catch_all and await waiting_for_people(session) > 0
    return body.digest.empty or is_folder or has_post


async def _is_urgent(session: AsyncSession, untold: Iterable[ColumnElement[bool]], body: Body) -> bool:
    events = select(LedgerRow.event).where(*untold).distinct()
    found = {Event(event) for event in await session.scalars(events)} - _OWN_DEEDS
    return any(URGENCIES[event] >= body.digest.at_least for event in found)


async def _take(
    session: AsyncSession, untold: Iterable[ColumnElement[bool]], waiting: Sequence[int], digest_id: int
) -> Sequence[Row[int, str, int]]:
    # First the ideas that the digest will name, as whoever changes one does, then what is to be told of them
    # (services.ideas.ledger), both in order: so no two transactions wait for one another.
    is_named = or_(IdeaRow.id.in_(select(LedgerRow.idea_id).where(*untold)), IdeaRow.id.in_(waiting))
    ideas = select(IdeaRow.id).where(is_named).order_by(IdeaRow.id)
    named = (await session.scalars(ideas.with_for_update(read=True, key_share=True))).all()
    rows: list[Row[int, str, int]] = []
    for first in range(0, len(named), _AT_ONCE):
        # Of these alone: what was entered meanwhile for another one is told in the next digest.
        own = LedgerRow.idea_id.in_(named[first : first + _AT_ONCE])
        held = select(LedgerRow.id).where(*untold, own).order_by(LedgerRow.id).with_for_update()
        taken = update(LedgerRow).where(LedgerRow.id.in_(held)).values(digest_id=digest_id)
        told = taken.returning(LedgerRow.idea_id, LedgerRow.event, LedgerRow.id)
        rows += await session.execute(told.execution_options(synchronize_session=False))
    return sorted(rows, key=lambda row: row.id)


async def _number(session: AsyncSession, digest_id: int, numbers: Mapping[int, int]) -> None:
    items = [{"digest_id": digest_id, "number": number, "idea_id": idea_id} for idea_id, number in numbers.items()]
    if items:
        await session.execute(insert(DigestItemRow), items)


async def _owe(  # noqa: PLR0913, PLR0917 - one message for each recipient
    session: AsyncSession, outbox: Outbox, body: Body, period: Period, digest_id: int, now: datetime
) -> None:
    parameters = {"digest": digest_id, "body": body.id, "period": period.key}
    if period.sitting is not None:
        parameters["sitting"] = period.sitting.isoformat()
    key = f"digest:{body.id}:{period.key}"
    recipients = [(str(number), EMAIL, address) for number, address in enumerate(body.email)]
    if body.telegram is not None:
        recipients.append(("telegram", TELEGRAM, str(body.telegram.chat_id)))
    for suffix, channel, recipient in recipients:
        if channel in body.digest.channels:
            owed = Owed(f"{key}:{suffix}", channel, "digest", parameters, recipient=recipient)
            await outbox.owe(session, owed, now)
    await announce_recipients(session, outbox, body, digest_id, now)
