from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import dkim
import pytest
from pydantic import SecretStr

from services.ideas.catalogue import Catalogue
from services.ideas.errors import ConfigurationError
from services.ideas.model import Notification
from services.ideas.settings import Dkim
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay
from services.notifier.channels.signature import Signer, signer
from services.notifier.outcome import Sent
from tests.conftest import NOON
from tests.fakes.smtp_sink import SmtpSink
from tests.notifier.openssl import ed25519_key, rsa_key
from tests.notifier.samples import MAILS, REPLY_TOKEN, UPDATE

Owed = Callable[..., Notification]
Deliver = Callable[..., EmailDeliverer]
ALGORITHMS = ["rsa-sha256", "ed25519-sha256"]
SETTINGS = {
    "rsa-sha256": {"rsa_key": SecretStr(rsa_key().private), "rsa_selector": "r2026"},
    "ed25519-sha256": {"ed25519_key": SecretStr(ed25519_key().private), "ed25519_selector": "e2026"},
}
RECORDS = {
    b"r2026._domainkey.example.org.": b"v=DKIM1; k=rsa; p=" + rsa_key().public,
    b"e2026._domainkey.example.org.": b"v=DKIM1; k=ed25519; p=" + ed25519_key().public,
}


def signing(*algorithms: str) -> Signer:
    wanted: dict[str, Any] = {}
    for algorithm in algorithms:
        wanted |= SETTINGS[algorithm]
    made = signer(Dkim.model_validate(wanted), "example.org")
    assert made is not None
    return made


def holds(mail: bytes, index: int = 0) -> bool:
    """Whether a receiver who finds our keys in the DNS believes the signature with this index."""
    try:
        verified: bool = dkim.DKIM(mail).verify(index, dnsfunc=lambda name, **_: RECORDS[name])
    except dkim.ValidationError:  # the body is another one
        return False
    return verified


def tags(mail: bytes) -> list[dict[str, str]]:
    """The tags of each signature of a mail."""
    fields = message_from_bytes(mail, policy=policy.default).get_all("DKIM-Signature", [])
    pairs = [[tag.partition("=") for tag in re.sub(r"\s", "", field).split(";")] for field in fields]
    return [{name: value for name, _, value in each} for each in pairs]


@pytest.fixture
def deliver(catalogue: Catalogue, relay: SmtpRelay) -> Deliver:
    def make(*algorithms: str) -> EmailDeliverer:
        return EmailDeliverer(catalogue.texts, catalogue.settings.email, relay, signing(*algorithms))

    return make


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("template", MAILS)
async def test_the_signature_of_what_arrives_holds(
    deliver: Deliver, sink: SmtpSink, owed: Owed, algorithm: str, template: str
) -> None:
    """What comes in at the relay verifies with the public key, for each algorithm and each mail."""
    notification = owed(template, reply_token=REPLY_TOKEN)

    assert await deliver(algorithm).deliver(notification, MAILS[template]) == Sent()

    (mail,) = sink.mails
    assert [(each["a"], each["d"]) for each in tags(mail.content)] == [(algorithm, "example.org")]
    assert holds(mail.content)


async def test_a_mail_bears_both_signatures(deliver: Deliver, sink: SmtpSink, owed: Owed) -> None:
    """With both keys a receiver may believe either (RFC 8463 section 3)."""
    assert await deliver(*ALGORITHMS).deliver(owed(), UPDATE) == Sent()

    content = sink.mails[0].content
    assert [each["a"] for each in tags(content)] == ALGORITHMS
    assert [holds(content, 0), holds(content, 1)] == [True, True]


async def test_the_fields_that_matter_are_signed(deliver: Deliver, sink: SmtpSink, owed: Owed) -> None:
    """Sender, recipient, subject, answers and unsubscribing (RFC 8058 section 4) are covered, From against a second."""
    assert await deliver("rsa-sha256").deliver(owed(reply_token=REPLY_TOKEN), UPDATE) == Sent()

    (signature,) = tags(sink.mails[0].content)
    covered = signature["h"].split(":")
    for name in ("to", "subject", "date", "message-id", "reply-to", "auto-submitted", "mime-version", "content-type"):
        assert covered.count(name) == 1
    assert covered.count("from") == 2
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(covered)


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        (b"Subject: Neues", b"Subject: Altes"),
        (b"From: Ideenkanal", b"From: Bank <bank@example.net>\r\nFrom: Ideenkanal"),
        (b"List-Unsubscribe: <https://ideen", b"List-Unsubscribe: <https://evil"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"Guten Tag", b"Schlechten Tag"),
    ],
)
async def test_a_changed_mail_does_not_verify(
    deliver: Deliver, sink: SmtpSink, owed: Owed, ours: bytes, other: bytes
) -> None:
    """Whoever changes a signed field, adds a sender or changes the text breaks both signatures."""
    assert await deliver(*ALGORITHMS).deliver(owed(), UPDATE) == Sent()
    content = sink.mails[0].content
    assert ours in content

    assert [holds(content.replace(ours, other), index) for index in (0, 1)] == [False, False]


@pytest.mark.parametrize(
    "note", ["Ein Punkt\n.\nallein", "Leerzeichen am Ende   \n\n\n", "Straßenbahn" * 300, "a\rb\nc"]
)
async def test_no_words_break_a_signature(deliver: Deliver, sink: SmtpSink, owed: Owed, note: str) -> None:
    """Dots, blanks at line ends, long words and odd line breaks arrive as they were signed."""
    assert await deliver(*ALGORITHMS).deliver(owed(), {**UPDATE, "notes": [note]}) == Sent()

    assert [holds(sink.mails[0].content, index) for index in (0, 1)] == [True, True]


async def test_a_second_attempt_is_signed_alike(deliver: Deliver, sink: SmtpSink, owed: Owed) -> None:
    """Sent again, a signed mail has the same bytes: its signatures are dated with the notification."""
    email = deliver(*ALGORITHMS)

    assert await email.deliver(owed(attempt=1), UPDATE) == Sent()
    assert await email.deliver(owed(attempt=2), UPDATE) == Sent()

    assert sink.mails[0].content == sink.mails[1].content
    assert {each["t"] for each in tags(sink.mails[0].content)} == {str(int(NOON.timestamp()))}


def test_without_keys_nothing_is_signed() -> None:
    """No key configured: no signer."""
    assert signer(Dkim(), "example.org") is None


@pytest.mark.parametrize("form", ["traditional", "pkcs8", "crlf"])
def test_openssls_forms_of_an_rsa_key_are_taken(form: str) -> None:
    """A key signs whichever way OpenSSL wrote it, and with the line ends of either system."""
    key = rsa_key(pkcs8=form == "pkcs8")
    private = key.private.replace("\n", "\r\n") if form == "crlf" else key.private

    made = signer(Dkim(rsa_key=SecretStr(private), rsa_selector="r2026"), "example.org")

    assert made is not None
    mail = made.sign(b"From: a@example.org\r\n\r\nx\r\n", NOON)
    assert dkim.DKIM(mail).verify(dnsfunc=lambda *_, **__: b"v=DKIM1; k=rsa; p=" + key.public)


NO_KEYS = {
    "no PEM": "geheim",
    "empty PEM": "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
    "no Base64": "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----",
    "no key": f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(b'x' * 48).decode()}\n-----END PRIVATE KEY-----",
    "not ASCII": "-----BEGIN PRIVATE KEY-----\nschlüssel\n-----END PRIVATE KEY-----",
}


@pytest.mark.parametrize("text", [*NO_KEYS.values(), ed25519_key().private, rsa_key(bits=1024).private])
def test_a_broken_rsa_key_is_named(text: str) -> None:
    """What is no RSA key, or a short one, is named with its setting and what was expected there, and not shown."""
    with pytest.raises(ConfigurationError) as raised:
        signer(Dkim(rsa_key=SecretStr(text)), "example.org")

    (problem,) = raised.value.problems
    assert problem.key == "IDEENKANAL_DKIM_RSA_KEY"
    assert "2048 bits or more in PEM" in problem.expected
    assert text not in str(raised.value)


@pytest.mark.parametrize("text", [*NO_KEYS.values(), rsa_key().private])
def test_a_broken_ed25519_key_is_named(text: str) -> None:
    """What is no Ed25519 key is named with its setting and what was expected there."""
    with pytest.raises(ConfigurationError) as raised:
        signer(Dkim(ed25519_key=SecretStr(text)), "example.org")

    (problem,) = raised.value.problems
    assert (problem.key, "Ed25519" in problem.expected) == ("IDEENKANAL_DKIM_ED25519_KEY", True)


def test_every_broken_key_is_named_at_once() -> None:
    """Two broken keys are two problems."""
    with pytest.raises(ConfigurationError) as raised:
        signer(Dkim(rsa_key=SecretStr("x"), ed25519_key=SecretStr("x")), "example.org")

    assert len(raised.value.problems) == 2


def test_a_damaged_rsa_key_signs_nothing() -> None:
    """A key with a damaged part is refused when the program starts, and not by those who get its mail."""
    head, *lines, foot = rsa_key().private.splitlines()
    der = bytearray(base64.b64decode("".join(lines)))
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(30):
        damaged = bytearray(der)
        # The factors and what is made of them; before them stand what is public and an exponent that nobody needs.
        damaged[chance.randrange(len(der) // 2, len(der))] ^= 1 << chance.randrange(8)
        text = base64.encodebytes(damaged).decode().replace("\n", "")
        with pytest.raises(ConfigurationError):
            signer(Dkim(rsa_key=SecretStr(f"{head}\n{text}\n{foot}")), "example.org")
