"""Where the mail server listens, and with whom it shares a port."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

MAIL = b"Subject: Radweg\r\n\r\nBitte bauen."


async def test_several_servers_share_a_port(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog, kept: Kept
) -> None:
    """Two that want to are both on it; when one has gone the other takes all mail."""
    async with MailReceiver(make_catalogue().settings.email, tmp_path, inbound, share_port=True) as one:
        settings = make_catalogue(EMAIL_PORT=str(one.port)).settings.email
        other = MailReceiver(settings, tmp_path, inbound, share_port=True)
        async with other:
            assert other.port == one.port
        for number in range(5):
            async with SmtpClient(one.port) as client:
                assert (await client.deliver(MAIL + b"%d" % number)).startswith("250")
    assert len(kept.raws) == 5


async def test_a_port_is_not_shared_unasked(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> None:
    """A second server on a port fails, so that nobody runs two by mistake."""
    async with MailReceiver(make_catalogue().settings.email, tmp_path, inbound) as one:
        settings = make_catalogue(EMAIL_PORT=str(one.port)).settings.email
        with pytest.raises(OSError, match="address already in use"):
            await MailReceiver(settings, tmp_path, inbound).__aenter__()


async def test_half_a_start_is_none(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> None:
    """Where LMTP cannot listen, SMTP does not go on by itself."""
    async with MailReceiver(make_catalogue().settings.email, tmp_path, inbound) as one:
        port = one.port
    settings = make_catalogue(EMAIL_PORT=str(port), EMAIL_LMTP=f"unix:{tmp_path}/no/folder").settings.email
    with pytest.raises(FileNotFoundError):
        await MailReceiver(settings, tmp_path, inbound).__aenter__()
    async with MailReceiver(make_catalogue(EMAIL_PORT=str(port)).settings.email, tmp_path, inbound) as again:
        assert again.port == port
