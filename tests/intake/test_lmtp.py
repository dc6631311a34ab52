"""The LMTP server (RFC 2033), over real sockets."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreFull, StoreUnavailable
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

ENVELOPE = (
    b"MAIL FROM:<a@example.net>\r\n"
    b"RCPT TO:<ideen@example.org>\r\nRCPT TO:<x@example.org>\r\nRCPT TO:<postmaster>\r\n"
    b"DATA\r\n"
)


@pytest.fixture
async def at(make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog) -> AsyncIterator[Path]:
    """The Unix socket of a mail server."""
    path = tmp_path / "lmtp"
    settings = make_catalogue(EMAIL_LMTP=f"unix:{path}", EMAIL_MAX_BYTES="70000").settings.email
    async with MailReceiver(settings, tmp_path, inbound):
        yield path


async def _announce(client: SmtpClient) -> None:
    assert "250-PIPELINING" in await client.say("LHLO mail.example.org")
    await client.send(ENVELOPE)
    assert await client.hear(5) == ["250 2.1.0", "250 2.1.5", "550 5.1.1", "250 2.1.5", "354 End d"]


async def test_each_recipient_has_a_reply(at: Path, kept: Kept) -> None:
    """A message for two known recipients is kept once, and answered twice."""
    async with SmtpClient(at) as client:
        await _announce(client)
        await client.send(b"Subject: x\r\n\r\ny\r\n.\r\nNOOP\r\n")
        assert await client.hear(3) == ["250 2.0.0"] * 3
    (message,) = kept.messages.values()
    assert message.envelope["rcpt_tos"] == ["ideen@example.org", "postmaster"]
    assert message.envelope["peer"] == ""


@pytest.mark.parametrize(
    ("fault", "code"),
    [(StoreUnavailable("down"), "451 4.3.0"), (StoreFull("full"), "452 4.3.1"), (RuntimeError("defect"), "451 4.3.0")],
)
async def test_each_recipient_hears_of_a_fault(
    at: Path, kept: Kept, fault: StoreUnavailable | RuntimeError, code: str
) -> None:
    """Whatever goes wrong after the message is said once for each recipient, or the replies would get mixed up."""
    kept.faults += [fault, fault]
    async with SmtpClient(at) as client:
        await _announce(client)
        await client.send(b"Subject: x\r\n\r\ny\r\n.\r\nNOOP\r\n")
        assert await client.hear(3) == [code, code, "250 2.0.0"]


async def test_each_recipient_hears_of_a_message_that_is_too_large(at: Path, kept: Kept) -> None:
    """So it is with a message above the limit."""
    async with SmtpClient(at) as client:
        await _announce(client)
        await client.send(b"x" * 80_000 + b"\r\n.\r\nNOOP\r\n")
        assert await client.hear(3) == ["552 5.3.4", "552 5.3.4", "250 2.0.0"]
    assert not kept.raws


@pytest.mark.parametrize("greeting", ["HELO a.example.net", "EHLO a.example.net"])
async def test_smtp_is_not_spoken(at: Path, greeting: str) -> None:
    """A client that takes it for SMTP is told so at once (RFC 2033 section 4.1)."""
    async with SmtpClient(at) as client:
        assert (await client.say(greeting)).startswith("500")


async def test_whoever_reaches_the_socket_may_write_to_it(at: Path) -> None:
    """The mail system is another user; the folder decides who gets here."""
    assert stat.S_IMODE(os.stat(at).st_mode) == 0o666  # noqa: PTH116 - one call


async def test_a_tcp_port_does_as_well(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog, kept: Kept
) -> None:
    """LMTP over TCP beside SMTP: each has its port."""
    settings = make_catalogue(EMAIL_LMTP="127.0.0.1:0").settings.email
    async with MailReceiver(settings, tmp_path, inbound) as receiver:
        async with SmtpClient(receiver.lmtp_port) as client:
            await _announce(client)
            await client.send(b"Subject: x\r\n\r\ny\r\n.\r\n")
            assert await client.hear(2) == ["250 2.0.0"] * 2
        async with SmtpClient(receiver.port) as client:
            assert (await client.deliver(b"Subject: y\r\n\r\ny")).startswith("250")
    assert len(kept.raws) == 2
