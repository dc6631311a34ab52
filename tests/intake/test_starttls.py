"""STARTTLS (RFC 3207), with a certificate made for the test."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.ideas.catalogue import Catalogue
from services.ideas.errors import ConfigurationError
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

MAIL = b"Subject: Radweg\r\n\r\nBitte bauen."


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate of localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command, *name, *files], check=True, capture_output=True)  # noqa: S603 - the command is ours
    return folder


@pytest.fixture
async def secured(
    make_catalogue: Callable[..., Catalogue], certificate: Path, tmp_path: Path, inbound: InboundLog
) -> AsyncIterator[MailReceiver]:
    """A mail server with a certificate."""
    files = {
        "EMAIL_TLS_CERTIFICATE": str(certificate / "certificate.pem"),
        "EMAIL_TLS_KEY": str(certificate / "key.pem"),
        "EMAIL_TRUSTED_NETWORKS": "127.0.0.1/32",
    }
    async with MailReceiver(make_catalogue(**files).settings.email, tmp_path, inbound) as receiver:
        yield receiver


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate / "certificate.pem"))


async def test_a_mail_comes_encrypted(secured: MailReceiver, trust: ssl.SSLContext, kept: Kept) -> None:
    """STARTTLS is offered, agreed upon, and then not offered again; a mail arrives, and its client is known."""
    async with SmtpClient(secured.port, source="127.0.0.9") as client:
        assert "STARTTLS" in await client.say("EHLO client.example.net")
        assert (await client.say("STARTTLS")).startswith("220")
        await client.secure(trust)
        offers = await client.say("EHLO client.example.net")
        assert "STARTTLS" not in offers
        assert "AUTH" not in offers
        assert (await client.deliver(MAIL)).startswith("250")
    (message,) = kept.messages.values()
    assert (message.raw, message.envelope["peer"]) == (MAIL + b"\r\n", "127.0.0.9")


async def test_what_is_said_before_the_encryption_is_forgotten(
    secured: MailReceiver, trust: ssl.SSLContext, kept: Kept
) -> None:
    """Commands that someone has put behind STARTTLS are not heeded, and the greeting has to be said again."""
    async with SmtpClient(secured.port) as client:
        await client.say("EHLO client.example.net")
        await client.send(b"STARTTLS\r\nEHLO evil.example.net\r\nMAIL FROM:<evil@example.net>\r\n")
        assert (await client.reply()).startswith("220")
        await client.secure(trust)
        assert (await client.say("MAIL FROM:<a@example.net>")).startswith("503")
        assert (await client.deliver(MAIL)).startswith("250")
    (message,) = kept.messages.values()
    assert message.envelope["mail_from"] == "erika@example.org"


async def test_a_failed_handshake_ends_one_connection(secured: MailReceiver, kept: Kept) -> None:
    """A client that does not trust the certificate is gone, and counted no more; others are served as before."""
    async with SmtpClient(secured.port) as client:
        await client.say("EHLO client.example.net")
        await client.say("STARTTLS")
        with pytest.raises(ssl.SSLCertVerificationError):
            await client.secure(ssl.create_default_context())
    async with SmtpClient(secured.port) as client:
        assert (await client.deliver(MAIL)).startswith("250")
    assert len(kept.raws) == 1
    with capture_logs() as logs:
        await secured.__aexit__(None, None, None)
    assert not logs


async def test_without_a_certificate_there_is_no_starttls(receiver: MailReceiver) -> None:
    """It is not offered, and whoever asks all the same is told that it is not there for now."""
    async with SmtpClient(receiver.port) as client:
        assert "STARTTLS" not in await client.say("EHLO client.example.net")
        assert (await client.say("STARTTLS")).startswith("454 4.7.0")


def test_an_unusable_certificate_is_named(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> None:
    """The server does not start without the encryption that it was told to offer."""
    (tmp_path / "empty.pem").touch()
    files = dict.fromkeys(("EMAIL_TLS_CERTIFICATE", "EMAIL_TLS_KEY"), str(tmp_path / "empty.pem"))
    with pytest.raises(ConfigurationError, match=r"email\.tls_certificate"):
        MailReceiver(make_catalogue(**files).settings.email, tmp_path, inbound)
