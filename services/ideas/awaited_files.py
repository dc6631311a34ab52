"""Files that came with messages of a chat and are still to be fetched: each once, later, or never."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.chat_tables import ChatMessageRow
from services.ideas.conversation import keep_attachment
from services.ideas.ledger import Event, tell_again
from services.ideas.model import Attachment
from services.ideas.outbox import Outbox, Owed
from services.ideas.store import Store
from services.ideas.tables import AwaitedFileRow, ContributionRow, IdeaRow, SubmitterRow
from services.ideas.views import AWAITED, LOST

FILE_LOST = "file_lost"


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """A file that is being fetched: what its channel knows it by, and since when it is awaited.

    `media_type` is what its sender says of it; `attempt` counts from 1.
    """

    id: int
    file_id: str
    media_type: str
    since: datetime
    attempt: int


class AwaitedFiles:
    """Hands out the files of a channel and takes them in. Every method is one transaction and raises StoreError.

    `waiting` is set when this process has read a message with files; other processes find them when they next look.
    """

    def __init__(self, store: Store, secret: bytes) -> None:
        self.waiting = asyncio.Event()
        self._store = store
        self._outbox = Outbox(secret)

    async def claim(self, channel: str, now: datetime, lease: timedelta, limit: int) -> tuple[ClaimedFile, ...]:
        """The files that have waited longest, leased to the caller until `now + lease`."""
        async with self._store.writing() as session:
            rows = await session.execute(
                select(AwaitedFileRow, ContributionRow.created_at)
                .join(ContributionRow, ContributionRow.id == AwaitedFileRow.contribution_id)
                .where(
                    AwaitedFileRow.channel == channel,
                    AwaitedFileRow.state == AWAITED,
                    AwaitedFileRow.available_at <= now,
                )
                .order_by(AwaitedFileRow.available_at, AwaitedFileRow.id)
                .limit(limit)
                .with_for_update(skip_locked=True, of=AwaitedFileRow)
            )
            return tuple(_claimed(row, since, now + lease) for row, since in rows)

    async def keep(self, file: ClaimedFile, content: bytes, media_type: str, now: datetime) -> None:
        """Add a file that has come to its message; its idea's bodies hear of it if they were told without it.

        Nothing happens where it has come before, or its message is gone.
        """
        async with self._store.writing() as session:
            found = await session.execute(
                delete(AwaitedFileRow)
                .where(AwaitedFileRow.id == file.id)
                .returning(AwaitedFileRow.contribution_id, AwaitedFileRow.filename)
            )
            if (awaited := found.first()) is None:
                return
            await keep_attachment(session, awaited.contribution_id, Attachment(awaited.filename, media_type, content))
            idea = await session.scalar(
                select(IdeaRow).join(ContributionRow).where(ContributionRow.id == awaited.contribution_id)
            )
            if idea is not None:
                await tell_again(session, idea, Event.ADDED, now)

    async def try_again(self, file: ClaimedFile, again_at: datetime, error: str) -> None:
        """Put a file back until `again_at`; `error` says why, for staff."""
        async with self._store.writing() as session:
            await session.execute(_held_by(file).values(available_at=again_at, last_error=error))

    async def give_up(self, file: ClaimedFile, error: str, now: datetime) -> None:
        """End the waiting for a file, and tell whoever sent it."""
        async with self._store.writing() as session:
            lost = _held_by(file).values(state=LOST, last_error=error).returning(AwaitedFileRow.contribution_id)
            contribution_id = (await session.execute(lost)).scalar_one_or_none()
            if contribution_id is not None:
                await self._tell(session, contribution_id, now)

    async def take_over(self, channel: str, now: datetime) -> None:
        """Release what a process before us was fetching, where no other process can exist (SQLite, at start)."""
        if self._store.is_sqlite:
            async with self._store.writing() as session:
                waiting = (AwaitedFileRow.channel == channel, AwaitedFileRow.state == AWAITED)
                claimed = (AwaitedFileRow.available_at > now, AwaitedFileRow.last_error == "")
                await session.execute(update(AwaitedFileRow).where(*waiting, *claimed).values(available_at=now))

    async def _tell(self, session: AsyncSession, contribution_id: int, now: datetime) -> None:
        """Owe the loss to whoever sent the message: once, however many files of an album are lost."""
        sent = await session.execute(
            select(ChatMessageRow.number, SubmitterRow.id, SubmitterRow.channel, IdeaRow.reference)
            .join(ContributionRow, ContributionRow.id == ChatMessageRow.contribution_id)
            .join(IdeaRow, IdeaRow.id == ContributionRow.idea_id)
            .join(SubmitterRow, SubmitterRow.address == ChatMessageRow.chat)
            .where(ChatMessageRow.contribution_id == contribution_id, SubmitterRow.channel == ChatMessageRow.channel)
            .order_by(ChatMessageRow.number)
        )
        if (first := sent.first()) is None:
            return
        owed = Owed(
            key=f"{FILE_LOST}:{contribution_id}",
            channel=first.channel,
            template=FILE_LOST,
            parameters={"reference": first.reference, "answers": first.number},
            submitter_id=first.id,
        )
        await self._outbox.owe(session, owed, now)


def _claimed(row: AwaitedFileRow, since: datetime, until: datetime) -> ClaimedFile:
    row.attempts += 1
    row.available_at = until
    # Empty while somebody fetches it: so a claim is told from a pause.
    row.last_error = ""
    return ClaimedFile(row.id, row.file_id, row.media_type, since, row.attempts)


def _held_by(file: ClaimedFile) -> Update:
    """The row, unless the lease ran out and somebody else is fetching the file now."""
    return update(AwaitedFileRow).where(
        AwaitedFileRow.id == file.id, AwaitedFileRow.state == AWAITED, AwaitedFileRow.attempts == file.attempt
    )
