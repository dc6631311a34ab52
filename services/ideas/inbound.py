"""The inbound log: raw messages, committed before anyone is told that they arrived."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas.errors import StoreFull, StoreUnavailable
from services.ideas.model import InboundMessage, LoggedMessage, Receipt
from services.ideas.store import insert_into
from services.ideas.tables import InboundRow

STORED, READ, HELD, QUARANTINED = "stored", "read", "held", "quarantined"
FOR_PEOPLE = (HELD, QUARANTINED)
MAX_ATTEMPTS = 3
# A reader that dies says less than one that fails: the machine may have died, or another part of the process. Still,
# what kills it each time must not do so for ever.
MAX_CLAIMS = 10
# A transaction that has reached this size takes no further message: PostgreSQL ends at 1 GiB for one statement.
_ENOUGH_BYTES = 32 * 1024 * 1024
# While the store is away, what is not acknowledged must not fill the memory.
_MOST_WAITING_BYTES = 256 * 1024 * 1024

Commit = Callable[[Sequence[InboundMessage]], Awaitable[Sequence[Receipt]]]
_Waiting = tuple[InboundMessage, asyncio.Future[Receipt]]


class InboundLog:
    """Group commit: whoever appends waits for the one transaction that carries all who came meanwhile.

    Use it as an asynchronous context manager; leaving it commits what is waiting.
    """

    def __init__(self, commit: Commit, *, most_waiting: int = 1000, most_in_one: int = 100) -> None:
        self._commit = commit
        self._most_waiting = most_waiting
        self._most_in_one = most_in_one
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write(), name="inbound log")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._arrived.set()
        if self._writer is not None:
            await self._writer

    async def append(self, message: InboundMessage) -> Receipt:
        """Keep a message and return once it is committed. The same message again is kept once.

        Raises StoreUnavailable or StoreFull; then nothing was kept, and the sender has to try again. Whatever else it
        raises says that this very message cannot be stored.
        """
        if self._closing or len(self._waiting) >= self._most_waiting or self._waiting_bytes >= _MOST_WAITING_BYTES:
            raise StoreUnavailable("too many messages are waiting to be stored")
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, receipt))
        self._waiting_bytes += len(message.raw)
        self._arrived.set()
        return await receipt

    async def _write(self) -> None:
        while self._waiting or not self._closing:
            await self._arrived.wait()
            batch = self._next_batch()
            if not self._waiting and not self._closing:
                self._arrived.clear()
            if batch:
                await self._write_batch(batch)

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size_bytes = 0
        while self._waiting and len(batch) < self._most_in_one and size_bytes < _ENOUGH_BYTES:
            batch.append(self._waiting.popleft())
            size_bytes += len(batch[-1][0].raw)
        self._waiting_bytes -= size_bytes
        return batch

    async def _write_batch(self, batch: Sequence[_Waiting]) -> None:
        try:
            receipts = await self._commit([message for message, _ in batch])
        except (StoreUnavailable, StoreFull) as error:
            _refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - it reaches the one who appended; this loop must outlive it
            if len(batch) == 1:
                _refuse(batch, error)
                return
            # One message that cannot be stored must not take its company along.
            for alone in batch:
                await self._write_batch([alone])
        else:
            for (_, waiter), receipt in zip(batch, receipts, strict=True):
                # A client that hung up has cancelled its waiting; its message is kept all the same.
                if not waiter.done():
                    waiter.set_result(receipt)


def _refuse(batch: Sequence[_Waiting], error: Exception) -> None:
    for _, waiter in batch:
        if not waiter.done():
            waiter.set_exception(error)


async def insert(session: AsyncSession, messages: Sequence[InboundMessage]) -> tuple[Receipt, ...]:
    """Insert the messages that are new; the receipts come in the order of `messages`."""
    unique: dict[tuple[str, str], InboundMessage] = {}
    for message in messages:
        unique.setdefault((message.channel, message.external_id), message)
    statement = (
        insert_into(session, InboundRow)
        .on_conflict_do_nothing(index_elements=["channel", "external_id"])
        .returning(InboundRow.channel, InboundRow.external_id, InboundRow.id)
    )
    # The rows as parameters, not as VALUES: a statement of another length each time would be compiled each time.
    rows = await session.execute(statement, [row_of(message) for message in unique.values()])
    new = {(row.channel, row.external_id): row.id for row in rows}
    known = dict(new)
    if missing := [key for key in unique if key not in new]:
        present = await session.execute(
            select(InboundRow.channel, InboundRow.external_id, InboundRow.id).where(
                tuple_(InboundRow.channel, InboundRow.external_id).in_(missing)
            )
        )
        known |= {(row.channel, row.external_id): row.id for row in present}
    receipts = []
    for message in messages:
        key = (message.channel, message.external_id)
        receipts.append(Receipt(known[key], new.pop(key, None) is not None))
    return tuple(receipts)


def row_of(message: InboundMessage) -> dict[str, Any]:
    """A new message as its columns."""
    return {
        "channel": message.channel,
        "external_id": message.external_id,
        "conversation": message.conversation,
        "envelope": dict(message.envelope),
        "raw": message.raw,
        "received_at": message.received_at,
        "available_at": message.received_at,
        "state": STORED,
        "attempts": 0,
        "outcome": "",
    }


async def claim(session: AsyncSession, now: datetime, lease: timedelta, limit: int) -> tuple[LoggedMessage, ...]:
    """The oldest messages that nobody is reading, leased to the caller until `now + lease`.

    The attempt is counted here, so that a message that kills its reader is counted too. One that has failed before
    comes alone: its company would otherwise be counted out with it. What belongs to a conversation waits until all
    that was said there before has been read.
    """
    earlier = aliased(InboundRow)
    overtaking = (
        select(earlier.id)
        .where(
            InboundRow.conversation != "",
            earlier.conversation == InboundRow.conversation,
            earlier.state == STORED,
            earlier.id < InboundRow.id,
        )
        .exists()
    )
    waiting = (
        select(InboundRow)
        .where(InboundRow.state == STORED, InboundRow.available_at <= now, ~overtaking)
        .order_by(InboundRow.id)
        .with_for_update(skip_locked=True)
    )
    for row in await session.scalars(waiting.where(InboundRow.attempts >= MAX_CLAIMS).limit(limit)):
        row.state, row.outcome = QUARANTINED, "the reader died of it each time"
    rows = list(await session.scalars(waiting.where(InboundRow.attempts == 0).limit(limit)))
    retried = list(await session.scalars(waiting.where(InboundRow.attempts.between(1, MAX_CLAIMS - 1)).limit(1)))
    if retried and (not rows or retried[0].id < rows[0].id):
        rows = retried
    for row in rows:
        row.attempts += 1
        row.available_at = now + lease
    return tuple(_logged(row, now) for row in rows)


def _logged(row: InboundRow, now: datetime) -> LoggedMessage:
    message = InboundMessage(row.channel, row.external_id, row.envelope, row.raw, row.received_at, row.conversation)
    return LoggedMessage(row.id, message, row.attempts, now)


async def finish(session: AsyncSession, logged: LoggedMessage, outcome: str) -> bool:
    """Mark a message as read, and keep its envelope as the reader left it; False where someone else was first."""
    done = await session.execute(
        update(InboundRow)
        .where(InboundRow.id == logged.id, InboundRow.state == STORED)
        .values(state=READ, outcome=outcome, envelope=dict(logged.message.envelope))
        .returning(InboundRow.id)
    )
    return done.first() is not None


async def hold(session: AsyncSession, message_id: int, reason: str) -> None:
    """Keep a message that has just been read for a person to place."""
    await session.execute(update(InboundRow).where(InboundRow.id == message_id).values(state=HELD, outcome=reason))


async def fail(
    session: AsyncSession, logged: LoggedMessage, again_at: datetime, reason: str, *, for_good: bool = False
) -> bool:
    """Put a message back until `again_at`, or into quarantine, at once or after its last attempt; True for quarantine.

    Where the lease ran out and another reader has the message now, nothing changes.
    """
    last = for_good or logged.attempt >= MAX_ATTEMPTS
    await session.execute(
        update(InboundRow)
        .where(InboundRow.id == logged.id, InboundRow.state == STORED, InboundRow.attempts == logged.attempt)
        .values(state=QUARANTINED if last else STORED, available_at=again_at, outcome=reason[:200])
    )
    return last


async def give_back(session: AsyncSession, messages: Sequence[LoggedMessage], now: datetime) -> None:
    """Undo claims that were not used, at a shutdown for instance, unless another reader has the message now."""
    claims = [(logged.id, logged.attempt) for logged in messages]
    await session.execute(
        update(InboundRow)
        .where(tuple_(InboundRow.id, InboundRow.attempts).in_(claims), InboundRow.state == STORED)
        .values(available_at=now, attempts=InboundRow.attempts - 1)
    )


async def release(session: AsyncSession, now: datetime) -> None:
    """Give back every lease: for a store that no other process reads, after a start."""
    await session.execute(
        update(InboundRow).where(InboundRow.state == STORED, InboundRow.available_at > now).values(available_at=now)
    )


async def waiting_for_people(session: AsyncSession) -> int:
    """How many messages only a person can place or read."""
    counted = select(func.count()).select_from(InboundRow).where(InboundRow.state.in_(FOR_PEOPLE))
    return await session.scalar(counted) or 0


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many messages are in each state."""
    rows = await session.execute(select(InboundRow.state, func.count()).group_by(InboundRow.state))
    return {state: number for state, number in rows}  # noqa: C416 - dict() does not know a row's type
