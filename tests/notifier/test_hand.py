"""What a sender holds in hand: how much of it leaves at once, and what becomes of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.content import Values
from services.notifier.delivery import Sender
from services.notifier.outcome import Outcome, Retry, Sent
from services.notifier.pace import Pace, Rate
from tests.conftest import SECRET, on_sqlite
from tests.notifier.samples import Channel, Clock
from tests.submissions import BEN, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite


@dataclass
class Gate(Channel):
    """A channel that holds what it is given until it is opened; `most` is how much it held at once."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    held: int = 0
    most: int = 0

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Hold, and then answer as scripted."""
        self.held += 1
        self.most = max(self.most, self.held)
        outcome = await super().deliver(notification, values)
        await self.opened.wait()
        self.held -= 1
        return outcome


class Counting(Register):
    """A register that counts claims, and tells when one has come."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        super().__init__(store, catalogue, SECRET)
        self.claims = 0

    async def claim_notifications(
        self, now: datetime, lease: timedelta, limit: int, channel: str | None = None
    ) -> tuple[Notification, ...]:
        """Count."""
        self.claims += 1
        return await super().claim_notifications(now, lease, limit, channel)


async def owe(register: Register, number: int) -> None:
    """Owe a confirmation to so many people."""
    for chat in range(number):
        await submit(register, sender=replace(BEN, address=str(chat)))


async def states(register: Register) -> dict[str, int]:
    return (await register.counts())["notifications"]


async def test_no_more_leaves_at_once_than_the_pace_says(register: Register, clock: Clock) -> None:
    """Of seven that are claimed, two are under way, and the others follow."""
    await owe(register, 7)
    gate = Gate(pace=Pace(at_once=2))
    sending = asyncio.create_task(Sender(register, gate, asyncio.Event(), clock).send_due())
    await gate.arrived.wait()
    await asyncio.sleep(0)
    gate.opened.set()

    assert await sending == 7
    assert gate.most == 2


async def test_one_claim_serves_many(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    """A full outbox is not asked again for each message that has left."""
    register = Counting(store, catalogue)
    await owe(register, 30)

    assert await Sender(register, Channel(pace=Pace(at_once=1)), asyncio.Event(), clock).send_due() == 30
    assert register.claims <= 3


@pytest.mark.parametrize("is_cut_off", [True, False])
async def test_what_nobody_has_begun_is_given_back(register: Register, clock: Clock, *, is_cut_off: bool) -> None:
    """A sender that stops, or is cut off, leaves the rest of its claim to others at once, as if never claimed."""
    await owe(register, 5)
    gate, stop = Gate(pace=Pace(at_once=1)), asyncio.Event()
    sending = asyncio.create_task(Sender(register, gate, stop, clock).send_due())
    await gate.arrived.wait()
    stop.set()
    if is_cut_off:
        sending.cancel()
        await asyncio.wait([sending])
    else:
        gate.opened.set()
        await sending

    # What had begun keeps its lease: nobody knows whether it has left.
    assert await states(register) == {"due": 4, "sending" if is_cut_off else "sent": 1}
    channel = Channel()
    assert await Sender(register, channel, asyncio.Event(), clock).send_due() == 4
    assert {owed.attempt for owed in channel.given} == {1}


async def test_whoever_waited_too_long_for_a_turn_is_given_back(
    store: Store, make_catalogue: Callable[..., Catalogue], clock: Clock
) -> None:
    """Behind a relay that hangs, a message is not begun with what is left of its lease; it does not count as tried."""
    register = Register(store, make_catalogue(WORK_SENDING_LEASE_SECONDS="0.5"), SECRET)
    await owe(register, 2)
    gate = Gate(pace=Pace(at_once=1))

    async with asyncio.timeout(10):
        sending = asyncio.create_task(Sender(register, gate, asyncio.Event(), clock).send_due())
        while len(gate.given) < 2:
            gate.arrived.clear()
            await gate.arrived.wait()
        gate.opened.set()
        await sending

    assert [owed.attempt for owed in gate.given] == [1, 1]
    assert await states(register) == {"due": 1, "sent": 1}


async def test_a_channel_is_written_to_at_its_pace(register: Register, clock: Clock) -> None:
    """Of five messages at two in a twentieth of a second, the last leaves after two such spells, and none is lost."""
    await owe(register, 5)
    channel = Channel(pace=Pace(in_all=Rate(2, 0.05)))
    began = asyncio.get_running_loop().time()

    assert await Sender(register, channel, asyncio.Event(), clock).send_due() == 5
    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_one_recipient_at_their_pace_holds_up_no_other(register: Register, clock: Clock) -> None:
    """Messages to one chat keep a distance; those to others do not wait for it."""
    for _ in range(3):
        await submit(register, sender=replace(BEN, address="slow"))
    await owe(register, 3)
    channel = Channel(pace=Pace(at_once=1, to_one=lambda chat: Rate(1, 0.05) if chat == "slow" else None))
    began = asyncio.get_running_loop().time()

    assert await Sender(register, channel, asyncio.Event(), clock).send_due() == 6
    assert asyncio.get_running_loop().time() - began >= 0.1
    assert {owed.recipient for owed in channel.given[:4]} == {"slow", "0", "1", "2"}


async def test_a_wait_that_one_is_asked_for_stops_nobody_else(register: Register, clock: Clock) -> None:
    """A chat that has had too much waits for as long as it was said; all others get theirs."""
    await owe(register, 4)
    wait = Retry("too many requests", timedelta(seconds=37))
    channel = Channel(answer=lambda owed: wait if owed.recipient == "0" and owed.attempt == 1 else Sent())
    sending = Sender(register, channel, asyncio.Event(), clock)

    await sending.send_due()
    assert await states(register) == {"sent": 3, "due": 1}
    clock.passes(seconds=37)
    await sending.send_due()
    assert await states(register) == {"sent": 4}


async def test_the_channel_says_when_to_give_up(register: Register, clock: Clock) -> None:
    """After the channel's own time, a message that cannot be delivered is given up, where staff see it."""
    await owe(register, 1)
    patience = replace(Channel().patience, give_up_after=timedelta(hours=2))
    sending = Sender(register, Channel(answer=lambda _: Retry("not now"), patience=patience), asyncio.Event(), clock)
    for _ in range(8):
        await sending.send_due()
        clock.passes(hours=1)

    (stranded,) = (await register.outbox_control.overview()).given_up
    assert stranded.reason == "not now"
