"""The sender of one channel: claims what is due, hands it to the deliverer, and sees to it that the end is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from services.ideas.errors import StoreError
from services.ideas.model import Notification
from services.ideas.outbox import IN_DOUBT
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.waiting import wait_for
from services.notifier.content import NothingToSay, Values, values_of
from services.notifier.outcome import GivenUp, Outcome, Retry
from services.notifier.pace import Pace, Turns
from services.notifier.settlement import FEWEST_ATTEMPTS, Ended, Patience, Settlement

# So many are claimed at a time beyond those that can leave at once, so that a claim serves many.
_AHEAD = 80
# While more wait than can leave at once, so much time passes before the ends are written, many in one transaction.
_GATHERING_SECONDS = 0.05
# A delivery ends before its lease does, so that no other sender begins the same one meanwhile.
_SHARE_OF_LEASE = 0.9
# Whoever has waited longer for their turn would leave the relay too little of the lease.
_SHARE_OF_WAITING = 0.05
# What is told is looked up again where it has waited longer: it may have been erased.
_FRESH_SECONDS = 1.0
# Of so many attempts nobody may know whether they delivered a message: its recipient gets one copy too many at most.
_MOST_DOUBTS = 2

log = structlog.get_logger(__name__)


class Deliverer(Protocol):
    """The sending end of a channel, and how patiently and how fast it may be used."""

    name: str
    patience: Patience
    pace: Pace

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send one message to one recipient. Sending it twice must be recognisable by `notification.key`."""
        ...


@dataclass(slots=True)
class _InHand:
    """A claimed notification, since when (in the loop's time), and whether anything of it may have left."""

    notification: Notification
    since: float
    has_begun: bool = False


class Sender:
    """Sends for one channel until it is told to stop: a recipient that hangs or has to wait holds up no other.

    A kill between sending and marking repeats a message, once: what is in doubt for the second time is given up. `note`
    is told the outbox's mark each time that something has been sent.
    """

    def __init__(
        self,
        register: Register,
        deliverer: Deliverer,
        stop: asyncio.Event,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        note: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._register = register
        self._deliverer = deliverer
        self._stop = stop
        self._now = now
        self._work = register.catalogue.settings.work
        self._settlement = Settlement(register, deliverer.patience, stop, note)
        self._turns = Turns(deliverer.pace)
        self._slots = asyncio.Semaphore(deliverer.pace.at_once)
        self._in_hand: dict[asyncio.Task[Outcome | None], _InHand] = {}
        self._ended: list[Ended] = []
        self._has_ended = asyncio.Event()

    async def run(self) -> None:
        """Send what is due, and then whatever comes."""
        take_over = self._register.take_over_notifications
        await self._settlement.through_outages(lambda: take_over(self._now(), self._deliverer.name))
        while not self._stop.is_set():
            await self.send_due()
            await wait_for(self._register.notifications_waiting, self._work.poll_seconds)

    async def send_due(self) -> int:
        """Send what is due, and what falls due meanwhile, until nothing is; returns the number of deliveries."""
        number = 0
        try:
            while True:
                await self._claim()
                if not self._in_hand and not self._ended:
                    pause = self._turns.seconds_until_free(asyncio.get_running_loop().time())
                    if not pause or await wait_for(self._stop, pause):
                        return number
                    continue
                await self._some_ended()
                ended, self._ended = self._ended, []
                self._has_ended.clear()
                number += sum(each.outcome is not None for each in ended)
                await self._settlement.write_down(ended, self._now())
        finally:
            await self._let_go()

    # What is in hand

    async def _claim(self) -> None:
        """Take so many in hand of what is due as there is room for; none where the store is away."""
        loop = asyncio.get_running_loop()
        if not (room := self._room()) or self._stop.is_set():
            return
        # Whatever is written from here on sets it again.
        self._register.notifications_waiting.clear()
        lease, since = timedelta(seconds=self._work.sending_lease_seconds), loop.time()
        try:
            claimed = await self._register.claim_notifications(self._now(), lease, room, self._deliverer.name)
        except StoreError as error:
            log.warning("sender.store_unavailable", reason=str(error))
            await wait_for(self._stop, self._work.poll_seconds)
            return
        self._turns.take(len(claimed), since)
        for notification in claimed:
            in_hand = _InHand(notification, since)
            task = asyncio.create_task(self._outcome(in_hand))
            self._in_hand[task] = in_hand
            task.add_done_callback(self._end)

    def _room(self) -> int:
        """How many more to take in hand: none until there is room for many, and none before their turn."""
        room = self._deliverer.pace.at_once + _AHEAD - len(self._in_hand)
        free = self._turns.free(asyncio.get_running_loop().time())
        if room < _AHEAD // 2:
            return 0
        return room if free is None else min(room, free)

    def _end(self, task: asyncio.Task[Outcome | None]) -> None:
        in_hand = self._in_hand.pop(task)
        if not task.cancelled():
            self._ended.append(Ended(in_hand.notification, task.result(), self._now()))
            self._has_ended.set()

    async def _some_ended(self) -> None:
        """Wait until deliveries have ended, or until there may be something for the room that there is."""
        if self._stop.is_set():
            await self._has_ended.wait()
        elif self._room():
            await self._either(self._has_ended, self._register.notifications_waiting)
        else:
            pause = self._turns.seconds_until_free(asyncio.get_running_loop().time())
            await wait_for(self._has_ended, pause or self._work.sending_lease_seconds)
        if self._ended and len(self._in_hand) > self._deliverer.pace.at_once:
            await asyncio.sleep(_GATHERING_SECONDS)

    async def _either(self, *events: asyncio.Event) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in events]
        await asyncio.wait(waiting, timeout=self._work.poll_seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _let_go(self) -> None:
        """Where it ends before its time: give back what nobody has begun. What has begun keeps its lease."""
        unbegun = [each.notification for each in self._in_hand.values() if not each.has_begun]
        if tasks := list(self._in_hand):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        ended, self._ended = self._ended, []
        ended += [Ended(notification, None, self._now()) for notification in unbegun]
        if ended:
            await self._settlement.write_down(ended, self._now())

    # One delivery

    async def _outcome(self, in_hand: _InHand) -> Outcome | None:
        notification = in_hand.notification
        if notification.doubts >= _MOST_DOUBTS:
            return GivenUp(IN_DOUBT)
        try:
            async with asyncio.timeout_at(in_hand.since + self._work.sending_lease_seconds * _SHARE_OF_LEASE):
                return await self._deliver(in_hand)
        except NothingToSay:
            return GivenUp("what it tells of is gone")
        except TimeoutError:
            return Retry("it took too long", is_in_doubt=True) if in_hand.has_begun else None
        except StoreError as error:
            return Retry(str(error))
        except Exception as error:
            log.exception("notification.defect", key=notification.key)
            reason = f"a defect of this program ({type(error).__name__})"
            # Repeating it for days would hold up all else that its recipient is owed.
            return Retry(reason) if notification.attempt < FEWEST_ATTEMPTS else GivenUp(reason)

    async def _deliver(self, in_hand: _InHand) -> Outcome | None:
        """Deliver it when its turn comes; None where that is too late, or the service stops."""
        loop = asyncio.get_running_loop()
        readable = self._in_a_known_language(in_hand.notification)
        # All that were claimed together ask for their values together.
        values, looked_up = await values_of(self._register, readable), loop.time()
        if pause := self._turns.book(readable.recipient, loop.time()):
            await wait_for(self._stop, pause)
        async with self._slots:
            has_waited = loop.time() - looked_up
            if self._stop.is_set() or has_waited > self._work.sending_lease_seconds * _SHARE_OF_WAITING:
                return None
            if has_waited > _FRESH_SECONDS:
                values = await values_of(self._register, readable)
            in_hand.has_begun = True
            if readable.doubts and not await self._register.begin_again(readable):
                return None
            return await self._deliverer.deliver(readable, values)

    def _in_a_known_language(self, notification: Notification) -> Notification:
        """The same for somebody whose language has left the configuration since."""
        is_known = notification.language in self._register.catalogue.texts.languages
        return notification if is_known else replace(notification, language=OWN_LANGUAGE)
