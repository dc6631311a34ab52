"""Fetches the files that came with messages: with patience, and each once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog
from telegram import Bot

from services.ideas.awaited_files import AwaitedFiles, ClaimedFile
from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.settings import Settings
from services.ideas.waiting import wait_for
from services.intake.attachments.types import media_type_of
from services.intake.telegram import CHANNEL
from services.intake.telegram.download import LONGEST, Fetched, Later, Lost, Outcome, download
from services.intake.telegram.stopping import unless_stopped

_AT_ONCE = 4
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
_GIVE_UP_AFTER = timedelta(hours=48)
# What waited out a long outage of our own has not had its chance yet.
_FEWEST_ATTEMPTS = 5

log = structlog.get_logger(__name__)


class FileFetcher:
    """Fetches until it is told to stop. A kill repeats a download, and changes nothing else."""

    def __init__(
        self,
        bot: Bot,
        files: AwaitedFiles,
        settings: Settings,
        stop: asyncio.Event,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bot = bot
        self._files = files
        self._most_bytes = settings.telegram.most_file_bytes
        self._poll_seconds = settings.work.poll_seconds
        self._stop = stop
        self._now = now

    async def run(self) -> None:
        """Fetch what is awaited, and then whatever comes."""
        await self._through_outages(lambda: self._files.take_over(CHANNEL, self._now()))
        while not self._stop.is_set():
            try:
                busy = await self.fetch_batch()
            except StoreError as error:
                log.warning("files.store_unavailable", reason=str(error))
                await wait_for(self._stop, self._poll_seconds)
            else:
                if not busy:
                    await unless_stopped(wait_for(self._files.waiting, self._poll_seconds), self._stop)
                    self._files.waiting.clear()

    async def fetch_batch(self) -> bool:
        """Fetch what is due now, a few at once; False where nothing was."""
        batch = await self._files.claim(CHANNEL, self._now(), LONGEST, _AT_ONCE)
        if not batch:
            return False
        # Proxies of the environment count, as they do for all other calls of the Bot API.
        async with aiohttp.ClientSession(trust_env=True) as client:
            await asyncio.gather(*(self._fetch(client, file) for file in batch))
        return True

    async def _fetch(self, client: aiohttp.ClientSession, file: ClaimedFile) -> None:
        work = download(self._bot, client, file.file_id, self._most_bytes)
        try:
            outcome = await unless_stopped(work, self._stop)
        except Exception as error:
            log.exception("file.defect", file=file.id)
            outcome = Later(f"a defect of this program ({type(error).__name__})")
        await self._through_outages(lambda: self._write_down(file, outcome))

    async def _write_down(self, file: ClaimedFile, outcome: Outcome | None) -> None:
        now = self._now()
        told = log.bind(file=file.id, attempt=file.attempt)
        match outcome:
            case None:
                await self._files.try_again(file, now, "the service stopped")
            case Fetched(content):
                await self._files.keep(file, content, media_type_of(content, file.media_type), datetime.now(UTC))
                told.info("file.kept", bytes=len(content))
            case Later(reason, after) if not _is_too_late(file, now):
                await self._files.try_again(file, now + (after or _pause(file.attempt)), reason)
                told.warning("file.retry", reason=reason)
            case Later(reason) | Lost(reason):
                await self._files.give_up(file, reason, now)
                told.error("file.lost", reason=reason)

    async def _through_outages(self, write: Callable[[], Awaitable[None]]) -> None:
        """Repeat `write` while the store is away: what has been fetched would have to be fetched again."""
        while True:
            try:
                return await write()
            except (StoreUnavailable, StoreFull) as error:
                log.warning("files.store_unavailable", reason=str(error))
                if self._stop.is_set():
                    return None
                await wait_for(self._stop, self._poll_seconds)


def _is_too_late(file: ClaimedFile, now: datetime) -> bool:
    return now - file.since >= _GIVE_UP_AFTER and file.attempt >= _FEWEST_ATTEMPTS


def _pause(attempt: int) -> timedelta:
    """Doubling from five seconds to an hour."""
    pause: timedelta = _FIRST_PAUSE * 2 ** min(attempt - 1, 10)
    return min(pause, _LONGEST_PAUSE)
