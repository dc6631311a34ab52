from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.ideas.model import Notification
from services.ideas.outbox import Outbox, Owed
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.delivery import Sender
from services.notifier.outcome import Moved, Outcome, Retry, Sent
from tests.conftest import NOON, SECRET, on_sqlite
from tests.notifier.samples import Channel, Clock, state
from tests.submissions import BEN, CLARA, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

Make = Callable[..., Sender]


class Slow(Channel):
    """A channel that answers only when it is let go, and only for those who do not hang."""

    def __init__(self, *hanging: str) -> None:
        super().__init__()
        self.hanging = hanging
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.most_at_once = 0
        self._at_once = 0

    async def has_delivered(self, number: int) -> None:
        """Wait until so many have been delivered."""
        while len(self.given) < number:
            self.arrived.clear()
            await self.arrived.wait()

    async def deliver(self, notification: Notification, values: Any) -> Outcome:
        """Hang where it was told to."""
        self.begun.set()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        if notification.recipient in self.hanging:
            await self.let_go.wait()
        else:
            await asyncio.sleep(0)
        self._at_once -= 1
        return await super().deliver(notification, values)


async def owe(store: Store, *recipients: str) -> None:
    """Owe each a message that needs nothing else to be known."""
    async with store.writing() as session:
        for recipient in recipients:
            owed = Owed(f"key {recipient}", "telegram", "greeting", {}, recipient=recipient)
            await Outbox(SECRET).owe(session, owed, NOON)


async def test_a_recipient_that_hangs_holds_up_no_other(store: Store, sender: Make, register: Register) -> None:
    """All other messages leave, those that come later too, while two chats do not answer."""
    await owe(store, *map(str, range(40)))
    channel = Slow("3", "7")
    sending = asyncio.create_task(sender(channel).send_due())

    async with asyncio.timeout(10):
        await channel.has_delivered(38)
        await owe(store, "late")
        register.notifications_waiting.set()
        await channel.has_delivered(39)
        channel.let_go.set()
        number = await sending

    assert {each.recipient for each in channel.given[-2:]} == {"3", "7"}
    assert (number, channel.most_at_once) == (41, 20)


async def test_one_who_is_told_to_wait_holds_up_no_other(sender: Make, register: Register, clock: Clock) -> None:
    """While one chat waits out a 429, messages to others leave, and its own next one stays behind the first."""
    waits = Retry("too many requests", timedelta(hours=1))
    channel = Channel(answer=lambda notification: waits if notification.recipient == BEN.address else Sent())
    held_up = await submit(register, sender=BEN)
    await submit(register, sender=BEN)
    await submit(register, sender=CLARA)
    sending = sender(channel)
    await sending.send_due()
    clock.passes(minutes=59)
    await sending.send_due()

    assert sorted(notification.recipient for notification in channel.given) == [BEN.address, CLARA.address]
    assert (await state(register, held_up))[:2] == ("due", 1)


async def test_a_sender_that_is_stopped_ends_what_it_has_begun(register: Register) -> None:
    """What is being delivered when the service stops is delivered and marked, and nothing more is begun."""
    stop = asyncio.Event()
    channel = Slow(BEN.address)
    begun, other = await submit(register, sender=BEN), await submit(register, sender=BEN)
    sending = asyncio.create_task(Sender(register, channel, stop, Clock()).run())
    async with asyncio.timeout(5):
        await channel.begun.wait()
        stop.set()
        register.notifications_waiting.set()
        channel.let_go.set()
        await sending

    assert [(await state(register, reference))[0] for reference in (begun, other)] == ["sent", "due"]


async def test_a_group_that_has_moved_gets_its_message_at_once(store: Store, sender: Make, clock: Clock) -> None:
    """The new number is remembered, also for what the configuration still sends to the old one."""

    def answer(notification: Notification) -> Outcome:
        return Moved("-1002") if notification.recipient == "-1" else Sent()

    channel = Channel(answer=answer)
    sending = sender(channel)
    await owe(store, "-1")
    first = await sending.send_due()
    async with store.writing() as session:
        await Outbox(SECRET).owe(session, Owed("next", "telegram", "greeting", {}, recipient="-1"), clock.now)

    assert (first, await sending.send_due()) == (2, 1)
    assert [each.recipient for each in channel.given] == ["-1", "-1002", "-1002"]


async def test_a_chat_that_moves_for_ever_is_followed_slowly(store: Store, sender: Make) -> None:
    """Two numbers that name each other do not keep the sender busy."""
    others = {"-1": "-2", "-2": "-1"}
    await owe(store, "-1")

    assert await sender(Channel(answer=lambda owed: Moved(others[owed.recipient]))).send_due() == 4
