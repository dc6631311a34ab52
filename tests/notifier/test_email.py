from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.notifier.channels.email import EmailDeliverer, compose
from services.notifier.outcome import GivenUp, Sent
from tests.conftest import NOON
from tests.fakes.smtp_sink import ReceivedMail, SmtpSink
from tests.html import Page
from tests.notifier.samples import (
    CONFIRM_LINK,
    LINK,
    MAILS,
    REPLY_TOKEN,
    RETURN_TOKEN,
    UNSUBSCRIBE_LINK,
    UPDATE,
)

Owed = Callable[..., Notification]
FACTS = ["SWS-2026-0042-7", "Mobilität und Verkehr", "Crimmitschau", "Landratsamt Zwickau", "ideen@example.org"]


async def delivered(email: EmailDeliverer, sink: SmtpSink, notification: Notification) -> ReceivedMail:
    assert await email.deliver(notification, MAILS[notification.template]) == Sent()
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


async def test_the_return_path_tells_which_mail_comes_back(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """The envelope's sender bears the notification's own token (VERP), in no field of the mail itself."""
    mail = await delivered(email, sink, owed(return_token=RETURN_TOKEN))

    assert mail.sender == f"rueckweg+{RETURN_TOKEN}@example.org"
    assert RETURN_TOKEN.encode() not in mail.content


async def test_without_a_token_the_return_path_is_null(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Where a failure could not be told from others, none is to come back."""
    assert (await delivered(email, sink, owed())).sender == "<>"


async def test_answers_go_to_the_secret_address(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Reply-To bears the token that makes an answer part of the idea's conversation."""
    mail = await delivered(email, sink, owed(reply_token=REPLY_TOKEN))

    assert str(mail.message["Reply-To"]) == f"idee+{REPLY_TOKEN}@example.org"


@pytest.mark.parametrize("template", ["confirmation", "attachments", "update"])
async def test_submitters_unsubscribe_with_one_click(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, template: str
) -> None:
    """A mail to a submitter names its link for unsubscribing as it is, however long, and one-click (RFC 8058)."""
    mail = await delivered(email, sink, owed(template))

    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE_LINK}>\r\n".encode() in b"\r\n" + mail.content
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_one_click_is_for_https_alone(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Without TLS the link is named, and one click is not offered (RFC 8058 section 3.1)."""
    link = "http://127.0.0.1:8080/abmelden/x"

    assert await email.deliver(owed(), {**UPDATE, "unsubscribe_link": link}) == Sent()

    assert sink.mails[0].message["List-Unsubscribe"] == f"<{link}>"
    assert sink.mails[0].message["List-Unsubscribe-Post"] is None


async def test_a_role_mailbox_does_not_unsubscribe(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """A digest is a body's work, and offers no link for unsubscribing."""
    mail = await delivered(email, sink, owed("digest"))

    assert mail.message["List-Unsubscribe"] is None
    assert b"abmelden" not in mail.content


async def test_umlauts_of_a_subject_arrive(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """A subject with umlauts reads the same at the other end, and travels as ASCII."""
    mail = await delivered(email, sink, owed())

    assert mail.message["Subject"] == "Neues zu Ihrer Idee SWS-2026-0042-7: in Prüfung"
    assert mail.content.isascii()


async def test_the_date_is_that_of_the_notification(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Date tells when the notification was ready to go, however long it had waited and whenever it is sent."""
    notification = owed(dated_at=NOON + timedelta(days=30))

    assert (await delivered(email, sink, notification)).message["Date"].datetime == NOON + timedelta(days=30)


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


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("confirmation", "auto-replied"),
        ("attachments", "auto-replied"),
        ("update", "auto-generated"),
        ("digest", "auto-generated"),
    ],
)
async def test_mails_say_that_a_program_sent_them(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, template: str, kind: str
) -> None:
    """Auto-Submitted tells an answer from what we send by ourselves (RFC 3834)."""
    assert (await delivered(email, sink, owed(template))).message["Auto-Submitted"] == kind


async def test_exchange_answers_with_failures_alone(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """Out-of-office notes and receipts are not wanted, and delivery failures (NDR) are."""
    unwanted = str((await delivered(email, sink, owed())).message["X-Auto-Response-Suppress"]).split(", ")

    assert {"OOF", "AutoReply", "DR"} <= set(unwanted)
    assert {"All", "NDR"}.isdisjoint(unwanted)


@pytest.mark.parametrize("template", ["confirmation", "update"])
async def test_both_parts_tell_the_same_facts(email: EmailDeliverer, sink: SmtpSink, owed: Owed, template: str) -> None:
    """A mail is text and HTML as alternatives, and every fact of one stands in the other."""
    mail = await delivered(email, sink, owed(template))
    text, page = part(mail, "plain"), Page(part(mail, "html"))

    assert mail.message.get_content_type() == "multipart/alternative"
    assert [fact for fact in FACTS if fact not in text or fact not in page.words] == []
    assert LINK in text
    assert LINK in page.targets


async def test_a_confirmation_leads_to_the_confirming_page(email: EmailDeliverer, sink: SmtpSink, owed: Owed) -> None:
    """The link to confirm an address stands in both parts of the first mail to it."""
    mail = await delivered(email, sink, owed("confirmation"))

    assert CONFIRM_LINK in part(mail, "plain")
    assert CONFIRM_LINK in Page(part(mail, "html")).targets


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
    values: dict[str, Any] = {**UPDATE, "notes": [note]}

    assert await email.deliver(owed(), values) == Sent()

    (mail,) = sink.mails
    assert mail.message["Bcc"] is None
    assert mail.recipients == ("anna@example.net",)
    assert note.splitlines()[-1] in part(mail, "plain")


@pytest.mark.parametrize("field", ["reference", "stage"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"])
async def test_no_value_of_a_subject_begins_a_field(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, field: str, end: str
) -> None:
    """Whatever ends a line somewhere ends none in a subject: the mail has no field that it does not always have."""
    ordinary = await delivered(email, sink, owed())
    values = {**UPDATE, field: f"x{end}Bcc: opfer@example.org{end}{end}<script>"}

    assert await email.deliver(owed(), values) == Sent()

    assert sink.mails[-1].message.keys() == ordinary.message.keys()
    assert "Bcc: opfer@example.org" in sink.mails[-1].message["Subject"]


@pytest.mark.parametrize("note", ["Straßenbahn" * 500, "Ende\rohne\nZeile\x0b\x0c\x85", "a\x00b", ". \n.\n..\n"])
def test_every_relay_can_take_a_mail_as_it_is(catalogue: Catalogue, owed: Owed, note: str) -> None:
    """A mail is ASCII, ends each line with CRLF and only so, and has none over 998 bytes (RFC 5322)."""
    mail = compose(catalogue.texts, catalogue.settings.email, owed(), {**UPDATE, "notes": [note]})

    assert mail.isascii()
    assert b"\r" not in mail.replace(b"\r\n", b"")
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 998
