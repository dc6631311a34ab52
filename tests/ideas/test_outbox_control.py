from __future__ import annotations

from datetime import timedelta

from services.ideas.model import Notification, Sender
from services.ideas.outbox_control import COPIED, DISCARDED, OLDER_COPY
from services.ideas.register import Register
from tests.conftest import NOON, on_sqlite
from tests.ideas.samples import BEN, admit

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def claim(register: Register, after: timedelta = timedelta()) -> tuple[Notification, ...]:
    return await register.claim_notifications(NOON + after, LEASE, 50)


async def several(register: Register, number: int) -> list[str]:
    """The references of ideas of so many people, each of whom is owed a confirmation."""
    return [await admit(register, str(n), Sender("telegram", str(n), verified=True)) for n in range(number)]


async def test_nothing_is_claimed_while_the_outbox_is_paused(register: Register) -> None:
    """A pause is seen by the next claim, keeps its first reason, and ends with the release."""
    await admit(register, "1", BEN)
    control = register.outbox_control
    await control.pause("Umzug", NOON)
    await control.pause("", NOON + HOUR)
    paused = await control.paused()
    while_paused = await claim(register)
    await control.release(NOON + HOUR)

    assert paused is not None
    assert (paused.since, paused.reason) == (NOON, "Umzug")
    assert while_paused == ()
    assert await control.paused() is None
    assert len(await claim(register)) == 1


async def test_what_is_discarded_is_never_sent(register: Register) -> None:
    """Released with what was due discarded, nothing of it leaves; what is owed from then on does."""
    old = await several(register, 2)
    await register.outbox_control.pause("", NOON)
    discarded = await register.outbox_control.release(NOON, discard=True)
    new = await admit(register, "new", BEN)

    assert discarded == 2
    assert [owed.parameters["reference"] for owed in await claim(register)] == [new]
    (delivery,) = await register.deliveries(old[0])
    assert (delivery.state, delivery.last_error) == ("withheld", DISCARDED)


async def test_each_delivery_raises_the_mark(register: Register) -> None:
    """It grows with the time, and where the clock stands still or goes back, by one."""
    await several(register, 3)
    first, second, third = await claim(register)

    marks = [
        await register.all_sent([first], NOON),
        await register.all_sent([second], NOON),
        await register.all_sent([third], NOON - HOUR),
    ]

    start = round(NOON.timestamp() * 1000)
    assert marks == [start, start + 1, start + 2]


async def test_an_older_copy_of_the_database_sends_nothing(register: Register) -> None:
    """Where a sender has seen a higher mark, the outbox is paused until staff release it, and then not again."""
    await several(register, 2)
    first, _ = await claim(register)
    mark = await register.all_sent([first], NOON)
    control = register.outbox_control

    assert await control.check(mark, NOON) == (mark, "")
    assert await control.paused() is None
    assert await control.check(mark + 1, NOON) == (mark, OLDER_COPY)
    pause = await control.paused()
    assert pause is not None
    assert pause.reason == OLDER_COPY
    assert await claim(register, HOUR) == ()

    await control.release(NOON + HOUR)
    assert (await control.check(mark + 1, NOON + HOUR))[1] == ""
    assert len(await claim(register, HOUR)) == 1


@on_sqlite
async def test_a_new_database_is_no_older_copy(register: Register) -> None:
    """Whoever begins anew in an old folder, or in a copy of one, need not release anything."""
    assert await register.outbox_control.check(4711, NOON, is_copied=True) == (0, "")
    assert await register.outbox_control.paused() is None


@on_sqlite
async def test_a_copy_from_before_the_first_delivery_is_noticed(register: Register) -> None:
    """A database that owes something and has never sent any of it may be a copy."""
    await admit(register, "1", BEN)

    assert await register.outbox_control.check(4711, NOON) == (0, OLDER_COPY)


@on_sqlite
async def test_a_database_beside_a_copied_mark_may_be_a_copy(register: Register) -> None:
    """Its mark says nothing then: nothing is sent before staff have said so."""
    await admit(register, "1", BEN)
    (owed,) = await claim(register)
    mark = await register.all_sent([owed], NOON)

    assert await register.outbox_control.check(mark, NOON, is_copied=True) == (mark, COPIED)
    assert await register.outbox_control.paused() is not None


@on_sqlite
async def test_staff_see_what_waits_and_what_was_given_up(register: Register) -> None:
    """The overview counts all, dates the oldest that is still to be sent, and tells each that was given up."""
    references = await several(register, 3)
    first, second, _ = await claim(register)
    await register.sent(first, NOON)
    await register.give_up(second, "554", NOON + HOUR)
    overview = await register.outbox_control.overview()

    assert (overview.counts, overview.oldest) == ({"sent": 1, "given-up": 1, "sending": 1}, NOON)
    (stranded,) = overview.given_up
    assert (stranded.template, stranded.channel, stranded.about) == ("confirmation", "telegram", references[1])
    assert (stranded.address, stranded.reason, stranded.since) == ("1", "554", NOON + HOUR)


async def test_what_was_given_up_can_be_sent_once_more(register: Register) -> None:
    """By its number or together with all others; it has all attempts before it, and its key stays."""
    await several(register, 3)
    await claim(register)
    claimed = await claim(register, 2 * LEASE)
    for owed in claimed:
        await register.give_up(owed, "554", NOON)
    control = register.outbox_control

    one = await control.retry(claimed[1].id, NOON)
    again = await claim(register)
    rest = await control.retry(None, NOON)

    assert (one.due, one.refused) == ((claimed[1].id,), {})
    assert [(owed.key, owed.attempt, owed.doubts) for owed in again] == [(claimed[1].key, 1, 0)]
    assert rest.due == (claimed[0].id, claimed[2].id)
    assert (await control.retry(4711, NOON)).due == ()


@on_sqlite
async def test_nothing_is_retried_to_an_address_that_does_not_exist(register: Register) -> None:
    """Staff are told why, and the message stays given up."""
    (reference,) = await several(register, 1)
    (owed,) = await claim(register)
    await register.give_up(owed, "blocked", NOON, undeliverable=True)

    retried = await register.outbox_control.retry(None, NOON)

    assert (retried.due, retried.refused) == ((), {owed.id: "the bot may not write to this chat"})
    assert (await register.deliveries(reference))[0].state == "given-up"
