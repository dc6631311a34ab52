"""Addresses that are confirmed, that want no mail, and that no mail reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from services.ideas.capability import Purpose
from services.ideas.model import Notification, Sender
from services.ideas.periods import Period
from services.ideas.readings import BounceReport
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow, SubmitterRow
from tests.conftest import NOON
from tests.ideas.samples import ANNA, BEN, CHEMNITZ, admit, logged

LEASE = timedelta(minutes=1)
VERIFIED = replace(ANNA, verified=True)
NEXT_STAGE = "pruefung-regionalkonvent"


async def sent(register: Register) -> list[Notification]:
    """Everything that could be sent, and now is."""
    notifications: list[Notification] = []
    while claimed := await register.claim_notifications(NOON, LEASE, 50):
        for notification in claimed:
            await register.sent(notification, NOON)
        notifications.extend(claimed)
    return notifications


async def states(store: Store) -> dict[str, tuple[str, str]]:
    async with store.reading() as session:
        rows = await session.scalars(select(NotificationRow))
        return {row.template: (row.state, row.last_error) for row in rows}


async def bounce(register: Register, token: str, *, permanent: bool = True, status: str = "5.1.1") -> None:
    entry = await logged(register, f"bounce {token} {permanent}")
    await register.record(entry, BounceReport(token, permanent, status), None)


async def test_an_update_goes_to_a_verified_address_alone(register: Register, store: Store) -> None:
    """What became of an idea is not told to an address that may be somebody else's."""
    reference = await admit(register, "1")
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert (await states(store))["update"] == ("withheld", "the address is not verified")


@pytest.mark.parametrize("sender", [VERIFIED, BEN])
async def test_whoever_the_channel_vouches_for_gets_updates(register: Register, sender: Sender) -> None:
    """An aligned signature of the sender's domain verifies a mail address, as Telegram does a chat."""
    reference = await admit(register, "1", sender)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["confirmation", "update"]


async def test_a_confirmed_link_verifies_an_address(register: Register) -> None:
    """From then on its owner gets updates, about other ideas of theirs as well."""
    first, second = [await admit(register, number) for number in ("1", "2")]
    assert await register.mailboxes.verify(register.token(Purpose.VERIFY_ADDRESS, first), NOON)
    await register.change_stage(second, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["confirmation", "update"]


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.VERIFY_ADDRESS])
async def test_no_other_link_verifies(register: Register, purpose: Purpose) -> None:
    """A token of another purpose, and one that was made up, open nothing."""
    reference = await admit(register, "1")

    assert not await register.mailboxes.verify(register.token(purpose, reference), NOON)
    assert not await register.mailboxes.verify("made-up", NOON)
    assert not (await register.mailboxes.by_reference(reference)).verified


async def test_whoever_unsubscribes_gets_no_mail_any_more(register: Register, store: Store) -> None:
    """Neither what is owed already nor what comes later is sent."""
    reference = await admit(register, "1", VERIFIED)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)
    token = register.token(Purpose.UNSUBSCRIBE, reference)
    assert await register.mailboxes.unsubscribe(token, NOON)
    await admit(register, "2", VERIFIED, received_at=NOON + timedelta(days=2))

    assert await sent(register) == []
    assert set((await states(store)).values()) == {("withheld", "the person wants no mail")}


async def test_whoever_unsubscribed_can_come_back(register: Register) -> None:
    """The same link turns it round; what was missed stands on the idea's page."""
    reference = await admit(register, "1", VERIFIED)
    token = register.token(Purpose.UNSUBSCRIBE, reference)
    await register.mailboxes.unsubscribe(token, NOON)
    found = await register.mailboxes.by_token(token, Purpose.UNSUBSCRIBE)
    assert found is not None
    assert found.unsubscribed
    assert await register.mailboxes.resubscribe(token)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["update"]


async def test_the_links_of_an_erased_person_open_nothing(register: Register, store: Store) -> None:
    """They answer as made-up ones do."""
    reference = await admit(register, "1")
    async with store.writing() as session:
        await session.execute(delete(SubmitterRow))
    token = register.token(Purpose.UNSUBSCRIBE, reference)

    assert await register.mailboxes.by_token(token, Purpose.UNSUBSCRIBE) is None
    assert not await register.mailboxes.unsubscribe(token, NOON)


async def test_a_bounce_for_good_stops_mail_to_that_address(register: Register, store: Store) -> None:
    """The message is marked as come back, nothing more is sent there, and staff see the address with its ideas."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    await bounce(register, confirmation.return_token)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)
    (stopped,) = await register.mailboxes.undeliverable()

    assert await states(store) == {
        "confirmation": ("bounced", "it came back (5.1.1)"),
        "update": ("withheld", "mail to this address comes back"),
    }
    assert (stopped.address, stopped.reason, stopped.references) == (
        "anna@example.org",
        "it came back (5.1.1)",
        (reference,),
    )


@pytest.mark.parametrize("status", ["5.2.2", "5.4.7", "5.7.1", "5.3.4", "5.1.8"])
async def test_a_bounce_that_is_not_about_the_address_stops_nothing(
    register: Register, store: Store, status: str
) -> None:
    """A full mailbox, a network, a policy or our own sender: this message is lost, and the next one is sent."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    await bounce(register, confirmation.return_token, status=status)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["update"]
    assert (await states(store))["confirmation"] == ("bounced", f"it came back ({status})")


@pytest.mark.parametrize("status", ["", "5.0.0", "5.1.1", "5.1.10", "5.2.1"])
async def test_a_bounce_about_the_address_stops_mail_to_it(register: Register, status: str) -> None:
    """Whatever else a server says for good means that there is no such mailbox."""
    await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    await bounce(register, confirmation.return_token, status=status)

    assert [each.address for each in await register.mailboxes.undeliverable()] == ["anna@example.org"]


async def test_what_is_being_sent_is_not_sent_again_to_whoever_unsubscribed(register: Register, store: Store) -> None:
    """A message whose delivery fails for now just when its recipient unsubscribes is not tried again."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await register.claim_notifications(NOON, LEASE, 5)
    await register.mailboxes.unsubscribe(register.token(Purpose.UNSUBSCRIBE, reference), NOON)
    await register.send_again(confirmation, NOON, "the relay refused the message for now (451)", NOON)

    assert await sent(register) == []
    assert (await states(store))["confirmation"] == ("withheld", "the person wants no mail")


async def test_a_passing_bounce_stops_nothing(register: Register, store: Store) -> None:
    """A delay is noted beside the message, and the next one is sent."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    await bounce(register, confirmation.return_token, permanent=False, status="4.2.2")
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["update"]
    assert (await states(store))["confirmation"] == ("sent", "it came back (4.2.2)")


@pytest.mark.parametrize("forged", ["", "a" * 26, "reply", "page"])
async def test_a_forged_bounce_changes_nothing(register: Register, store: Store, forged: str) -> None:
    """A delivery report counts only at the return path of the message that it is about."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    page = register.token(Purpose.STATUS_PAGE, reference)
    tokens = {"reply": confirmation.reply_token, "page": page}
    await bounce(register, tokens.get(forged, forged))

    assert await states(store) == {"confirmation": ("sent", "")}
    assert await register.mailboxes.undeliverable() == ()


async def test_a_refused_recipient_counts_like_a_bounce(register: Register) -> None:
    """The relay says at once what a bounce would say later."""
    await admit(register, "1", VERIFIED)
    (confirmation,) = await register.claim_notifications(NOON, LEASE, 5)
    await register.give_up(confirmation, "the relay refused the recipient (550 5.1.1)", NOON, undeliverable=True)

    assert [each.address for each in await register.mailboxes.undeliverable()] == ["anna@example.org"]


async def test_a_body_gets_its_lost_digest_once_its_mailbox_works(register: Register) -> None:
    """While it does not, digests wait; afterwards the body misses nothing."""
    await admit(register, "1", BEN)
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    digest = next(each for each in await sent(register) if each.template == "digest")
    await bounce(register, digest.return_token)
    await admit(register, "2", BEN)
    await register.write_digest(CHEMNITZ, Period("2026-11-24", NOON), NOON)
    assert "digest" not in [each.template for each in await sent(register)]
    (stopped,) = await register.mailboxes.undeliverable()
    assert await register.mailboxes.resume(stopped.address, NOON)

    assert [each.template for each in await sent(register)] == ["digest", "digest"]
    assert await register.mailboxes.undeliverable() == ()


async def test_mail_to_a_person_goes_on_when_staff_say_so(register: Register) -> None:
    """The address was mended, or the mailbox is no longer full."""
    reference = await admit(register, "1", VERIFIED)
    (confirmation,) = await sent(register)
    await bounce(register, confirmation.return_token)
    assert await register.mailboxes.resume("anna@example.org", NOON)
    assert not await register.mailboxes.resume("anna@example.org", NOON)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)

    assert [each.template for each in await sent(register)] == ["update"]
