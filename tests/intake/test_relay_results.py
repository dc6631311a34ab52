"""Authentication-Results: the trusted relay is believed, and nobody who only writes in its name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.ideas.settings import Authentication as Settings
from services.intake.email.authentication.authenticator import Authenticator
from services.intake.email.authentication.result import Authentication, AuthResult, Source
from tests.intake.authenticating import InThread

RELAY = "mx.example.org"
MAIL = b"From: Anna <anna@mail.example.net>\r\nTo: ideen@example.org\r\n\r\nx\r\n"
NOTHING = Authentication(source=Source.RELAY)
VERIFIED = Authentication(AuthResult.PASS, AuthResult.PASS, AuthResult.PASS, aligned=True, source=Source.RELAY)
FAILED = Authentication(AuthResult.FAIL, AuthResult.FAIL, AuthResult.FAIL, source=Source.RELAY)
GOOD = "spf=pass smtp.mailfrom=example.net; dkim=pass header.d=example.net; dmarc=pass header.from=mail.example.net"
BAD = "spf=fail smtp.mailfrom=example.net; dkim=fail header.d=example.net; dmarc=fail header.from=mail.example.net"


@pytest.fixture
async def authenticator() -> AsyncIterator[Authenticator]:
    async with InThread(Settings(authserv_id=RELAY, resolver="off")) as authenticator:
        yield authenticator


def field(results: str, name: str = RELAY) -> bytes:
    return f"Authentication-Results: {name}; {results}\r\n".encode()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (field(GOOD), VERIFIED),
        (field(GOOD, "MX.Example.ORG"), VERIFIED),
        (field(GOOD, "mx.example.org 1"), VERIFIED),
        (field(GOOD, "mx.example.org (our relay) 1 (version)"), VERIFIED),
        (field(GOOD.replace("; ", ";\r\n\t")), VERIFIED),
        (field(GOOD.replace("pass", "pass (it (really) is)")), VERIFIED),
        (field(GOOD.replace("header.d=example.net", "header.i=@example.net header.b=abc")), VERIFIED),
        (b"".join(field(each) for each in GOOD.split("; ")), VERIFIED),
        (b"Received: by mx\r\n" + field(GOOD), VERIFIED),
        (field("dkim=fail header.d=example.com; " + GOOD), VERIFIED),
        (field(BAD), FAILED),
        (field(BAD.replace("spf=fail", "spf=hardfail")), FAILED),
        (field(BAD) + field(GOOD), FAILED),
        (field(BAD) + b"Received: from outside\r\n" + field(GOOD), FAILED),
        (field("none") + b"Received: from outside\r\n" + field(GOOD), NOTHING),
        (field(GOOD, "mx.example.net"), NOTHING),
        (field(GOOD, "mx.example.org.example.net"), NOTHING),
        (field(GOOD, "(mx.example.org) evil.example.net"), NOTHING),
        (field(GOOD, "evil.example.net (mx.example.org)"), NOTHING),
        (field(GOOD, "mx.example.org 2"), NOTHING),
        (b"X-" + field(GOOD), NOTHING),
        (b"ARC-" + field(GOOD), NOTHING),
        (b"", NOTHING),
        (field("="), NOTHING),
        (field("; ;; dkim"), NOTHING),
    ],
)
async def test_only_the_relays_own_fields_count(
    authenticator: Authenticator, head: bytes, expected: Authentication
) -> None:
    """Folded, commented and versioned fields of the relay are read; others, and what stands below a hop, are not."""
    assert await authenticator.authenticate(head + MAIL, {"mail_from": "anna@example.net"}) == expected


async def test_a_strangers_signature_is_not_aligned(authenticator: Authenticator) -> None:
    """The relay says which domain signed; whether it is the author's is decided here."""
    result = await authenticator.authenticate(field("dkim=pass header.d=example.com") + MAIL, {"mail_from": ""})

    assert (result.dkim, result.aligned, result.verifies_sender) == (AuthResult.PASS, False, False)


async def test_a_pass_for_another_author_is_a_failure(authenticator: Authenticator) -> None:
    """A mail in which the relay found another From than the one that is read here verifies nobody."""
    result = await authenticator.authenticate(field("dmarc=pass header.from=example.com") + MAIL, {"mail_from": ""})

    assert result.is_failure


async def test_comments_without_end_end() -> None:
    """A field that only defeats its parser is a failure, and the next mail is asked about."""
    async with Authenticator(Settings(authserv_id=RELAY, resolver="off")) as authenticator:
        defeating = await authenticator.authenticate(field("(" * 15_000 + GOOD) + MAIL, {"mail_from": ""})
        honest = await authenticator.authenticate(field(GOOD) + MAIL, {"mail_from": ""})

    assert defeating.is_failure
    assert honest == VERIFIED
