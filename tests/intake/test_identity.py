"""When two mails are one."""

from __future__ import annotations

import time

import pytest

from services.intake.email.identity import external_id

MAIL = (
    b"From: erika@example.org\r\nSubject: Ein\r\n Radweg\r\nDate: Mon, 23 Nov 2026\r\nMessage-ID: <1@x>\r\n\r\nText\r\n"
)
TO = ["ideen@example.org"]


def _id(raw: bytes, mail_from: str = "erika@example.org", to: list[str] | None = None) -> str:
    return external_id(mail_from, to or TO, raw)


@pytest.mark.parametrize(
    "again",
    [
        b"Received: from a\r\n by b\r\nReturn-Path: <x@y>\r\nDKIM-Signature: z\r\n" + MAIL,
        MAIL.replace(b"\r\n Radweg", b"\r\n\t Radweg"),
        MAIL.replace(b"Subject:", b"SUBJECT:  "),
        MAIL.replace(b"\r\n\r\n", b"\r\nX-Spam: no\r\n\r\n"),
        MAIL + b"\r\n\r\n",
    ],
    ids=["trace fields", "folded anew", "case and blanks", "a scanner's field", "blank lines at the end"],
)
def test_what_relays_change_does_not_count(again: bytes) -> None:
    """The same mail by another way has the same identity."""
    assert _id(again) == _id(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"Text", b"Anderer Text"),
        MAIL.replace(b"23 Nov", b"24 Nov"),
        MAIL.replace(b"Radweg", b"Gehweg"),
        MAIL.replace(b"<1@x>", b"<2@x>"),
        MAIL.replace(b"From: erika", b"From: max"),
    ],
)
def test_what_an_author_changes_counts(other: bytes) -> None:
    """Another body under a reused Message-ID is another mail, and so is the same text written another time."""
    assert _id(other) != _id(MAIL)


@pytest.mark.parametrize("raw", [b"eins", b"From: erika@example.org\r\neins\r\n\r\nText", b"eins: ja\r\n"])
def test_words_where_a_header_should_be_count(raw: bytes) -> None:
    """Mails without a proper header are as different as their words."""
    assert _id(raw) != _id(raw.replace(b"eins", b"zwei"))


def test_the_recipients_count() -> None:
    """One mail to another mailbox is another mail; case and order of recipients do not count."""
    both = ["ideen@example.org", "Postmaster"]
    assert _id(MAIL) != _id(MAIL, to=both) == _id(MAIL, to=["postmaster", "IDEEN@example.org"])


@pytest.mark.parametrize(("raw", "is_same"), [(MAIL, True), (MAIL.replace(b"Message-ID: <1@x>\r\n", b""), False)])
def test_the_sender_counts_where_no_message_id_does(raw: bytes, *, is_same: bool) -> None:
    """Relays that rewrite the envelope's sender make no new mail; without a Message-ID two senders wrote two mails."""
    assert (_id(raw) == _id(raw, "prvs=1234=erika@example.org")) is is_same


def test_an_endless_header_is_no_work() -> None:
    """Ten megabytes of header lines are not taken apart, and their end counts all the same."""
    raw = b"a:\n" * 3_500_000
    began = time.process_time()
    assert _id(raw + b"x") != _id(raw + b"y")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"no header at all", b"Subject: only a header", b"\xff\xfe: \x00"])
def test_every_message_has_an_identity(raw: bytes) -> None:
    """Whatever was transferred has one, and it fits its column."""
    assert len(_id(raw, "j\udcfcrgen@example.org")) == 64
