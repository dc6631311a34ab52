"""Which mails join two channels, and which are ideas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from services.ideas.model import InboundMessage
from services.ideas.readings import JoinMail, Reading, Submission
from services.intake.email.authentication.result import Authentication, AuthResult
from services.intake.email.channel import MailChannel
from services.intake.email.read import MailReading
from tests.conftest import NOON
from tests.intake.reading import READER, read

CODE, SIGNS = "7QK2-M3XA-9TW0", "7QK2M3XA9TW0"
TOKEN = "abcdefghijklmnopqrstuvwx27"
LONG = "Und bitte bauen Sie den Radweg zwischen Zwickau und Glauchau."


def reading(
    subject: str, text: str, to: str = "ideen@example.org", authentication: Authentication | None = None
) -> Reading:
    raw = f"From: Anna <anna@example.org>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    envelope = {"mail_from": "anna@example.org", "rcpt_tos": [to]}
    return read(InboundMessage("email", "1", envelope, raw.encode(), NOON), authentication or Authentication())


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (CODE, ""),
        (f"Re: AW: {CODE}", "Hallo, hier ist mein Code. Viele Grüße, Anna"),
        (f"Code: {CODE.lower()}", CODE),
        ("", CODE),
        ("Verbinden", CODE),
        ("Mein Code", f"{CODE}\r\n\r\nViele Grüße\r\nAnna"),
        ("Hallo", f"{CODE}\r\n\r\n-- \r\nAnna Muster, Musterstraße 1, 09111 Chemnitz\r\n{LONG}"),
    ],
)
def test_a_code_alone_joins(subject: str, text: str) -> None:
    """In the subject, or in the first line, with no more than a greeting and a signature around it."""
    found = reading(subject, text)

    assert isinstance(found, JoinMail)
    assert (found.code, found.sender.address, found.sender.verified) == (SIGNS, "anna@example.org", False)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Verbinden", ""),
        ("Telegram verbinden", ""),
        ("verbinden", "Telegram verbinden"),
        ("Re: verbinden", "Verbinden"),
    ],
)
def test_one_word_asks_for_a_code(subject: str, text: str) -> None:
    """Where nothing else is said."""
    found = reading(subject, text)

    assert isinstance(found, JoinMail)
    assert found.code == ""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Verbinden", "Bitte den Radweg mit dem Bahnhof verbinden."),
        ("Orte verbinden", "Verbinden"),
        (CODE, LONG),
        ("Radweg", f"Der Code {CODE} steht an jeder Laterne."),
        ("Radweg", f"{CODE}\r\n{LONG}"),
        ("Schwimmhalle", "Schwimmhalle"),
        ("Haltestelle1", "Park 2024 Test"),
        ("Laternen", f"Diese Nummern sind defekt:\r\n{CODE}"),
    ],
)
def test_an_idea_that_happens_to_hold_a_code_stays_an_idea(subject: str, text: str) -> None:
    """Whoever says something is listened to."""
    assert isinstance(reading(subject, text), Submission)


def test_a_mail_with_a_file_is_an_idea() -> None:
    """Nobody attaches something to a code."""
    raw = (
        f"From: Anna <anna@example.org>\r\nSubject: {CODE}\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1234\r\n--b--\r\n"
    )
    message = InboundMessage("email", "1", {"mail_from": "anna@example.org"}, raw.encode(), NOON)

    assert isinstance(read(message), Submission)


def test_what_proves_its_sender_comes_along() -> None:
    """Whether the domain vouches for them, the secret address that it came to, and whether it may be answered."""
    sure = reading(CODE, "", authentication=Authentication(dmarc=AuthResult.PASS))
    forged = reading(CODE, "", authentication=Authentication(dmarc=AuthResult.FAIL))
    answer = reading(CODE, "", to=f"idee+{TOKEN}@example.org")

    assert isinstance(sure, JoinMail)
    assert isinstance(forged, JoinMail)
    assert isinstance(answer, JoinMail)
    assert (sure.sender.verified, sure.answerable, sure.thread) == (True, True, None)
    assert (forged.sender.verified, forged.answerable) == (False, False)
    assert (answer.sender.verified, answer.thread) == (False, TOKEN)


class InProcess:
    """What the child processes of the channel do, without them."""

    async def read(self, raw: bytes, envelope: Mapping[str, Any]) -> MailReading:
        """Read a mail."""
        return READER.read_mail(raw, envelope)

    async def authenticate(self, _raw: bytes, _envelope: Mapping[str, Any]) -> Authentication:
        """Know nothing."""
        return Authentication()


async def test_who_wrote_a_mail_is_kept_beside_it() -> None:
    """So that all mail of a person is found where they ask for it, also what came by way of somebody else's server."""
    raw = b"From: Anna <Anna@Example.org>\r\nSubject: Radweg\r\n\r\nBitte.\r\n"
    envelope = {"mail_from": "bounces@lists.example.net", "rcpt_tos": ["ideen@example.org"], "peer": "192.0.2.1"}
    here: Any = InProcess()

    kept = (await MailChannel(here, here).read_message(InboundMessage("email", "1", envelope, raw, NOON))).envelope

    assert set(kept) == {"mail_from", "rcpt_tos", "authentication", "author"}
    assert kept["author"] == "anna@example.org"
