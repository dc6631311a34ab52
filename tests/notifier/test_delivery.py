from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.model import Notification
from services.ideas.outbox import Outbox, Owed
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.channels.email import EmailDeliverer
from services.notifier.delivery import Deliverer, Sender
from services.notifier.outcome import GivenUp, Moved, Outcome, Retry, Sent
from tests.conftest import NOON, SECRET
from tests.fakes.smtp_sink import SmtpSink, Step
from tests.notifier.samples import Channel, Clock
from tests.submissions import ANNA, BEN, CLARA, submit

# What the two databases do differently is tested with the outbox.
pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

Make = Callable[..., Sender]
RETRY = Retry("not now")


@pytest.fixture
def sender(register: Register, clock: Clock) -> Make:
    def make(channel: Deliverer, of: Register = register) -> Sender:
        return Sender(of, channel, asyncio.Event(), clock)

    return make


async def state(register: Register, reference: str) -> tuple[str, int, str]:
    """State, attempts and last error of an idea's confirmation."""
    confirmation = (await register.deliveries(reference))[0]
    return confirmation.state, confirmation.attempts, confirmation.last_error


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

    async def send_again(self, notification: Notification, again_at: datetime, error: str, now: datetime) -> None:
        """Wait."""
        await super().send_again(notification, again_at, error, now)
        self.pauses.append(again_at - now)
        self._clock.now = again_at


@pytest.mark.parametrize("first_pause", [timedelta(seconds=30), timedelta(minutes=5)])
async def test_pauses_grow_up_to_four_hours_for_five_days(
    store: Store, catalogue: Catalogue, sender: Make, clock: Clock, first_pause: timedelta
) -> None:
    """What never gets through is tried after its channel's first pause, then twice that, … 4 hours, for 5 days."""
    register = Patient(store, catalogue, clock)
    reference = await submit(register)
    sending = sender(Channel(answer=lambda _: RETRY, first_pause=first_pause), of=register)

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

    async def sent(self, notification: Notification, now: datetime) -> None:
        """Fail once."""
        self._fail_once("sent")
        await super().sent(notification, now)
        self.marked.set()


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


async def test_a_mail_that_the_relay_puts_off_arrives_later(
    sender: Make, register: Register, email: EmailDeliverer, sink: SmtpSink, clock: Clock
) -> None:
    """A greylisted confirmation is due again, arrives with the next try, and bears the idea's number."""
    sink.refuse_next(Step.RCPT, "451 4.7.1 Greylisted, come back later")
    reference = await submit(register, sender=ANNA)
    sending = sender(email)
    await sending.send_due()
    put_off = await state(register, reference)
    clock.passes(minutes=4)
    early = await sending.send_due()
    clock.passes(minutes=2)
    await sending.send_due()

    assert not early
    assert put_off == ("due", 1, "the relay refused the message for now (451 4.7.1)")
    assert reference in (await sink.mail_to(ANNA.address)).message["Subject"]
    assert (await state(register, reference))[:2] == ("sent", 2)


async def test_a_mail_that_the_relay_refuses_can_be_seen_by_staff(
    sender: Make, register: Register, email: EmailDeliverer, sink: SmtpSink
) -> None:
    """A confirmation that is refused for good is listed with the idea, without the person's address."""
    sink.refuse_next(Step.RCPT, f"550 5.1.1 <{ANNA.address}>: no such user")
    reference = await submit(register, sender=ANNA)

    await sender(email).send_due()

    assert await state(register, reference) == ("given-up", 1, "the relay refused the message for good (550 5.1.1)")


async def test_mail_to_an_address_that_does_not_exist_stops(
    sender: Make, register: Register, email: EmailDeliverer, sink: SmtpSink
) -> None:
    """After the relay has refused an address, staff see it, and the next idea from there is not confirmed."""
    sink.refuse_next(Step.RCPT, "550 5.1.1 no such user")
    reference = await submit(register, sender=ANNA)
    await sender(email).send_due()

    second = await submit(register, sender=ANNA)

    (address,) = await register.mailboxes.undeliverable()
    assert (address.address, set(address.references)) == (ANNA.address, {reference, second})
    assert (await state(register, second))[0] == "withheld"


async def test_a_refused_message_stops_no_other(
    sender: Make, register: Register, email: EmailDeliverer, sink: SmtpSink
) -> None:
    """After a refusal of the content the address stays in use."""
    sink.refuse_next(Step.DATA, "554 5.7.1 content rejected")
    await submit(register, sender=ANNA)

    await sender(email).send_due()

    assert await register.mailboxes.undeliverable() == ()


async def test_what_a_relay_takes_of_several_is_settled_for_each(
    sender: Make, register: Register, email: EmailDeliverer, sink: SmtpSink, clock: Clock
) -> None:
    """Where a relay takes the mail to one person and puts off the other, only the other is sent again."""
    sink.refuse_next(Step.RCPT, "452 4.5.3 Too many recipients")
    first = await submit(register, sender=ANNA)
    second = await submit(register, sender=replace(ANNA, address="ben@example.org"))
    sending = sender(email)
    await sending.send_due()
    once = {(await state(register, reference))[0] for reference in (first, second)}
    clock.passes(minutes=6)
    await sending.send_due()

    assert once == {"sent", "due"}
    assert sorted(mail.recipients for mail in sink.mails) == [("anna@example.org",), ("ben@example.org",)]
