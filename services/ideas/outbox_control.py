"""Staff's hand on the outbox: what waits, what was given up, and whether anything is sent at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import outbox
from services.ideas.model import UNFINISHED, NotificationState
from services.ideas.store import Store, insert_into
from services.ideas.tables import NotificationRow, SubmitterRow
from services.ideas.undeliverable import why_withheld
from services.ideas.work_tables import OutboxControlRow

OLDER_COPY = "the database is an older copy"
COPIED = "the data directory was copied"
DISCARDED = "it was due when sending was released, and discarded"
_ID = 1
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent, since when and why."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Stranded:
    """A notification that was given up: `about` is an idea's reference or a body, `since` when it was given up."""

    number: int
    template: str
    channel: str
    about: str
    address: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """How the outbox fares: numbers by state, since when the oldest that is due has waited, and what was given up."""

    counts: Mapping[str, int]
    oldest: datetime | None
    given_up: tuple[Stranded, ...]
    pause: Pause | None


@dataclass(frozen=True, slots=True)
class Retried:
    """Which given-up notifications are sent once more, and why others cannot be, by number."""

    due: tuple[int, ...]
    refused: Mapping[int, str]


class OutboxControl:
    """Each method is one transaction, may be repeated, and raises StoreError as `Store` says."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def overview(self) -> Overview:
        """How the outbox fares now."""
        async with self._store.reading() as session:
            oldest = select(func.min(NotificationRow.created_at)).where(NotificationRow.state.in_(UNFINISHED))
            return Overview(
                counts=await outbox.counts(session),
                oldest=await session.scalar(oldest),
                given_up=tuple([_stranded(row, submitter) for row, submitter in await _given_up(session)]),
                pause=await _pause(session),
            )

    async def paused(self) -> Pause | None:
        """The pause, if there is one."""
        async with self._store.reading() as session:
            return await _pause(session)

    async def retry(self, number: int | None, now: datetime) -> Retried:
        """Send a given-up notification once more, or all of them (None), with all attempts before them.

        Those whose recipient nothing may go to are left as they are.
        """
        due, refused = [], {}
        async with self._store.writing() as session:
            for row, submitter in await _given_up(session, number):
                if withheld := await why_withheld(session, submitter, row.recipient, row.template):
                    refused[row.id] = withheld
                    continue
                row.state, row.available_at, row.attempts, row.doubts = NotificationState.DUE, now, 0, 0
                due.append(row.id)
        return Retried(tuple(due), refused)

    async def pause(self, reason: str, now: datetime) -> None:
        """Send nothing until it is released; a pause that there is keeps its time and reason."""
        async with self._store.writing() as session:
            await _begin_pause(session, reason, now)

    async def release(self, now: datetime, *, discard: bool = False) -> int:
        """Send again. With `discard`, what is due now is withheld first; returns how much that was.

        From now on no sender holds this database for an older copy of itself.
        """
        async with self._store.writing() as session:
            discarded = await _discard(session) if discard else 0
            await raise_mark(session, now)
            await session.execute(update(OutboxControlRow).values(paused_at=None, reason=""))
            return discarded

    async def check(self, seen: int, now: datetime, *, is_copied: bool = False) -> tuple[int, str]:
        """The database's mark, and why the outbox is paused now; "" where it is not because of this.

        A sender that has `seen` a higher mark has an older copy before it, and where what it has seen `is_copied`, the
        database may come from the same copy. A database that owes nobody anything is a new one.
        """
        async with self._store.writing() as session:
            mark = await session.scalar(select(OutboxControlRow.mark)) or 0
            is_new = not mark and await session.scalar(select(NotificationRow.id).limit(1)) is None
            if is_new or (seen <= mark and not is_copied):
                return mark, ""
            reason = OLDER_COPY if seen > mark else COPIED
            await _begin_pause(session, reason, now)
            return mark, reason


async def raise_mark(session: AsyncSession, now: datetime) -> int:
    """Raise the mark, and return it: to the time in milliseconds, so that it also passes what other copies had."""
    milliseconds = round(now.timestamp() * 1000)
    inserted = insert_into(session, OutboxControlRow).values(id=_ID, reason="", mark=milliseconds)
    higher = case((OutboxControlRow.mark < milliseconds, milliseconds), else_=OutboxControlRow.mark + 1)
    raised = inserted.on_conflict_do_update(index_elements=["id"], set_={"mark": higher})
    mark: int = (await session.execute(raised.returning(OutboxControlRow.mark))).scalar_one()
    return mark


async def _begin_pause(session: AsyncSession, reason: str, now: datetime) -> None:
    paused = {"paused_at": now, "reason": reason[:_LONGEST_REASON]}
    inserted = insert_into(session, OutboxControlRow).values(id=_ID, mark=0, **paused)
    await session.execute(
        inserted.on_conflict_do_update(index_elements=["id"], set_=paused, where=OutboxControlRow.paused_at.is_(None))
    )


async def _pause(session: AsyncSession) -> Pause | None:
    row = await session.get(OutboxControlRow, _ID)
    return Pause(row.paused_at, row.reason) if row is not None and row.paused_at else None


async def _discard(session: AsyncSession) -> int:
    discarded = await session.scalars(
        update(NotificationRow)
        .where(NotificationRow.state.in_(UNFINISHED))
        .values(state=NotificationState.WITHHELD, last_error=DISCARDED)
        .returning(NotificationRow.id)
    )
    return len(discarded.all())


async def _given_up(
    session: AsyncSession, number: int | None = None
) -> list[tuple[NotificationRow, SubmitterRow | None]]:
    found = (
        select(NotificationRow, SubmitterRow)
        .outerjoin(SubmitterRow, SubmitterRow.id == NotificationRow.submitter_id)
        .where(NotificationRow.state == NotificationState.GIVEN_UP)
        .order_by(NotificationRow.id)
    )
    if number is not None:
        found = found.where(NotificationRow.id == number)
    return [(row, submitter) for row, submitter in await session.execute(found)]


def _stranded(row: NotificationRow, submitter: SubmitterRow | None) -> Stranded:
    return Stranded(
        number=row.id,
        template=row.template,
        channel=row.channel,
        about=str(row.parameters.get("reference") or row.parameters.get("body") or ""),
        address=submitter.address if submitter else row.recipient or "",
        reason=row.last_error,
        since=row.available_at,
    )
