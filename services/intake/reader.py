"""The reader: takes logged messages in order, understands them, and hands each to the register in one transaction."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog

from nlp.understanding import Understanding
from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.model import InboundMessage, LoggedMessage
from services.ideas.readings import NotUnderstood, Reading, Source, Submission
from services.ideas.register import Register
from services.ideas.waiting import wait_for
from services.intake.channel import ChannelReader, MessageDefeated, ReadingUnavailable, ReadMessage
from services.intake.understand import Understander

_AT_ONCE = 16
# Merging two ideas takes the most: both together, and what each message says alone.
_MOST_QUESTIONS = 8
_BACKOFF = (timedelta(seconds=1), timedelta(seconds=10))
_PAUSE = 1.0
# PostgreSQL has no NUL in text, and a lone surrogate has no UTF-8; neither says anything to a person.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_T = TypeVar("_T")
_Read = tuple[ReadMessage, Understanding | None]

log = structlog.get_logger(__name__)


class Reader:
    """Reads until it is cancelled or told to stop; a message that fails three times goes into quarantine."""

    def __init__(
        self,
        register: Register,
        channels: Sequence[ChannelReader],
        understander: Understander,
        stop: asyncio.Event,
        *,
        backoff: Sequence[timedelta] = _BACKOFF,
    ) -> None:
        self._register = register
        self._channels: Mapping[str, ChannelReader] = {channel.name: channel for channel in channels}
        self._understander = understander
        self._stop = stop
        self._backoff = backoff
        self._defeating: set[str] = set()
        self._work = register.catalogue.settings.work

    async def run(self) -> None:
        """Read what is waiting, and then whatever comes."""
        await self._understander.ready()
        taken_over = False
        while not self._stop.is_set():
            try:
                if not taken_over:
                    await self._register.take_over_messages(datetime.now(UTC))
                    taken_over = True
                await self._understand_again()
                busy = await self._read_batch()
            except StoreError as error:
                log.warning("reader.store_unavailable", reason=str(error))
                await wait_for(self._stop, _PAUSE)
            else:
                if not busy:
                    await self._wait_for_work()

    async def _wait_for_work(self) -> None:
        waiting = self._register.messages_waiting
        await wait_for(waiting, self._work.poll_seconds)
        waiting.clear()

    async def _read_batch(self) -> bool:
        lease = timedelta(seconds=self._work.reading_lease_seconds)
        batch = await self._register.claim_messages(datetime.now(UTC), lease, _AT_ONCE)
        # All at once, because a channel may wait for others (a mail's DNS), but written down in their order.
        readings = [asyncio.create_task(self._read(logged.message)) for logged in batch]
        try:
            for number, (logged, reading) in enumerate(zip(batch, readings, strict=True)):
                if self._stop.is_set():
                    await self._register.give_back(batch[number:], datetime.now(UTC))
                    break
                await self._finish(logged, reading)
        finally:
            for reading in readings:
                reading.cancel()
            await asyncio.gather(*readings, return_exceptions=True)
        return bool(batch)

    async def _finish(self, logged: LoggedMessage, reading: asyncio.Task[_Read]) -> None:
        try:
            read, understanding = await reading
            seen = replace(logged, message=replace(logged.message, envelope=read.envelope))
            reference = await self._record(seen, read.reading, understanding)
        except (StoreUnavailable, StoreFull):
            # Only when stopped: the message is well, and an outage of the store must not count against it.
            await self._register.give_back([logged], datetime.now(UTC))
        except ReadingUnavailable as error:
            log.warning("reader.channel_unavailable", reason=str(error))
            await self._insist(lambda: self._register.give_back([logged], datetime.now(UTC)))
            await wait_for(self._stop, _PAUSE)
        except Exception as error:  # noqa: BLE001 - the one of this loop: it keeps the message, and logs the error
            await self._put_back(logged, error)
        else:
            outcome = type(read.reading).__name__.lower()
            log.info("message.read", message=logged.id, outcome=outcome, reference=reference)

    async def _record(self, seen: LoggedMessage, reading: Reading, understanding: Understanding | None) -> str | None:
        """Write down what a message changes; what the register has to know for it, the model is asked."""
        understood: dict[Source, Understanding] = {}
        for _ in range(_MOST_QUESTIONS):
            try:
                return await self._insist(lambda: self._register.record(seen, reading, understanding, dict(understood)))
            except NotUnderstood as question:
                understood[question.source] = await self._understander.understand(question.source)
        raise RuntimeError("the register asks for more and more")

    async def _put_back(self, logged: LoggedMessage, error: Exception) -> None:
        again_at = datetime.now(UTC) + self._backoff[min(logged.attempt, len(self._backoff)) - 1]
        for_good = isinstance(error, MessageDefeated)
        reason = str(error) if for_good else type(error).__name__
        quarantined = await self._insist(
            lambda: self._register.reading_failed(logged, again_at, reason, for_good=for_good)
        )
        log.error("message.unread", message=logged.id, attempt=logged.attempt, quarantined=quarantined, exc_info=error)

    async def _insist(self, write: Callable[[], Awaitable[_T]]) -> _T:
        """Repeat a write until the store takes it; an outage is raised only when the reader is to stop."""
        while True:
            try:
                return await write()
            except (StoreUnavailable, StoreFull) as error:
                if self._stop.is_set():
                    raise
                log.warning("reader.store_unavailable", reason=str(error))
                await wait_for(self._stop, _PAUSE)

    async def _read(self, message: InboundMessage) -> _Read:
        read = await self._channels[message.channel].read_message(message)
        said = read.reading
        if not isinstance(said, Submission):
            return read, None
        subject, text, full_text = map(_storable, (said.subject, said.text, said.full_text))
        clean = replace(said, subject=subject, text=text, full_text=full_text)
        read = replace(read, reading=clean)
        # An answer belongs to an idea that has been understood already.
        return read, None if clean.thread else await self._understander.understand(clean.source)

    async def _understand_again(self) -> None:
        """Give ideas that came without a model their understanding, now that there is one."""
        if not self._understander.has_model:
            return
        for idea in await self._register.not_understood(_AT_ONCE):
            if idea.reference in self._defeating:
                continue
            try:
                understanding = await self._understander.understand(Source.whole(idea.contributions))
            except Exception:
                # It stays with the catch-all body; the others must not wait for it.
                self._defeating.add(idea.reference)
                log.exception("idea.not_understood", reference=idea.reference)
                continue
            await self._register.understand_again(idea.reference, understanding, datetime.now(UTC))
            log.info("idea.understood_again", reference=idea.reference, model=understanding.model)


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)
