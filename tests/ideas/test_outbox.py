from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification, Sender
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow, SubmitterRow
from tests.conftest import NOON, SECRET
from tests.ideas.samples import ANNA, BEN, admit

LEASE = timedelta(minutes=1)
AFTER = NOON + 2 * LEASE
STEPS = ("pruefung-regionalkonvent", "aufgenommen", "umgesetzt")


async def claim(register: Register, now_after: timedelta = timedelta()) -> tuple[Notification, ...]:
    return await register.claim_notifications(NOON + now_after, LEASE, 50)


async def rows(store: Store) -> list[NotificationRow]:
    async with store.reading() as session:
        return list(await session.scalars(select(NotificationRow).order_by(NotificationRow.id)))


async def due_at(store: Store, key: str, moment: datetime) -> None:
    async with store.writing() as session:
        await session.execute(update(NotificationRow).where(NotificationRow.key == key).values(available_at=moment))


async def finished_idea(register: Register, external_id: str, sender: Sender = BEN) -> str:
    """The reference of an idea that went all its way: a confirmation and three updates are owed."""
    reference = await admit(register, external_id, sender)
    for stage in STEPS:
        await register.change_stage(reference, stage, "", "staff", NOON)
    return reference


async def test_a_notification_says_all_that_a_sender_needs(register: Register) -> None:
    """Channel, address, language, template, parameters, and the key that a repetition carries too."""
    reference = await admit(register, "1", BEN)
    (owed,) = await claim(register)

    assert (owed.key, owed.channel, owed.recipient, owed.language, owed.template, owed.parameters, owed.attempt) == (
        f"confirmation:{reference}",
        "telegram",
        "4711",
        "de",
        "confirmation",
        {"reference": reference, "too_large": 0, "too_many": 0},
        1,
    )
    assert owed.created_at == NOON


async def test_done_never_overtakes_received(register: Register) -> None:
    """A submitter's messages are handed out one at a time, in the order in which they were written."""
    await finished_idea(register, "1")
    order = []
    for _ in range(4):
        (owed,) = await claim(register)
        order.append(owed.parameters.get("change", 0))
        await register.sent(owed, NOON)

    assert order == sorted(order)
    assert await claim(register) == ()


async def test_a_message_that_waits_holds_back_those_after_it(register: Register) -> None:
    """While the confirmation is put off, no update of the same submitter leaves."""
    await finished_idea(register, "1")
    (confirmation,) = await claim(register)
    await register.send_again(confirmation, NOON + timedelta(hours=1), "451", NOON)

    assert await claim(register, timedelta(minutes=59)) == ()
    assert [owed.key for owed in await claim(register, timedelta(hours=1))] == [confirmation.key]


async def test_what_is_meant_for_later_holds_nothing_back(register: Register, store: Store) -> None:
    """An update that waits to be undone lets the next message pass; when it has been tried, it does not."""
    await admit(register, "1", BEN)
    await admit(register, "2", BEN)
    first, second = await rows(store)
    await due_at(store, first.key, NOON + timedelta(minutes=10))
    (passing,) = await claim(register)
    await register.send_again(passing, NOON + timedelta(minutes=20), "451", NOON)
    (earlier,) = await claim(register, timedelta(minutes=10))
    await register.send_again(earlier, NOON + timedelta(minutes=30), "451", NOON)

    assert (passing.key, earlier.key) == (second.key, first.key)
    # Now the second waits behind the first, which has been tried.
    assert await claim(register, timedelta(minutes=20)) == ()
    assert [owed.key for owed in await claim(register, timedelta(minutes=30))] == [first.key]


async def test_what_is_given_back_is_as_if_it_had_never_been_claimed(register: Register) -> None:
    """It is due at once, with the same attempt, and still holds back what comes after it."""
    await finished_idea(register, "1")
    (claimed,) = await claim(register)
    await register.give_back_notifications([claimed], NOON)

    assert await claim(register) == (claimed,)


async def test_one_that_is_given_up_lets_the_next_pass(register: Register) -> None:
    """What cannot be delivered does not stop what comes after it."""
    await finished_idea(register, "1")
    (confirmation,) = await claim(register)
    await register.give_up(confirmation, "550", NOON)

    assert [owed.template for owed in await claim(register)] == ["update"]


async def test_order_is_each_submitters_own(register: Register) -> None:
    """Others' messages do not wait for somebody's lost one."""
    for number in range(5):
        await finished_idea(register, str(number), Sender("telegram", str(number), verified=True))

    assert [owed.recipient for owed in await claim(register)] == ["0", "1", "2", "3", "4"]


async def test_concurrent_senders_never_get_the_same(register: Register) -> None:
    """Ten senders that claim at once share the messages out, and keep each submitter's order."""
    for number in range(12):
        await finished_idea(register, str(number), Sender("telegram", str(number), verified=True))
    seen: dict[str, list[str]] = {}
    for _ in range(4):
        claimed = await asyncio.gather(*(register.claim_notifications(NOON, LEASE, 3) for _ in range(10)))
        claimed += await asyncio.gather(register.claim_notifications(NOON, LEASE, 50))
        for owed in (owed for one in claimed for owed in one):
            seen.setdefault(owed.recipient, []).append(owed.key)
            await register.sent(owed, NOON)

    assert [(len(keys), len(set(keys))) for keys in seen.values()] == [(4, 4)] * 12
    assert all(keys[0].startswith("confirmation:") for keys in seen.values())


async def test_a_claimed_notification_is_its_senders_own_until_the_lease_ends(register: Register) -> None:
    """After it another sender gets it, under the same key and with the next attempt."""
    await admit(register, "1", BEN)
    (first,) = await claim(register)

    assert await claim(register, LEASE - timedelta(seconds=1)) == ()
    (second,) = await claim(register, LEASE)
    assert (second.key, second.attempt) == (first.key, 2)


async def test_a_message_is_dated_when_it_is_first_claimed(register: Register) -> None:
    """However long it waited before that, and however often it is tried."""
    await admit(register, "1", BEN)
    (first,) = await claim(register, timedelta(days=30))
    await register.send_again(first, NOON, "451", NOON)
    (second,) = await claim(register, timedelta(days=31))

    assert (first.created_at, first.dated_at, second.dated_at) == (NOON, *[NOON + timedelta(days=30)] * 2)


@pytest.mark.parametrize("how", ["sent", "send_again", "give_up"])
async def test_a_late_sender_changes_nothing(register: Register, store: Store, how: str) -> None:
    """Whose lease ran out while another sender has the message is not heard."""
    await admit(register, "1", BEN)
    (late,) = await claim(register)
    await claim(register, 2 * LEASE)
    if how == "sent":
        await register.sent(late, AFTER)
    elif how == "send_again":
        await register.send_again(late, NOON, "late", AFTER)
    else:
        await register.give_up(late, "late", AFTER)
    (row,) = await rows(store)

    assert (row.state, row.attempts, row.last_error, row.sent_at) == ("sending", 2, "", None)
    assert await claim(register, 2 * LEASE) == ()


async def test_what_was_sent_is_not_sent_again(register: Register, store: Store) -> None:
    """It keeps when it was sent, and a second word about it changes nothing."""
    await admit(register, "1", BEN)
    (owed,) = await claim(register)
    await register.sent(owed, NOON)
    await register.give_up(owed, "late", AFTER)
    (row,) = await rows(store)

    assert (row.state, row.sent_at, row.last_error) == ("sent", NOON, "")
    assert await claim(register, timedelta(days=9)) == ()


async def test_what_is_withheld_is_never_claimed(register: Register) -> None:
    """A second confirmation on the same day does not leave, and holds nothing back."""
    confirmed = replace(ANNA, verified=True)
    await admit(register, "1", confirmed)
    second = await admit(register, "2", confirmed)
    await register.change_stage(second, STEPS[0], "", "staff", NOON)
    keys: list[str] = []
    while claimed := await claim(register):
        keys.extend(owed.template for owed in claimed)
        for owed in claimed:
            await register.sent(owed, NOON)

    assert keys == ["confirmation", "update"]


async def test_staff_read_how_a_delivery_fares(register: Register) -> None:
    """The error of the last attempt is kept, cut to what the store takes."""
    reference = await admit(register, "1", BEN)
    await admit(register, "2", BEN)
    (owed,) = await claim(register)
    await register.give_up(owed, "x" * 5000, NOON)
    (delivery,) = await register.deliveries(reference)

    assert (delivery.key, delivery.state, delivery.attempts) == (f"confirmation:{reference}", "given-up", 1)
    assert delivery.last_error == "x" * 500


async def test_the_oldest_leave_first(register: Register) -> None:
    """Where more is due than a sender takes, it takes the oldest."""
    found = [await admit(register, str(n), Sender("telegram", str(n), verified=True)) for n in range(5)]
    claimed = await register.claim_notifications(NOON, LEASE, 2)

    assert [owed.parameters["reference"] for owed in claimed] == found[:2]


async def test_nothing_leaves_before_it_is_due(register: Register) -> None:
    """A notification that was written at noon is not there a second before."""
    await admit(register, "1", BEN)

    assert await claim(register, timedelta(seconds=-1)) == ()


async def test_a_submitter_who_is_erased_in_between_gets_nothing_more(register: Register, store: Store) -> None:
    """What a sender still has in hand can be settled, and leaves no trace."""
    await finished_idea(register, "1")
    (owed,) = await claim(register)
    async with store.writing() as session:
        await session.execute(delete(SubmitterRow))
    await register.sent(owed, NOON)

    assert await rows(store) == []
    assert await claim(register) == ()


async def test_a_new_start_takes_over_where_no_other_sender_can_be(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """On SQLite leases of a dead process do not delay its successor; on PostgreSQL another sender may be alive."""
    await admit(register, "1", BEN)
    await claim(register)
    successor = Register(store, catalogue, SECRET)
    await successor.take_over_notifications(NOON, "telegram")

    assert len(await claim(successor)) == (1 if store.is_sqlite else 0)


async def test_notifications_are_counted_by_state(register: Register) -> None:
    """Health shows how many are due, being sent, sent, given up and withheld."""
    for number in range(3):
        await admit(register, str(number), Sender("telegram", str(number), verified=True))
    await admit(register, "a", ANNA)
    await admit(register, "b", ANNA)
    first, second, *_ = await register.claim_notifications(NOON, LEASE, 3)
    await register.sent(first, NOON)
    await register.give_up(second, "550", NOON)

    assert (await register.counts())["notifications"] == {
        "sent": 1,
        "given-up": 1,
        "sending": 1,
        "due": 1,
        "withheld": 1,
    }


async def test_whoever_waits_for_notifications_is_told(register: Register) -> None:
    """The sender of this process need not look again and again, also for what was held back."""
    await finished_idea(register, "1")
    assert register.notifications_waiting.is_set()
    (owed,) = await claim(register)
    register.notifications_waiting.clear()
    await register.sent(owed, NOON)

    assert register.notifications_waiting.is_set()
