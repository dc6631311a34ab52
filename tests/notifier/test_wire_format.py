from __future__ import annotations

import random
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services.notifier.channels.wire_format import alternatives, folded

SIGNS = [
    "a",
    "Z",
    "9",
    " ",
    "  ",
    "=",
    "?",
    "_",
    "=?utf-8?q?x?=",
    "ä",
    "ß",
    "—",
    "\u202e",
    "🚲",
    "\u200d",
    ".",
    "\t",
    "\x00",
]
WORDS = ["Neues", "zu", "Ihrer", "Idee", "x" * 90, "", "Straßenbahn", "für", "🚲" * 40, "SWS-2026-0042-7", "=?", "?="]


def read(mail: bytes) -> EmailMessage:
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_thousand_subjects_are_read_as_they_were_written() -> None:
    """Whatever words stand in one line come back from a parser, and every line has a length that all relays take."""
    choose = random.Random(6)  # noqa: S311 - no secret
    for _ in range(1000):
        subject = " ".join(choose.choices(WORDS, k=choose.randint(1, 8))).strip()
        mail = alternatives({"Subject": folded("Subject", subject)}, "", "", "=_b")

        assert read(mail)["Subject"] == subject
        assert mail.isascii()
        assert all(len(line) <= 110 for line in mail.split(b"\r\n"))


def test_no_sign_is_cut_in_two() -> None:
    """Each encoded word can be read for itself (RFC 2047 section 5), and has 75 characters at most."""
    words = folded("Subject", "🚲ä" * 60).split("\r\n ")

    assert len(words) > 1
    assert all(len(word) <= 75 for word in words)
    read_apart = [read(b"Subject: " + word.encode() + b"\r\n\r\n")["Subject"] for word in words]
    assert "".join(read_apart) == "🚲ä" * 60


def test_a_thousand_texts_are_read_as_they_were_written() -> None:
    """Text and HTML come back line by line, blanks, dots and control characters included, from short ASCII lines."""
    choose = random.Random(7)  # noqa: S311 - no secret
    for _ in range(1000):
        text, html = ("".join(choose.choices([*SIGNS, "\n", "\n.\n"], k=60)) + "\n" for _ in range(2))
        mail = alternatives({}, text, html, "=_0123456789abcdef")
        plain, other = read(mail).iter_parts()

        assert (plain.get_content_type(), other.get_content_type()) == ("text/plain", "text/html")
        assert plain.get_payload(decode=True) == text.replace("\n", "\r\n").encode()
        assert other.get_payload(decode=True) == html.replace("\n", "\r\n").encode()
        assert mail.isascii()
        assert all(len(line) <= 78 for line in mail.split(b"\r\n"))
        assert mail.count(b"\n") == mail.count(b"\r") == mail.count(b"\r\n")


@pytest.mark.parametrize(
    "value", ["x\r\nBcc: opfer@example.org", "x\nBcc: opfer@example.org", "x\rBcc: opfer@example.org"]
)
def test_no_value_makes_a_field_of_its_own(value: str) -> None:
    """A line break that does not fold is a mistake of this program, and leaves it with nobody."""
    with pytest.raises(ValueError, match="field"):
        alternatives({"To": value}, "", "", "=_b")


def test_words_in_a_subject_make_no_field_either() -> None:
    """A line break in what somebody wrote is encoded, and read as part of the subject alone."""
    mail = alternatives({"Subject": folded("Subject", "x\r\nBcc: opfer@example.org")}, "", "", "=_b")

    assert b"\nBcc" not in mail
    assert read(mail)["Bcc"] is None
