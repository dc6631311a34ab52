"""What became of deliveries, written down: sent, due again after a pause, moved, given up, or never begun."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.model import Notification
from services.ideas.outbox import IN_DOUBT
from services.ideas.register import Register
from services.ideas.waiting import wait_for
from services.notifier.outcome import GivenUp, Moved, Outcome, Retry, Sent

# What waited out a long outage of our own has not had its chance yet.
FEWEST_ATTEMPTS = 5
_LONGEST_PAUSE = timedelta(hours=4)
# A chat that moves again and again is followed slowly.
_MOVES_AT_ONCE = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the first failure of a message waits for another try, and after how long one is given up."""

    first_pause: timedelta
    give_up_after: timedelta


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a delivery, and when; None: it was claimed, and nobody began it."""

    notification: Notification
    outcome: Outcome | None
    at: datetime


class Settlement:
    """Writes outcomes into the register, and does not let go while the store is away.

    `note` is told the outbox's mark each time that something has been sent.
    """

    def __init__(
        self, register: Register, patience: Patience, stop: asyncio.Event, note: Callable[[int], None]
    ) -> None:
        self._register = register
        self._patience = patience
        self._stop = stop
        self._note = note

    async def write_down(self, ended: Sequence[Ended], now: datetime) -> None:
        """Write all of them down: what was sent in one transaction, because a kill before it sends it again."""
        sent = [each.notification for each in ended if isinstance(each.outcome, Sent)]
        if sent:
            await self.through_outages(partial(self._all_sent, sent, now))
        for notification in sent:
            log.info("notification.sent", key=notification.key, attempt=notification.attempt)
        if unbegun := [each.notification for each in ended if each.outcome is None]:
            await self.through_outages(partial(self._register.give_back_notifications, unbegun, now))
        for each in ended:
            if each.outcome is not None and not isinstance(each.outcome, Sent):
                await self.through_outages(partial(self._settle, each.notification, each.outcome, each.at))

    async def through_outages(self, write: Callable[[], Awaitable[None]]) -> None:
        """Repeat `write` while the store is away: a message that has left and is not marked would leave again."""
        while True:
            try:
                return await write()
            except (StoreUnavailable, StoreFull) as error:
                log.warning("sender.store_unavailable", reason=str(error))
                if self._stop.is_set():
                    return None
                await wait_for(self._stop, self._register.catalogue.settings.work.poll_seconds)
            except StoreError as error:
                log.error("sender.refused_by_store", reason=str(error))  # noqa: TRY400 - the trace says no more
                return None

    async def _all_sent(self, sent: Sequence[Notification], now: datetime) -> None:
        self._note(await self._register.all_sent(sent, now))

    async def _settle(self, notification: Notification, outcome: Outcome, now: datetime) -> None:
        told = log.bind(key=notification.key, attempt=notification.attempt)
        match outcome:
            case Moved(address):
                await self._register.groups.migrated(notification.recipient, address)
                again_at = now if notification.attempt <= _MOVES_AT_ONCE else now + self._pause(notification)
                await self._register.send_again(notification, again_at, "the chat has a new number", now)
                told.info("notification.moved")
            case Retry(is_in_doubt=True) if notification.doubts:
                await self._settle(notification, GivenUp(IN_DOUBT), now)
            case Retry(reason, after, doubt) if not self._is_too_late(notification, now):
                again_at = now + (self._pause(notification) if after is None else after)
                await self._register.send_again(notification, again_at, reason, now, is_in_doubt=doubt)
                told.warning("notification.retry", reason=reason)
            case Retry(reason) | GivenUp(reason):
                undeliverable = isinstance(outcome, GivenUp) and outcome.undeliverable
                await self._register.give_up(notification, reason, now, undeliverable=undeliverable)
                told.error("notification.given_up", reason=reason, undeliverable=undeliverable)

    def _pause(self, notification: Notification) -> timedelta:
        """Doubling from the channel's first pause to four hours, with a fifth more so that crowds disperse."""
        pause: timedelta = self._patience.first_pause * 2 ** min(notification.attempt - 1, 16)
        jitter = random.uniform(1.0, 1.2)  # noqa: S311 - no secret
        return min(pause * jitter, _LONGEST_PAUSE)

    def _is_too_late(self, notification: Notification, now: datetime) -> bool:
        has_waited = now - notification.dated_at >= self._patience.give_up_after
        return has_waited and notification.attempt >= FEWEST_ATTEMPTS
