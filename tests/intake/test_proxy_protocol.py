"""The PROXY protocol: a load balancer in front says whose connection it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

VERSION_1 = b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 25\r\n"
VERSION_2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([203, 0, 113, 7, 127, 0, 0, 1, 0x12, 0x67, 0, 25])
OF_THE_BALANCER = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"


@pytest.fixture
async def behind(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> AsyncIterator[MailReceiver]:
    """A mail server behind a load balancer at 127.0.0.1, that takes one connection from an address."""
    settings = make_catalogue(
        EMAIL_PROXY_PROTOCOL="true",
        EMAIL_TRUSTED_NETWORKS="127.0.0.1/32",
        EMAIL_MOST_CONNECTIONS_PER_ADDRESS="1",
    ).settings.email
    async with MailReceiver(settings, tmp_path, inbound) as receiver:
        yield receiver


@pytest.mark.parametrize(
    ("said", "peer"), [(VERSION_1, "203.0.113.7"), (VERSION_2, "203.0.113.7"), (OF_THE_BALANCER, "")]
)
async def test_the_client_is_who_the_balancer_names(behind: MailReceiver, kept: Kept, said: bytes, peer: str) -> None:
    """In both versions of the protocol; where the balancer speaks for itself, no client is known."""
    async with SmtpClient(behind.port, first=said) as client:
        assert (await client.deliver(b"Subject: x\r\n\r\ny")).startswith("250")
    (message,) = kept.messages.values()
    assert message.envelope["peer"] == peer


async def test_limits_count_by_the_named_address(behind: MailReceiver) -> None:
    """A second connection of one client is sent away, and another client's is not."""
    other = VERSION_1.replace(b"203.0.113.7", b"203.0.113.8")
    async with (
        SmtpClient(behind.port, first=VERSION_1) as first,
        SmtpClient(behind.port, first=VERSION_1) as second,
        SmtpClient(behind.port, first=other) as third,
    ):
        assert [client.greeting[:9] for client in (first, third)] == ["220 local"] * 2
        assert second.greeting.startswith("421 4.7.0")


@pytest.mark.parametrize("said", [b"EHLO client.example.net\r\n", b"PROXY TCP4 999.1.1.1 1 2 3\r\n", b"PROXY\r\n"])
async def test_whoever_is_not_introduced_is_sent_away(behind: MailReceiver, said: bytes) -> None:
    """Without the protocol nobody knows who is there."""
    async with SmtpClient(behind.port, first=said) as client:
        assert client.greeting.startswith("421 4.7.0")


async def test_only_a_trusted_balancer_is_believed(behind: MailReceiver) -> None:
    """Anyone else could claim to be anyone."""
    async with SmtpClient(behind.port, source="127.0.0.2", first=VERSION_1) as client:
        assert client.greeting.startswith("421 4.7.0")
