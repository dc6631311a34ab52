from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.delivery import Sender
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent
from services.notifier.settlement import Patience
from tests.conftest import NOON, SECRET, on_sqlite
from tests.notifier.samples import Channel, Clock, state
from tests.submissions import BEN, CLARA, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

Make = Callable[..., Sender]
RETRY = Retry("not now")


async def test_what_is_due_is_sent_once(sender: Make, register: Register) -> None:
    """A confirmation leaves once and is marked as sent."""
    channel = Channel()
    reference = await submit(register)
    sending = sender(channel)

    assert [await sending.send_due(), await sending.send_due()] == [1, 0]

    assert channel.keys == [f"confirmation:{reference}"]
    assert await state(register, reference) == ("sent", 1, "")


async def test_one_persons_messages_keep_their_order(sender: Make, register: Register, clock: Clock) -> None:
    """While a person's confirmation waits for another try, their update waits behind it."""
    answers: Iterator[Outcome] = iter([RETRY, Sent(), Sent()])
    channel = Channel(answer=lambda _: next(answers))
    reference = await submit(register)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    sending = sender(channel)

    await sending.send_due()
    assert not await sending.send_due()
    clock.passes(minutes=1)

    assert await sending.send_due() == 2
    assert [key.partition(":")[0] for key in channel.keys] == ["confirmation", "confirmation", "update"]


async def test_other_people_do_not_wait_for_a_poison_message(sender: Make, register: Register) -> None:
    """A message that defeats its channel is tried again later, and everyone else's leaves at once."""

    def answer(notification: Notification) -> Outcome:
        if notification.recipient == BEN.address:
            raise RuntimeError("a text that no log may hold")
        return Sent()

    poisoned, well = await submit(register, sender=BEN), await submit(register, sender=CLARA)

    await sender(Channel(answer=answer)).send_due()

    assert await state(register, poisoned) == ("due", 1, "a defect of this program (RuntimeError)")
    assert await state(register, well) == ("sent", 1, "")


async def test_a_channel_that_is_off_keeps_its_messages(sender: Make, register: Register) -> None:
    """Another channel's sender leaves a message alone: it waits, untried, until its own channel is switched on."""
    reference = await submit(register)
    other, channel = Channel("email"), Channel()

    await sender(other).send_due()
    waiting = await state(register, reference)
    await sender(channel).send_due()

    assert (other.keys, waiting) == ([], ("due", 0, ""))
    assert channel.keys == [f"confirmation:{reference}"]


class Patient(Register):
    """A register whose clock goes on to when a message is due again; `pauses` are how long that was each time."""

    def __init__(self, store: Store, catalogue: Catalogue, clock: Clock) -> None:
        super().__init__(store, catalogue, SECRET)
        self.pauses: list[timedelta] = []
        self._clock = clock

    async def send_again(
        self,
        notification: Notification,
        again_at: datetime,
        error: str,
        now: datetime,
        *,
        is_in_doubt: bool = False,
    ) -> None:
        """Wait."""
        await super().send_again(notification, again_at, error, now, is_in_doubt=is_in_doubt)
        self.pauses.append(again_at - now)
        self._clock.now = again_at


@pytest.mark.parametrize("first_pause", [timedelta(seconds=30), timedelta(minutes=5)])
async def test_pauses_grow_up_to_four_hours_for_five_days(
    store: Store, catalogue: Catalogue, sender: Make, clock: Clock, first_pause: timedelta
) -> None:
    """What never gets through is tried after its channel's first pause, then twice that, … 4 hours, for 5 days."""
    register = Patient(store, catalogue, clock)
    reference = await submit(register)
    sending = sender(Channel(answer=lambda _: RETRY, patience=Patience(first_pause, timedelta(days=5))), of=register)

    await sending.send_due()

    longest = timedelta(hours=4)
    expected = [min(first_pause * 2**number, longest) for number in range(len(register.pauses))]
    assert [
        (pause, least)
        for pause, least in zip(register.pauses, expected, strict=True)
        if not least <= pause <= min(least * 1.2, longest)
    ] == []
    assert timedelta(days=5) <= clock.now - NOON <= timedelta(days=5) + longest
    assert (await state(register, reference))[0] == "given-up"


async def test_a_message_that_waited_out_our_own_outage_gets_its_tries(
    sender: Make, register: Register, clock: Clock
) -> None:
    """After a week's outage of our own one more refusal does not end what was hardly tried."""
    reference = await submit(register)
    clock.passes(days=7)
    sending = sender(Channel(answer=lambda _: RETRY))

    await sending.send_due()

    assert (await state(register, reference))[0] == "due"


async def test_a_language_that_is_gone_is_answered_in_the_regions_own(sender: Make, register: Register) -> None:
    """Whoever chose a language that has left the configuration is not left without an answer."""
    channel = Channel()
    await submit(register, sender=replace(BEN, language="fr"))
    await sender(channel).send_due()

    assert [notification.language for notification in channel.given] == ["de"]


async def test_what_is_refused_for_good_is_not_tried_again(sender: Make, register: Register, clock: Clock) -> None:
    """A message that is given up stays so, with its reason for staff."""
    channel = Channel(answer=lambda _: GivenUp("the person has left"))
    sending = sender(channel)
    reference = await submit(register)

    await sending.send_due()
    clock.passes(days=1)

    assert not await sending.send_due()
    assert await state(register, reference) == ("given-up", 1, "the person has left")


async def test_what_is_asked_to_wait_waits_exactly(sender: Make, register: Register, clock: Clock) -> None:
    """A pause that the other side names is kept to the second: not before, and then at once."""
    answers: Iterator[Outcome] = iter([Retry("too many requests", timedelta(seconds=37)), Sent()])
    sending = sender(Channel(answer=lambda _: next(answers)))
    await submit(register)

    await sending.send_due()
    clock.passes(seconds=36.9)
    early = await sending.send_due()
    clock.passes(seconds=0.1)

    assert [early, await sending.send_due()] == [0, 1]


async def test_a_lease_keeps_other_senders_away_until_it_runs_out(
    sender: Make, register: Register, clock: Clock
) -> None:
    """What a dead sender had claimed is another's only after the lease, and it carries the same key."""
    reference = await submit(register)
    await register.claim_notifications(clock.now, timedelta(seconds=60), 10)
    channel = Channel()
    sending = sender(channel)

    early = await sending.send_due()
    clock.passes(seconds=60)

    assert [early, await sending.send_due()] == [0, 1]
    assert (channel.keys, channel.given[0].attempt) == ([f"confirmation:{reference}"], 2)


async def test_what_was_released_late_is_tried_as_long_as_any_other(
    sender: Make, register: Register, clock: Clock
) -> None:
    """Patience begins with the first try, not when a message was written."""
    sending = sender(Channel(answer=lambda _: RETRY))
    reference = await submit(register)
    clock.passes(days=30)
    for _ in range(8):
        await sending.send_due()
        clock.passes(hours=4)

    assert (await state(register, reference))[:2] == ("due", 8)


async def test_a_delivery_ends_before_its_lease(
    store: Store, make_catalogue: Callable[..., Catalogue], sender: Make
) -> None:
    """A channel that never answers is left while the lease still holds, and the message is tried again."""

    class Silent(Channel):
        async def deliver(self, notification: Notification, values: Any) -> Outcome:
            del notification, values
            await asyncio.Event().wait()
            return Sent()

    register = Register(store, make_catalogue(WORK_SENDING_LEASE_SECONDS="0.1"), SECRET)
    reference = await submit(register)

    async with asyncio.timeout(3):
        await sender(Silent(), of=register).send_due()

    assert await state(register, reference) == ("due", 1, "it took too long")


class Outage(Register):
    """A register whose store is away for the first call of each kind; `marked` is set once a message is marked."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        super().__init__(store, catalogue, SECRET)
        self.failed: set[str] = set()
        self.marked = asyncio.Event()

    def _fail_once(self, name: str) -> None:
        if name not in self.failed:
            self.failed.add(name)
            raise StoreUnavailable("the store is away")

    async def take_over_notifications(self, now: datetime, channel: str) -> None:
        """Fail once."""
        self._fail_once("take over")
        await super().take_over_notifications(now, channel)

    async def claim_notifications(
        self, now: datetime, lease: timedelta, limit: int, channel: str | None = None
    ) -> tuple[Notification, ...]:
        """Fail once."""
        self._fail_once("claim")
        return await super().claim_notifications(now, lease, limit, channel)

    async def all_sent(self, notifications: Sequence[Notification], now: datetime) -> int:
        """Fail once."""
        self._fail_once("sent")
        mark = await super().all_sent(notifications, now)
        self.marked.set()
        return mark


async def test_an_outage_of_the_store_repeats_no_message(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    """The sender lives through outages at its start, at claiming and at marking, and sends each message once."""
    register = Outage(store, catalogue)
    reference = await submit(register)
    channel, stop = Channel(), asyncio.Event()

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(Sender(register, channel, stop, clock).run())
        await register.marked.wait()
        stop.set()

    assert register.failed == {"take over", "claim", "sent"}
    assert channel.keys == [f"confirmation:{reference}"]
    assert await state(register, reference) == ("sent", 1, "")


async def test_new_work_is_sent_without_waiting_for_the_next_look(
    store: Store, make_catalogue: Callable[..., Catalogue]
) -> None:
    """A message that this process writes wakes its sender, however seldom it looks by itself."""
    register = Register(store, make_catalogue(WORK_POLL_SECONDS="600"), SECRET)
    channel, stop = Channel(), asyncio.Event()

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(Sender(register, channel, stop).run())
        await submit(register)
        await channel.arrived.wait()
        stop.set()
        register.notifications_waiting.set()

    assert len(channel.given) == 1
