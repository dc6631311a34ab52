"""Digests in the store: one for each body and period, with what the ledger holds for it and what waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.bodies import Body, Cadence
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.inbound import waiting_for_people
from services.ideas.ledger import URGENCIES, Event
from services.ideas.model import AssignmentState
from services.ideas.outbox import Outbox, Owed
from services.ideas.periods import Period
from services.ideas.store import insert_into
from services.ideas.tables import AssignmentRow, DigestRow, IdeaRow
from services.ideas.work_tables import DigestItemRow, LedgerRow

# So many of what waits get a number in each digest; whoever has more finds the rest once these are done.
MOST_WAITING = 200
# In this order a digest tells, and counts; waiting ideas come between them.
NEWS = (Event.NEW, Event.RAISED, Event.STATEMENT, Event.CHANGED)
FROM_CITIZENS = (Event.ADDED, Event.WITHDRAWN, Event.ERASED)
AFTERWARDS = (Event.OVERDUE, Event.DECIDED, Event.UNDONE, Event.OUTCOME)


async def digests_written(session: AsyncSession, body: str, periods: Sequence[str]) -> frozenset[str]:
    """Which of these periods of a body are done."""
    found = select(DigestRow.period).where(DigestRow.body == body, DigestRow.period.in_(periods))
    return frozenset(await session.scalars(found))


async def write_digest(  # noqa: PLR0913 - what it writes, where, by which rules, and when
    session: AsyncSession, outbox: Outbox, catalogue: Catalogue, *, body_id: str, period: Period, now: datetime
) -> int | None:
    """Write one digest and owe it to each mailbox and the group of the body; see `Register.write_digest`."""
    body = catalogue.bodies[body_id]
    untold = (LedgerRow.body == body_id, LedgerRow.digest_id.is_(None), LedgerRow.at <= period.until)
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
    told = await _take(session, untold, digest_id) if is_urgent else []
    # Whoever gets what no rule names also looks after the messages that only a person can place.
    has_waiting = body_id == catalogue.catch_all and await waiting_for_people(session) > 0
    waiting = await _waiting(session, body_id)
    is_folder = period.sitting is not None and bool(waiting)
    if not told and not has_waiting and not is_folder and not body.digest.empty:
        return 0
    await _number(session, digest_id, told, waiting)
    await _owe(session, outbox, body, period, digest_id, now)
    return len({row.idea_id for row in told})


async def _is_urgent(session: AsyncSession, untold: Iterable[ColumnElement[bool]], body: Body) -> bool:
    events = select(LedgerRow.event).where(*untold).distinct()
    return any(URGENCIES[Event(event)] >= body.digest.at_least for event in await session.scalars(events))


async def _take(
    session: AsyncSession, untold: Iterable[ColumnElement[bool]], digest_id: int
) -> Sequence[Row[int, str, int]]:
    taken = update(LedgerRow).where(*untold).values(digest_id=digest_id)
    told = taken.returning(LedgerRow.idea_id, LedgerRow.event, LedgerRow.id)
    rows = await session.execute(told.execution_options(synchronize_session=False))
    return sorted(rows, key=lambda row: row.id)


async def _waiting(session: AsyncSession, body_id: str) -> Sequence[int]:
    found = (
        select(AssignmentRow.idea_id)
        .join(IdeaRow, IdeaRow.id == AssignmentRow.idea_id)
        .where(
            AssignmentRow.body == body_id,
            AssignmentRow.state == AssignmentState.OPEN,
            IdeaRow.locked_at.is_(None),
            IdeaRow.merged_into_id.is_(None),
        )
        .order_by(AssignmentRow.assigned_at, AssignmentRow.idea_id)
        .limit(MOST_WAITING)
    )
    return (await session.scalars(found)).all()


async def _number(
    session: AsyncSession, digest_id: int, told: Sequence[Row[int, str, int]], waiting: Sequence[int]
) -> None:
    """Number what the digest names, in the order in which it does."""
    of = {event: [row.idea_id for row in told if row.event == event] for event in Event}
    first = (idea for event in (*NEWS, *FROM_CITIZENS) for idea in of[event])
    last = (idea for event in AFTERWARDS for idea in of[event])
    ideas = dict.fromkeys((*first, *waiting, *last))
    items = [
        {"digest_id": digest_id, "number": number, "idea_id": idea_id} for number, idea_id in enumerate(ideas, start=1)
    ]
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
