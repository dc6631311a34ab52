"""The sender of one channel: claims what is due, hands it to the deliverer, and writes down what became of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.waiting import wait_for
from services.notifier.content import NothingToSay, Values, values_of
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent

_AT_ONCE = 20
_LONGEST_PAUSE = timedelta(hours=4)
# RFC 5321 section 4.5.4.1: at least four to five days before a sender gives up.
_GIVE_UP_AFTER = timedelta(days=5)
# What waited out a long outage of our own has not had its chance yet.
_FEWEST_ATTEMPTS = 5
# A delivery ends before its lease does, so that no other sender begins the same one meanwhile.
_SHARE_OF_LEASE = 0.9

log = structlog.get_logger(__name__)


class Deliverer(Protocol):
    """The sending end of a channel; `first_pause` is how long its first failure waits for another try."""

    name: str
    first_pause: timedelta

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send one message to one recipient. Sending it twice must be recognisable by `notification.key`."""
        ...


class Sender:
    """Sends for one channel until it is told to stop: a channel that hangs holds up no other.

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
            try:
                busy = await self.send_batch()
            except StoreError as error:
                log.warning("sender.store_unavailable", reason=str(error))
                await wait_for(self._stop, self._work.poll_seconds)
            else:
                if not busy:
                    await self._wait_for_work()

    async def send_batch(self) -> bool:
        """Send what is due now, all at once; False where nothing was."""
        lease = timedelta(seconds=self._work.sending_lease_seconds)
        batch = await self._register.claim_notifications(self._now(), lease, _AT_ONCE, self._deliverer.name)
        await asyncio.gather(*(self._send(notification) for notification in batch))
        return bool(batch)

    async def _wait_for_work(self) -> None:
        waiting = self._register.notifications_waiting
        await wait_for(waiting, self._work.poll_seconds)
        waiting.clear()

    async def _send(self, notification: Notification) -> None:
        outcome = await self._outcome(notification)
        now = self._now()
        await self._through_outages(lambda: self._write_down(notification, outcome, now))

    async def _write_down(self, notification: Notification, outcome: Outcome, now: datetime) -> None:
        told = log.bind(key=notification.key, attempt=notification.attempt)
        match outcome:
            case Sent():
                await self._register.sent(notification, now)
                told.info("notification.sent")
            case Retry(reason, after) if not _is_too_late(notification, now):
                again_at = now + (after or _pause(self._deliverer.first_pause, notification.attempt))
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

    async def _outcome(self, notification: Notification) -> Outcome:
        try:
            async with asyncio.timeout(self._work.sending_lease_seconds * _SHARE_OF_LEASE):
                values = await values_of(self._register, notification)
                return await self._deliverer.deliver(notification, values)
        except NothingToSay:
            return GivenUp("what it tells of is gone")
        except TimeoutError:
            return Retry("it took too long")
        except StoreError as error:
            return Retry(str(error))
        except Exception as error:
            log.exception("notification.defect", key=notification.key)
            return Retry(f"a defect of this program ({type(error).__name__})")


def _is_too_late(notification: Notification, now: datetime) -> bool:
    return now - notification.created_at >= _GIVE_UP_AFTER and notification.attempt >= _FEWEST_ATTEMPTS


def _pause(first: timedelta, attempt: int) -> timedelta:
    """Doubling from the first pause to four hours, with up to a fifth more so that crowds disperse."""
    pause: timedelta = first * 2 ** min(attempt - 1, 12)
    jitter = random.uniform(1.0, 1.2)  # noqa: S311 - no secret
    return min(pause * jitter, _LONGEST_PAUSE)
