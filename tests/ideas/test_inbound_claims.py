from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from services.ideas.catalogue import Catalogue
from services.ideas.inbound import MAX_ATTEMPTS, MAX_CLAIMS, QUARANTINED, READ, STORED
from services.ideas.model import LoggedMessage
from services.ideas.readings import Nothing
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import InboundRow
from tests.conftest import NOON, SECRET
from tests.ideas.samples import message

LEASE = timedelta(minutes=1)
AFTER = NOON + 2 * LEASE


async def log(register: Register, *names: str) -> None:
    await register.log([message(name) for name in names])


def names(claimed: tuple[LoggedMessage, ...]) -> list[str]:
    return [logged.message.external_id for logged in claimed]


async def state(store: Store, name: str) -> tuple[str, int, str]:
    async with store.reading() as session:
        row = await session.scalar(select(InboundRow).where(InboundRow.external_id == name))
    assert row is not None
    return row.state, row.attempts, row.outcome


async def test_the_oldest_come_first(register: Register) -> None:
    """Messages are read in the order of their arrival, so many at a time as are asked for."""
    await log(register, "a", "b", "c")

    assert names(await register.claim_messages(NOON, LEASE, 2)) == ["a", "b"]
    assert names(await register.claim_messages(NOON, LEASE, 2)) == ["c"]


async def test_a_claimed_message_is_its_readers_own(register: Register) -> None:
    """Until the lease runs out nobody else gets it."""
    await log(register, "a")
    await register.claim_messages(NOON, LEASE, 5)

    assert await register.claim_messages(NOON + LEASE - timedelta(seconds=1), LEASE, 5) == ()


async def test_a_message_whose_reader_died_comes_again(register: Register) -> None:
    """After the lease another reader gets it, and the attempt is counted."""
    await log(register, "a")
    (first,) = await register.claim_messages(NOON, LEASE, 5)
    (second,) = await register.claim_messages(NOON + LEASE, LEASE, 5)

    assert (first.attempt, second.attempt, first.id) == (1, 2, second.id)


async def test_concurrent_readers_never_get_the_same_message(register: Register) -> None:
    """Ten readers that claim at once share the messages out."""
    await log(register, *(str(number) for number in range(40)))
    claimed = await asyncio.gather(*(register.claim_messages(NOON, LEASE, 4) for _ in range(10)))
    claimed += await asyncio.gather(*(register.claim_messages(NOON, LEASE, 40) for _ in range(2)))
    found = [name for one in claimed for name in names(one)]

    assert sorted(found, key=int) == [str(number) for number in range(40)]


async def test_one_that_failed_before_comes_alone(register: Register) -> None:
    """Its company would otherwise be counted out with it, should it kill its reader."""
    await log(register, "poison", "b", "c")
    await register.claim_messages(NOON, LEASE, 1)

    assert names(await register.claim_messages(AFTER, LEASE, 5)) == ["poison"]
    assert names(await register.claim_messages(AFTER, LEASE, 5)) == ["b", "c"]


async def test_those_that_lost_their_reader_together_come_one_by_one(register: Register) -> None:
    """A batch whose reader died is tried again message by message, so that only the guilty one is counted out."""
    await log(register, "a", "b", "c")
    await register.claim_messages(NOON, LEASE, 3)
    claimed = [names(await register.claim_messages(AFTER, LEASE, 5)) for _ in range(4)]

    assert claimed == [["a"], ["b"], ["c"], []]


async def test_a_retry_does_not_overtake_older_messages(register: Register) -> None:
    """What came before a failed message is read before it."""
    await log(register, "a", "poison")
    claimed = await register.claim_messages(NOON, LEASE, 2)
    await register.give_back(claimed[:1], NOON)

    assert names(await register.claim_messages(AFTER, LEASE, 5)) == ["a"]


async def test_a_failed_message_waits_until_it_is_due(register: Register) -> None:
    """It is not read again before the time that was set."""
    await log(register, "a")
    (logged,) = await register.claim_messages(NOON, LEASE, 5)

    assert not await register.reading_failed(logged, NOON + timedelta(hours=1), "ValueError")
    assert await register.claim_messages(NOON + timedelta(minutes=59), LEASE, 5) == ()
    assert [again.attempt for again in await register.claim_messages(NOON + timedelta(hours=1), LEASE, 5)] == [2]


async def test_after_its_last_attempt_a_message_goes_into_quarantine(register: Register, store: Store) -> None:
    """It is kept with its last reason, never read again, and the others go on."""
    await log(register, "poison")
    quarantined = []
    for _ in range(MAX_ATTEMPTS):
        (logged,) = await register.claim_messages(NOON, LEASE, 5)
        quarantined.append(await register.reading_failed(logged, NOON, "RecursionError"))
    await log(register, "b")

    assert quarantined == [False, False, True]
    assert await state(store, "poison") == (QUARANTINED, MAX_ATTEMPTS, "RecursionError")
    assert names(await register.claim_messages(AFTER, LEASE, 5)) == ["b"]


async def test_a_message_that_kills_its_readers_goes_into_quarantine(register: Register, store: Store) -> None:
    """Nobody lives to say that it failed: the claims themselves are counted, and the next claim goes on at once."""
    await log(register, "killer", "b")
    for attempt in range(MAX_CLAIMS):
        await register.claim_messages(NOON + attempt * LEASE, LEASE, 1)
    claimed = await register.claim_messages(NOON + MAX_CLAIMS * LEASE, LEASE, 5)

    assert names(claimed) == ["b"]
    assert await state(store, "killer") == (QUARANTINED, MAX_CLAIMS, "the reader died of it each time")


async def test_a_few_deaths_of_its_readers_are_not_held_against_a_message(register: Register) -> None:
    """A process may die of something else while a message is in its hands, three times and more."""
    await log(register, "a")
    for attempt in range(MAX_ATTEMPTS + 1):
        await register.claim_messages(NOON + attempt * LEASE, LEASE, 1)

    assert names(await register.claim_messages(NOON + (MAX_ATTEMPTS + 1) * LEASE, LEASE, 1)) == ["a"]


async def test_a_long_reason_is_cut(register: Register, store: Store) -> None:
    """A reason never makes the store refuse to note it."""
    await log(register, "a")
    (logged,) = await register.claim_messages(NOON, LEASE, 5)
    await register.reading_failed(logged, NOON, "x" * 5000)

    assert await state(store, "a") == (STORED, 1, "x" * 200)


async def test_what_is_given_back_counts_no_attempt(register: Register) -> None:
    """A shutdown costs a message nothing: the next reader gets it at once, and for the first time."""
    await log(register, "a", "b")
    await register.give_back(await register.claim_messages(NOON, LEASE, 5), NOON)

    assert [logged.attempt for logged in await register.claim_messages(NOON, LEASE, 5)] == [1, 1]


async def test_a_late_reader_gives_back_nothing_that_another_has(register: Register, store: Store) -> None:
    """Whose lease ran out does not open the message of its present reader to a third."""
    await log(register, "a")
    late = await register.claim_messages(NOON, LEASE, 5)
    await register.claim_messages(AFTER, LEASE, 5)
    await register.give_back(late, AFTER)

    assert await register.claim_messages(AFTER, LEASE, 5) == ()
    assert await state(store, "a") == (STORED, 2, "")


async def test_a_late_reader_fails_nothing_that_another_has(register: Register, store: Store) -> None:
    """Whose lease ran out does not put off the message of its present reader."""
    await log(register, "a")
    (late,) = await register.claim_messages(NOON, LEASE, 5)
    await register.claim_messages(AFTER, LEASE, 5)
    await register.reading_failed(late, AFTER, "late")

    assert await register.claim_messages(AFTER, LEASE, 5) == ()
    assert await state(store, "a") == (STORED, 2, "")


async def test_a_read_message_is_done(register: Register, store: Store) -> None:
    """It keeps how it ended, never comes again, and what a late reader says of it changes nothing."""
    await log(register, "a")
    (logged,) = await register.claim_messages(NOON, LEASE, 5)
    await register.record(logged, Nothing("auto-reply"), None)
    await register.reading_failed(logged, NOON, "late")
    await register.give_back([logged], NOON)

    assert await state(store, "a") == (READ, 1, "auto-reply")
    assert await register.claim_messages(AFTER, LEASE, 5) == ()


async def test_what_is_in_quarantine_is_not_recorded(register: Register, store: Store) -> None:
    """A late reader makes no idea of a message that was given up."""
    await log(register, "a")
    for _ in range(MAX_ATTEMPTS):
        (logged,) = await register.claim_messages(NOON, LEASE, 5)
        await register.reading_failed(logged, NOON, "defect")
    await register.record(logged, Nothing("late"), None)

    assert await state(store, "a") == (QUARANTINED, MAX_ATTEMPTS, "defect")


async def test_a_new_start_takes_over_where_no_other_reader_can_be(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """On SQLite leases of a dead process do not delay its successor; on PostgreSQL another reader may be alive."""
    await log(register, "a")
    await register.claim_messages(NOON, LEASE, 5)
    successor = Register(store, catalogue, SECRET)
    await successor.take_over_messages(NOON)

    assert names(await successor.claim_messages(NOON, LEASE, 5)) == (["a"] if store.is_sqlite else [])


async def test_whoever_waits_for_messages_is_told(register: Register) -> None:
    """The reader of this process need not look again and again."""
    assert not register.messages_waiting.is_set()
    await log(register, "a")

    assert register.messages_waiting.is_set()


async def test_messages_are_counted_by_state(register: Register) -> None:
    """Health shows how many are waiting, read, and given up."""
    await log(register, "a", "b", "c")
    (logged,) = await register.claim_messages(NOON, LEASE, 1)
    await register.record(logged, Nothing("empty"), None)

    assert (await register.counts())["messages"] == {READ: 1, STORED: 2}
