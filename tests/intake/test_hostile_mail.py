"""Mails made to stop their reader: each has a reading, in bounded time."""

from __future__ import annotations

import os
import time

import pytest

from services.intake.email import mime
from tests.intake.mails import HEAD, html, multipart, part

MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"


def nested(depth: int) -> bytes:
    return HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )


HOSTILE = {
    "a comment in a comment": HEAD + b"To: " + b"(" * 5000 + b")" * 4900 + b" a@b\r\n\r\nText",
    "a broken Message-ID": HEAD + b"Message-ID: <[]@>\r\n\r\nText",
    "an unknown charset": HEAD + b"Content-Type: text/plain; charset=klingonisch\r\n\r\nText",
    "2,000 multiparts in one another": nested(2000) + b"\r\nText",
    "100 multiparts over many lines": nested(100) + b"\r\n" * 1_000_000,
    "90 multiparts over many dashes": nested(90) + b"\r\n--" * 1_000_000,
    "multiparts of one boundary": HEAD + (MIXED + b"--b\r\n") * 20_000,
    "3,000 forwarded in one another": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"Text",
    "16,000 encoded words": HEAD + b"Subject: " + b" ".join([b"=?utf-8?q?hallo_welt?="] * 16_000) + b"\r\n\r\nText",
    "20,000 parts": multipart(b"mixed", *[part(b"Content-Type: text/plain", b"x")] * 20_000),
    "parts without a blank line": HEAD + MIXED + b"--b\r\nX: y\r\n" * 100_000,
    "parts with long headers": multipart(b"mixed", *[part(b"a:\r\n" * 5_000, b"x")] * 200),
    "parts with many parameters": multipart(
        b"mixed", *[part(b"Content-Type: text/plain" + b"; a*1=b" * 1200, b"")] * 490
    ),
    "200,000 parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nText",
    "500,000 folds": HEAD + b"X-Trace: a\r\n" + b" a\r\n" * 500_000 + b"\r\nText",
    "300,000 fields": HEAD + b"X: y\r\n" * 300_000 + b"\r\nText",
    "junk in the header": HEAD + b"junk\r\n" * 300_000 + b"To: a@b\r\n\r\nText",
    "blocks of a delivery report": HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 300_000,
    "200 large pages": multipart(
        b"mixed", *[part(b"Content-Type: text/html", b"<p>Hallo <b>Welt</b></p>" * 5000)] * 200
    ),
    "content-ids": html("<img src='cid:" * 200_000),
    "charset declarations": html("<meta " * 300_000),
    "padding": HEAD + BASE64 + b"AA==" * 500_000,
    "padding alone": HEAD + BASE64 + b"=" * 2_000_000,
    "noise in base64": HEAD + BASE64 + os.urandom(2_000_000),
    "uuencoded lines": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\n" + b"M\n" * 500_000,
    "flowing lines": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 500_000,
    "quotation marks": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b">" * 2_000_000,
    "noise": HEAD + b"\r\n" + os.urandom(1_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    """What would keep a parser busy for minutes, or exhaust its stack, is read within seconds."""
    began = time.process_time()
    mail = mime.parse(HOSTILE[name])
    body = mime.body(mail)
    assert mime.author(mail) == "erika@example.org"
    assert len(body.text) <= 2_100_000
    assert time.process_time() - began < 4


@pytest.mark.parametrize("sign", [b'"', b'"\\', b"(", b"a@b<", b"<a@b>,", b"a:", b"=?a?q?", b"=?a?q?x?= ", b"<", b"a@"])
def test_hostile_addresses_are_read_in_bounded_time(sign: bytes) -> None:
    """A field of the worst characters is decided within a second."""
    began = time.process_time()
    mime.author(mime.parse(b"From: " + sign * 100_000 + b"\r\n\r\n"))
    assert time.process_time() - began < 1


def test_what_is_too_intricate_stays_as_text() -> None:
    """Where the tree ends, the rest of the mail is kept as the words of the last part."""
    raw = nested(2000)
    body = mime.body(mime.parse(raw))
    assert len(body.text) + sum(len(item.content) for item in body.attachments) > len(raw) * 0.9
