"""What senders who mean ill get from the whole program: no answer, no extra field, and no trace in the log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.conftest import on_sqlite
from tests.fakes.dns import DnsServer
from tests.fakes.smtp_sink import SmtpSink
from tests.intake.signing import Signer
from tests.mail import mail, send, send_raw
from tests.service import Service

pytestmark = on_sqlite
IDEA = "Zwischen Zschopau und Chemnitz fehlt nach 18 Uhr ein Spätbus."


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer() as server:
        server.add_text("_dmarc.example.net", "v=DMARC1; p=reject")
        yield server


async def test_who_writes_in_a_domains_name_gets_it_no_mail(
    settings: dict[str, str], relay: SmtpSink, dns: DnsServer
) -> None:
    """Of two mails in her name, Anna's domain has signed one: it alone is answered, and it verifies her address."""
    signer = Signer("example.net")
    signer.publish(dns)
    forged = mail("anna@example.net", "Gewinn", "In Plauen fehlt ein Spätbus.")
    signed = signer.sign(mail("anna@example.net", "Spätbus", IDEA).as_bytes(policy=SMTP))
    async with Service(settings | {"AUTHENTICATION_RESOLVER": f"127.0.0.1:{dns.port}"}) as service:
        await send(service.mail_port, forged)
        await service.logged("message.read")
        await send_raw(service.mail_port, "anna@example.net", signed)
        confirmation = await relay.mail_to("anna@example.net", timeout=30)
        _, shown = await service.command("show", "SWS-2026-0001-9")

    assert "SWS-2026-0002-4" in str(confirmation.message["Subject"])
    assert "the sender is probably forged" in shown
    assert b"/adresse/" not in confirmation.content
    assert len(relay.mails) == 1


async def test_an_encoded_line_end_adds_no_field(service: Service, relay: SmtpSink) -> None:
    """A subject, a name and a file name that decode to line ends and fields are read, and the answer has none of it."""
    hostile = (
        b"From: =?utf-8?q?Anna=0D=0ABcc=3A_eve=40example=2Ecom?= <anna@example.net>\r\nTo: ideen@example.org\r\n"
        b"Subject: =?utf-8?q?hallo=0D=0ABcc=3A_eve=40example=2Ecom=0D=0A=0D=0AX?=\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + IDEA.encode() + b"\r\n--b\r\n"
        b"Content-Type: text/csv; name=\"a\r\n b.csv\"; name*=utf-8''a%0D%0ABcc%3A%20eve\r\n\r\n1\r\n--b--\r\n"
    )
    await send_raw(service.mail_port, "anna@example.net", hostile)
    confirmation = await relay.mail_to("anna@example.net", timeout=30)

    assert confirmation.recipients == ("anna@example.net",)
    assert confirmation.message["Bcc"] is None
    assert b"eve" not in confirmation.content.lower()


async def test_nothing_of_a_mail_is_in_the_log(service: Service, relay: SmtpSink) -> None:
    """Canaries in each field of a mail, with signs that break lines and steer terminals, leave the log clean."""
    canary = "Kanarienvogel"
    message = EmailMessage()
    message["From"] = f"{canary} <{canary.lower()}@example.net>"
    message["To"] = "ideen@example.org"
    message["Subject"] = f"{canary} \x1b[31m \u202e Spätbus"
    message["Message-ID"] = f"<{canary}@example.net>"
    message["X-Mailer"] = canary
    message.set_content(f"{canary} {IDEA}")
    message.add_attachment(b"1", maintype="text", subtype="csv", filename=f"{canary}.csv")
    await send(service.mail_port, message)
    await relay.mail_to(f"{canary.lower()}@example.net", timeout=30)

    log = json.dumps(service.events).lower()
    assert canary.lower() not in log
    assert "spätbus" not in log
    assert "not JSON" not in log
