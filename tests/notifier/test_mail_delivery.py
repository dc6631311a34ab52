from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.ideas.register import Register
from services.notifier.channels.email import EmailDeliverer
from services.notifier.delivery import Sender
from tests.conftest import on_sqlite
from tests.fakes.smtp_sink import SmtpSink, Step
from tests.notifier.samples import Clock, state
from tests.submissions import ANNA, submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

Make = Callable[..., Sender]


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
