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

from services.ideas.errors import StoreError, StoreUnavailable
from services.ideas.model import InboundMessage, LoggedMessage, Receipt
from services.ideas.store import insert_into
from services.ideas.tables import InboundRow

STORED, READ, QUARANTINED = "stored", "read", "quarantined"
MAX_ATTEMPTS = 3

Commit = Callable[[Sequence[InboundMessage]], Awaitable[Sequence[Receipt]]]


class InboundLog:
    """Group commit: whoever appends waits for the one transaction that carries all who came meanwhile.

    Use it as an asynchronous context manager; leaving it commits what is waiting.
    """

    def __init__(self, commit: Commit, *, most_waiting: int = 1000, most_in_one: int = 100) -> None:
        self._commit = commit
        self._most_waiting = most_waiting
        self._most_in_one = most_in_one
        self._waiting: deque[tuple[InboundMessage, asyncio.Future[Receipt]]] = deque()
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

        Raises StoreUnavailable or StoreFull; then nothing was kept, and the sender has to try again.
        """
        if self._closing or len(self._waiting) >= self._most_waiting:
            raise StoreUnavailable("too many messages are waiting to be stored")
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, receipt))
        self._arrived.set()
        return await receipt

    async def _write(self) -> None:
        while self._waiting or not self._closing:
            await self._arrived.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most_in_one))]
            if not self._waiting and not self._closing:
                self._arrived.clear()
            if batch:
                await self._write_batch(batch)

    async def _write_batch(self, batch: Sequence[tuple[InboundMessage, asyncio.Future[Receipt]]]) -> None:
        try:
            receipts = await self._commit([message for message, _ in batch])
        except StoreError as error:
            for _, waiter in batch:
                if not waiter.done():
                    waiter.set_exception(error)
        else:
            for (_, waiter), receipt in zip(batch, receipts, strict=True):
                # A client that hung up has cancelled its waiting; its message is kept all the same.
                if not waiter.done():
                    waiter.set_result(receipt)


async def insert(session: AsyncSession, messages: Sequence[InboundMessage]) -> tuple[Receipt, ...]:
    """Insert the messages that are new; the receipts come in the order of `messages`."""
    unique = {(message.channel, message.external_id): message for message in reversed(messages)}
    statement = (
        insert_into(session, InboundRow)
        .values([_row(message) for message in reversed(unique.values())])
        .on_conflict_do_nothing(index_elements=["channel", "external_id"])
        .returning(InboundRow.channel, InboundRow.external_id, InboundRow.id)
    )
    new = {(row.channel, row.external_id): row.id for row in await session.execute(statement)}
    known = dict(new)
    if missing := [key for key in unique if key not in new]:
        rows = await session.execute(
            select(InboundRow.channel, InboundRow.external_id, InboundRow.id).where(
                tuple_(InboundRow.channel, InboundRow.external_id).in_(missing)
            )
        )
        known |= {(row.channel, row.external_id): row.id for row in rows}
    receipts = []
    for message in messages:
        key = (message.channel, message.external_id)
        receipts.append(Receipt(known[key], new.pop(key, None) is not None))
    return tuple(receipts)


def _row(message: InboundMessage) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "external_id": message.external_id,
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
    comes alone: its company would otherwise be counted out with it.
    """
    waiting = (
        select(InboundRow)
        .where(InboundRow.state == STORED, InboundRow.available_at <= now)
        .order_by(InboundRow.id)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(waiting.where(InboundRow.attempts == 0).limit(limit)))
    retried = list(await session.scalars(waiting.where(InboundRow.attempts > 0).limit(1)))
    if retried and (not rows or retried[0].id < rows[0].id):
        rows = retried
    for row in rows:
        row.attempts += 1
        row.available_at = now + lease
        if row.attempts > MAX_ATTEMPTS:
            row.state, row.outcome = QUARANTINED, "the reader died of it each time"
    return tuple(_logged(row) for row in rows if row.state == STORED)


def _logged(row: InboundRow) -> LoggedMessage:
    message = InboundMessage(row.channel, row.external_id, row.envelope, row.raw, row.received_at)
    return LoggedMessage(row.id, message, row.attempts)


async def finish(session: AsyncSession, message_id: int, outcome: str) -> bool:
    """Mark a message as read; False where someone else has done so meanwhile."""
    done = await session.execute(
        update(InboundRow)
        .where(InboundRow.id == message_id, InboundRow.state == STORED)
        .values(state=READ, outcome=outcome)
        .returning(InboundRow.id)
    )
    return done.first() is not None


async def fail(session: AsyncSession, logged: LoggedMessage, again_at: datetime, reason: str) -> bool:
    """Put a message back until `again_at`, or into quarantine after its last attempt; True for quarantine."""
    last = logged.attempt >= MAX_ATTEMPTS
    await session.execute(
        update(InboundRow)
        .where(InboundRow.id == logged.id, InboundRow.state == STORED)
        .values(state=QUARANTINED if last else STORED, available_at=again_at, outcome=reason[:200])
    )
    return last


async def give_back(session: AsyncSession, message_ids: Sequence[int], now: datetime) -> None:
    """Undo a claim that was not used, at a shutdown for instance."""
    await session.execute(
        update(InboundRow)
        .where(InboundRow.id.in_(message_ids), InboundRow.state == STORED)
        .values(available_at=now, attempts=InboundRow.attempts - 1)
    )


async def release(session: AsyncSession, now: datetime) -> None:
    """Give back every lease: for a store that no other process reads, after a start."""
    await session.execute(
        update(InboundRow).where(InboundRow.state == STORED, InboundRow.available_at > now).values(available_at=now)
    )


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many messages are in each state."""
    rows = await session.execute(select(InboundRow.state, func.count()).group_by(InboundRow.state))
    return dict(rows.tuples().all())
