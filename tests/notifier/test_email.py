from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.notifier.channels.email import EmailDeliverer, compose
from services.notifier.outcome import GivenUp, Sent
from tests.fakes.smtp_sink import ReceivedMail, SmtpSink
from tests.html import Page
from tests.notifier.samples import CONFIRMATION, LINK, UPDATE

Owed = Callable[..., Notification]
FACTS = ["SWS-2026-0042-7", "Mobilität und Verkehr", "Crimmitschau", "Landratsamt Zwickau", "ideen@example.org"]


async def delivered(email: EmailDeliverer, sink: SmtpSink, notification: Notification) -> ReceivedMail:
    values = CONFIRMATION if notification.template == "confirmation" else UPDATE
    assert await email.deliver(notification, values) == Sent()
    return sink.mails[-1]


def part(mail: ReceivedMail, kind: str) -> str:
    found = mail.message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    text: str = found.get_content()
    return text


async def test_a_mail_goes_to_one_recipient_from_the_first_address(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed
) -> None:
    """From names the region's sender and its first address, To and the envelope hold the one recipient."""
    mail = await delivered(email, sink, owed())

    assert mail.message["From"].addresses[0].display_name == "Ideenkanal Südwestsachsen"
    assert mail.message["From"].addresses[0].addr_spec == "ideen@example.org"
    assert [address.addr_spec for address in mail.message["To"].addresses] == ["anna@example.net"]
    assert mail.recipients == ("anna@example.net",)


async def test_the_reverse_path_is_null(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """The envelope's sender is empty, so that no robot answers."""
    assert (await delivered(email, sink, owed())).sender == "<>"


async def test_umlauts_of_a_subject_arrive(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """A subject with umlauts reads the same at the other end, and travels as ASCII."""
    mail = await delivered(email, sink, owed())

    assert mail.message["Subject"] == "Neues zu Ihrer Idee SWS-2026-0042-7: in Prüfung"
    assert mail.content.isascii()


async def test_the_date_is_that_of_the_notification(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Date tells when the notification was written, whenever it is sent."""
    notification = owed()

    assert (await delivered(email, sink, notification)).message["Date"].datetime == notification.created_at


async def test_a_second_attempt_is_the_same_mail(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """The same notification sent again is the same mail byte for byte, Message-ID included."""
    first = await delivered(email, sink, owed(attempt=1))
    second = await delivered(email, sink, owed(attempt=2))

    assert first.content == second.content


async def test_another_notification_has_another_message_id(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """The Message-ID comes from the notification's key and the sender's domain."""
    first = await delivered(email, sink, owed())
    second = await delivered(email, sink, owed(key="update:SWS-2026-0042-7:4"))

    assert first.message["Message-ID"] != second.message["Message-ID"]
    assert first.message["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(("template", "kind"), [("confirmation", "auto-replied"), ("update", "auto-generated")])
async def test_mails_say_that_a_program_sent_them(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, template: str, kind: str
) -> None:
    """Auto-Submitted tells an answer from what we send by ourselves (RFC 3834)."""
    assert (await delivered(email, sink, owed(template))).message["Auto-Submitted"] == kind


@pytest.mark.parametrize("template", ["confirmation", "update"])
async def test_both_parts_tell_the_same_facts(email: EmailDeliverer, sink: SmtpSink, owed: Owed, template: str) -> None:
    """A mail is text and HTML as alternatives, and every fact of one stands in the other."""
    mail = await delivered(email, sink, owed(template))
    text, page = part(mail, "plain"), Page(part(mail, "html"))

    assert mail.message.get_content_type() == "multipart/alternative"
    assert [fact for fact in FACTS if fact not in text or fact not in page.words] == []
    assert LINK in text
    assert LINK in page.targets


async def test_an_international_domain_is_written_in_ascii(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """A domain with umlauts is addressed in its ASCII form, in To and in the envelope."""
    mail = await delivered(email, sink, owed(recipient="anna@bürger.example"))

    assert mail.recipients == ("anna@xn--brger-kva.example",)
    assert str(mail.message["To"]) == "anna@xn--brger-kva.example"


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "a@b\r\nBcc: x@example.org", "two@at@example.org", "nobody", "", "a@"]
)
async def test_what_no_mail_can_be_addressed_to_is_given_up(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, address: str
) -> None:
    """A recipient that is no address is given up at once, and the relay is not asked."""
    assert isinstance(await email.deliver(owed(recipient=address), UPDATE), GivenUp)
    assert sink.session_count == 0


@pytest.mark.parametrize("note", ["Zeile\r\nBcc: opfer@example.org", "Ende\r\n.\r\nMAIL FROM:<x@example.org>"])
async def test_a_note_stays_in_the_body(email: EmailDeliverer, sink: SmtpSink, owed: Owed, note: str) -> None:
    """Line breaks, header names and SMTP commands in a note are words of the body and nothing else."""
    values: dict[str, Any] = {**UPDATE, "note": note}

    assert await email.deliver(owed(), values) == Sent()

    (mail,) = sink.mails
    assert mail.message["Bcc"] is None
    assert mail.recipients == ("anna@example.net",)
    assert note.splitlines()[-1] in part(mail, "plain")


def test_every_line_is_short_enough_for_every_relay(catalogue: Catalogue, owed: Owed) -> None:
    """No line of a mail is longer than 998 bytes (RFC 5322), however long a note is."""
    values = {**UPDATE, "note": "Straßenbahn" * 500}

    mail = compose(catalogue.texts, catalogue.settings.email, owed(), values).as_bytes()

    assert max(map(len, mail.split(b"\r\n"))) <= 998
