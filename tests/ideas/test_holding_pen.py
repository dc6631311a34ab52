"""What staff do with messages that wait for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.ideas.errors import IdeaNotFound, NotHeld
from services.ideas.model import LoggedMessage
from services.ideas.periods import Period
from services.ideas.readings import Held, HoldReason
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import InboundRow, NotificationRow
from tests.conftest import NOON
from tests.ideas.samples import BEN, CATCH_ALL_BODY, admit, logged, submission

LEASE = timedelta(minutes=1)


async def hold(register: Register, external_id: str = "held", received_at: datetime = NOON) -> int:
    """The number of a message that waits for a person."""
    entry = await logged(register, external_id, received_at=received_at)
    await register.record(entry, Held(HoldReason.NO_TOKEN), None)
    return entry.id


async def unread(register: Register) -> int:
    """The number of a message that defeated the program."""
    await register.log([(await logged(register, "unread")).message])
    (entry,) = await register.claim_messages(NOON, LEASE, 1)
    assert await register.reading_failed(entry, NOON, "it took too long", for_good=True)
    return entry.id


async def test_staff_see_what_waits_and_why(register: Register) -> None:
    """Messages without the secret and messages that nobody could read, oldest first, with their raw bytes."""
    held, defeated = await hold(register), await unread(register)
    messages = [await register.holding_pen.message(each) for each in await register.holding_pen.numbers(10)]

    assert [(each.logged.id, each.is_unread, each.reason) for each in messages] == [
        (held, False, "no-token"),
        (defeated, True, "it took too long"),
    ]
    assert [each.logged.message.raw for each in messages] == [b"Radweg", b"Radweg"]
    assert await register.holding_pen.number() == 2


async def test_staff_attach_a_message_to_its_idea(register: Register) -> None:
    """It becomes part of the conversation and waits no longer."""
    reference = await admit(register, "1", BEN)
    held = await hold(register)
    await register.holding_pen.attach(held, reference, submission(text="Dazu noch etwas."), "staff")

    assert [each.text for each in (await register.idea(reference)).contributions][1:] == ["Dazu noch etwas."]
    assert await register.holding_pen.number() == 0


async def test_a_message_for_an_unknown_idea_goes_on_waiting(register: Register) -> None:
    """A mistyped number loses nothing."""
    held = await hold(register)
    with pytest.raises(IdeaNotFound):
        await register.holding_pen.attach(held, "SWS-2026-0099-9", submission(), "staff")

    assert await register.holding_pen.number() == 1


async def test_staff_make_a_new_idea_of_a_message(register: Register) -> None:
    """It gets a number, and waits with the catch-all body until the model has read it."""
    held = await hold(register)
    reference = await register.holding_pen.admit(held, submission(), "staff", NOON)

    assert [each.body for each in (await register.idea(reference)).assignments] == [CATCH_ALL_BODY]
    assert [idea.reference for idea in await register.not_understood(5)] == [reference]
    assert await register.holding_pen.number() == 0


async def test_one_person_is_confirmed_once_a_day_whatever_staff_admit(register: Register, store: Store) -> None:
    """Five mails of five days that are admitted today make one confirmation, dated today."""
    held = [await hold(register, str(number), NOON - timedelta(days=number)) for number in range(5)]
    for number in held:
        await register.holding_pen.admit(number, submission(), "staff", NOON)
    async with store.reading() as session:
        rows = list(await session.scalars(select(NotificationRow).order_by(NotificationRow.id)))

    assert [(row.state, row.created_at) for row in rows] == [("due", NOON)] + [("withheld", NOON)] * 4


async def test_the_network_address_goes_with_the_waiting(register: Register, store: Store) -> None:
    """While a message waits to be read again it may be needed; what is done with has none."""
    entry = await logged(register, "unread")
    seen = replace(entry, message=replace(entry.message, envelope={"mail_from": "", "peer": "192.0.2.1", "helo": "x"}))
    await register.record(seen, Held(HoldReason.NO_TOKEN), None)
    await register.holding_pen.dismiss(entry.id, "staff")
    async with store.reading() as session:
        assert await session.scalar(select(InboundRow.envelope)) == {"mail_from": ""}


async def test_staff_let_the_program_try_again(register: Register) -> None:
    """After an update, perhaps, it can read what defeated it."""
    defeated = await unread(register)
    await register.holding_pen.read_again(defeated, NOON)
    (entry,) = await register.claim_messages(NOON, LEASE, 5)

    assert (entry.id, entry.attempt) == (defeated, 1)


Act = Callable[[Register, int], Awaitable[object]]
ACTS: list[Act] = [
    lambda register, number: register.holding_pen.dismiss(number, "staff"),
    lambda register, number: register.holding_pen.read_again(number, NOON),
    lambda register, number: register.holding_pen.admit(number, submission(), "staff", NOON),
    lambda register, number: register.holding_pen.message(number),
]


@pytest.mark.parametrize("act", ACTS)
async def test_what_does_not_wait_cannot_be_acted_on(register: Register, act: Act) -> None:
    """A message that was dismissed, read or never there is refused, whatever staff want to do with it."""
    gone = await hold(register)
    await register.holding_pen.dismiss(gone, "staff")
    read: LoggedMessage = await logged(register, "read")

    for number in (gone, read.id, 4711):
        with pytest.raises(NotHeld):
            await act(register, number)


async def test_the_catch_all_body_hears_of_what_waits(register: Register) -> None:
    """Its digest is sent even where no idea is new; nobody else's is."""
    await hold(register)
    for body in register.catalogue.bodies:
        await register.write_digest(body, Period("2026-11-23", NOON), NOON)
    digests = await register.claim_notifications(NOON, LEASE, 50)

    assert {each.parameters["body"] for each in digests} == {CATCH_ALL_BODY}
