"""The sender of one channel: claims what is due, hands it to the deliverer, and writes down what became of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.waiting import wait_for
from services.notifier.content import NothingToSay, Values, values_of
from services.notifier.outcome import GivenUp, Moved, Outcome, Retry, Sent

_AT_ONCE = 20
_LONGEST_PAUSE = timedelta(hours=4)
# RFC 5321 section 4.5.4.1: at least four to five days before a sender gives up.
_GIVE_UP_AFTER = timedelta(days=5)
# What waited out a long outage of our own has not had its chance yet.
_FEWEST_ATTEMPTS = 5
# A delivery ends before its lease does, so that no other sender begins the same one meanwhile.
_SHARE_OF_LEASE = 0.9
# A chat that moves again and again is followed slowly.
_MOVES_AT_ONCE = 3

log = structlog.get_logger(__name__)


class Deliverer(Protocol):
    """The sending end of a channel; `first_pause` is how long its first failure waits for another try."""

    name: str
    first_pause: timedelta

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send one message to one recipient. Sending it twice must be recognisable by `notification.key`."""
        ...


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of a delivery, and when."""

    notification: Notification
    outcome: Outcome
    at: datetime


class Sender:
    """Sends for one channel until it is told to stop: a recipient that hangs or has to wait holds up no other.

    Delivery is at least once: a kill between sending and marking repeats one message.
    """

    def __init__(
        self,
        register: Register,
        deliverer: Deliverer,
        stop: asyncio.Event,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._register = register
        self._deliverer = deliverer
        self._stop = stop
        self._now = now
        self._work = register.catalogue.settings.work

    async def run(self) -> None:
        """Send what is due, and then whatever comes."""
        await self._through_outages(lambda: self._register.take_over_notifications(self._now(), self._deliverer.name))
        while not self._stop.is_set():
            await self.send_due()
            await wait_for(self._register.notifications_waiting, self._work.poll_seconds)

    async def send_due(self) -> int:
        """Send what is due, and what falls due meanwhile, until nothing is; returns the number of deliveries."""
        number = 0
        under_way: set[asyncio.Task[_Ended]] = set()
        try:
            while True:
                claimed = await self._claim(_AT_ONCE - len(under_way))
                number += len(claimed)
                under_way |= {asyncio.create_task(self._deliver(notification)) for notification in claimed}
                if not under_way:
                    return number
                ended = await self._some_ended(under_way)
                under_way -= ended
                await self._write_down([task.result() for task in ended])
        finally:
            for task in under_way:
                task.cancel()

    async def _claim(self, limit: int) -> tuple[Notification, ...]:
        """So many of what is due, none of them yet anybody's; none at all where the store is away."""
        if not limit or self._stop.is_set():
            return ()
        # Whatever is written from here on sets it again.
        self._register.notifications_waiting.clear()
        lease = timedelta(seconds=self._work.sending_lease_seconds)
        try:
            return await self._register.claim_notifications(self._now(), lease, limit, self._deliverer.name)
        except StoreError as error:
            log.warning("sender.store_unavailable", reason=str(error))
            await wait_for(self._stop, self._work.poll_seconds)
            return ()

    async def _some_ended(self, under_way: set[asyncio.Task[_Ended]]) -> set[asyncio.Task[_Ended]]:
        """Wait until a delivery has ended, or until there may be something for a free slot; what has ended."""
        if len(under_way) >= _AT_ONCE or self._stop.is_set():
            return (await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED))[0]
        work = asyncio.create_task(wait_for(self._register.notifications_waiting, self._work.poll_seconds))
        ended, _ = await asyncio.wait({*under_way, work}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        return {task for task in under_way if task in ended}

    async def _deliver(self, notification: Notification) -> _Ended:
        return _Ended(notification, await self._outcome(notification), self._now())

    async def _write_down(self, ended: Sequence[_Ended]) -> None:
        sent = [each.notification for each in ended if isinstance(each.outcome, Sent)]
        if sent:
            await self._through_outages(lambda: self._register.all_sent(sent, self._now()))
        for notification in sent:
            log.info("notification.sent", key=notification.key, attempt=notification.attempt)
        for each in ended:
            if not isinstance(each.outcome, Sent):
                await self._through_outages(partial(self._settle, each.notification, each.outcome, each.at))

    async def _settle(self, notification: Notification, outcome: Outcome, now: datetime) -> None:
        told = log.bind(key=notification.key, attempt=notification.attempt)
        match outcome:
            case Moved(address):
                await self._register.groups.migrated(notification.recipient, address)
                again_at = now if notification.attempt <= _MOVES_AT_ONCE else now + self._pause(notification)
                await self._register.send_again(notification, again_at, "the chat has a new number", now)
                told.info("notification.moved")
            case Retry(reason, after) if not _is_too_late(notification, now):
                again_at = now + (self._pause(notification) if after is None else after)
                await self._register.send_again(notification, again_at, reason, now)
                told.warning("notification.retry", reason=reason)
            case Retry(reason) | GivenUp(reason):
                undeliverable = isinstance(outcome, GivenUp) and outcome.undeliverable
                await self._register.give_up(notification, reason, now, undeliverable=undeliverable)
                told.error("notification.given_up", reason=reason, undeliverable=undeliverable)

    async def _through_outages(self, write: Callable[[], Awaitable[None]]) -> None:
        """Repeat `write` while the store is away: a message that has left and is not marked would leave again."""
        while True:
            try:
                return await write()
            except (StoreUnavailable, StoreFull) as error:
                log.warning("sender.store_unavailable", reason=str(error))
                if self._stop.is_set():
                    return None
                await wait_for(self._stop, self._work.poll_seconds)
            except StoreError as error:
                log.error("sender.refused_by_store", reason=str(error))  # noqa: TRY400 - the trace says no more
                return None

    async def _outcome(self, notification: Notification) -> Outcome:
        try:
            async with asyncio.timeout(self._work.sending_lease_seconds * _SHARE_OF_LEASE):
                readable = self._in_a_known_language(notification)
                values = await values_of(self._register, readable)
                return await self._deliverer.deliver(readable, values)
        except NothingToSay:
            return GivenUp("what it tells of is gone")
        except TimeoutError:
            return Retry("it took too long")
        except StoreError as error:
            return Retry(str(error))
        except Exception as error:
            log.exception("notification.defect", key=notification.key)
            reason = f"a defect of this program ({type(error).__name__})"
            # Repeating it for days would hold up all else that its recipient is owed.
            return Retry(reason) if notification.attempt < _FEWEST_ATTEMPTS else GivenUp(reason)

    def _in_a_known_language(self, notification: Notification) -> Notification:
        """The same for somebody whose language has left the configuration since."""
        is_known = notification.language in self._register.catalogue.texts.languages
        return notification if is_known else replace(notification, language=OWN_LANGUAGE)

    def _pause(self, notification: Notification) -> timedelta:
        """Doubling from the channel's first pause to four hours, with a fifth more so that crowds disperse."""
        pause: timedelta = self._deliverer.first_pause * 2 ** min(notification.attempt - 1, 12)
        jitter = random.uniform(1.0, 1.2)  # noqa: S311 - no secret
        return min(pause * jitter, _LONGEST_PAUSE)


def _is_too_late(notification: Notification, now: datetime) -> bool:
    return now - notification.created_at >= _GIVE_UP_AFTER and notification.attempt >= _FEWEST_ATTEMPTS
