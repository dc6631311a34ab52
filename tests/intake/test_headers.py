"""Header fields as text, and the one address that a mail names as its author's."""

from __future__ import annotations

import pytest

from services.intake.email import mime


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?B?R3LDvMOfZQ==?= aus Plauen", "Grüße aus Plauen"),
        (b"=?iso-8859-1?Q?Stra=DFe?= =?iso-8859-1?Q?nbahn?=", "Straßenbahn"),
        (b"=?utf-8?q?Gr=C3?=\r\n =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?b?R3LDv?= =?utf-8?b?MOfZQ==?=", "Grüße"),
        (b"=?utf-8?q?Wie geht es??=", "Wie geht es?"),
        (b"=?us-ascii?Q?mit Leerzeichen / darin?=", "mit Leerzeichen / darin"),
        (b"=?utf-8*de?q?Stra=C3=9Fe?=", "Straße"),
        (b"=?klingonisch?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8?b?Y?=", "Y"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"Re: =? 5 ?= 3", "Re: =? 5 ?= 3"),
        (b"=?utf-7?q?Fr+APY-sche?=", "Frösche"),
        ("Grüße aus Plauen".encode(), "Grüße aus Plauen"),
        ("Grüße aus Plauen".encode("latin-1"), "Grüße aus Plauen"),
        ("Grüße =?utf-8?q?=C3=BC?= €".encode(), "Grüße ü €"),
        (b"lang,\r\n\tsehr lang", "lang, sehr lang"),
        (b"=?utf-8?q?hallo=0D=0ABcc:_x@y=00=1B[31m?=", "hallo Bcc: x@y [31m"),
        (b"=?utf-8?q?a=E2=80=A8b?=", "a b"),
    ],
)
def test_subjects_are_read_as_written(written: bytes, read_as: str) -> None:
    """Encoded words as programs really write them, raw bytes and smuggled line ends become one line of text."""
    assert mime.header(mime.parse(b"Subject: " + written + b"\r\n\r\nText"), "subject") == read_as


def test_a_header_is_read_to_its_limit() -> None:
    """A field is read as far as people write."""
    assert len(mime.header(mime.parse(b"Subject: " + b"a" * 100_000 + b"\r\n\r\n"), "subject")) == 10_000


@pytest.mark.parametrize(
    ("field", "author"),
    [
        (b"erika@example.org", "erika@example.org"),
        (b"Erika Muster <Erika@Example.org>", "erika@example.org"),
        (b'"Muster, Erika" <erika@example.org>', "erika@example.org"),
        (b"Muster, Erika <erika@example.org>", "erika@example.org"),
        (b'"max@example.org" <erika@example.org>', "erika@example.org"),
        (b"erika@example.org (Erika (privat) Muster)", "erika@example.org"),
        (b"=?utf-8?q?max=40example.org?= <erika@example.org>", "erika@example.org"),
        (b"=?utf-8?q?max@example.org?= <erika@example.org>", "erika@example.org"),
        (b"=?utf-8?q?Erika_<erika=40example.org>?=", "erika@example.org"),
        (b"erika@example.org <Erika@example.org>", "erika@example.org"),
        (b"Erika < erika@example.org >", "erika@example.org"),
        (b"Erika <erika@example.org", "erika@example.org"),
        (b"erika@example.org;", "erika@example.org"),
        (b"Verein: erika@example.org;", "erika@example.org"),
        (b"Erika [mailto:erika@example.org]", "erika@example.org"),
        (b"'Erika@example.org' <erika@example.org>", "erika@example.org"),
        (b"'max@example.org' <erika@example.org>", None),
        (b"www." * 2500, None),
        (b'"erika@example.org"', "erika@example.org"),
        (b'"erika.muster"@example.org', "erika.muster@example.org"),
        (b'"erika muster"@example.org', '"erika muster"@example.org'),
        ("Jürgen <jürgen@müller.example>".encode(), "jürgen@müller.example"),
        (b'"Erika" <erika@example.org>, "Max" <max@example.org>', "erika@example.org"),
        (b'"Erika" <erika@example.org>, "Max" <max@example.net>', None),
        (b"erika@example.org, max@example.org", None),
        (b"erika@example.org <max@example.org>", None),
        (b"<erika@example.org> <max@example.org>", None),
        *((b"alice@example.org" + bytes([sign]) + b"bob@example.org", None) for sign in b'()<>@,;:\\".[] '),
        (b"(alice@example.org", None),
        (b"alice@example.org@example.net", None),
        (b"<@relay.example:alice@example.org>", None),
        (b"undisclosed-recipients:;", None),
        (b"a\x00b@example.org", None),
        (b"a" * 330 + b"@example.org", None),
        (b"", None),
        (b"(" * 1000 + b")" * 1000 + b" erika@example.org", "erika@example.org"),
        (b"a:" * 5000, None),
    ],
)
def test_only_one_undoubted_address_is_an_author(field: bytes, author: str | None) -> None:
    """Names, quotes and comments do not matter, and the first speaks for colleagues; else two are nobody's."""
    assert mime.author(mime.parse(b"From: " + field + b"\r\n\r\nText")) == author


def test_two_from_fields_are_nobodys() -> None:
    """A mail that names its author twice has none."""
    assert mime.author(mime.parse(b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nText")) is None


def test_a_mail_without_an_author_is_its_senders() -> None:
    """Without a From the fields count that say who sent it and where answers go; never instead of a doubtful From."""
    others = b"Reply-To: erika@example.org\r\nReturn-Path: <max@example.org>\r\n\r\nText"
    assert mime.author(mime.parse(others)) == "erika@example.org"
    assert mime.author(mime.parse(b"Sender: eva@example.org\r\n" + others)) == "eva@example.org"
    assert mime.author(mime.parse(b"From: a@example.org, b@example.net\r\n" + others)) is None
