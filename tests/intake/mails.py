"""Mails written by hand as bytes."""

from __future__ import annotations

from services.intake.email import mime

HEAD = b"From: Erika Muster <erika@example.org>\r\nSubject: Radweg\r\n"


def read(raw: bytes) -> mime.Body:
    return mime.body(mime.parse(raw))


def part(fields: bytes, body: bytes) -> bytes:
    return b"--b\r\n" + fields + b"\r\n\r\n" + body + b"\r\n"


def multipart(kind: bytes, *parts: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n' + b"".join(parts) + b"--b--\r\n"


def plain(charset: str, body: bytes) -> bytes:
    declared = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    return HEAD + declared.encode() + b"\r\n" + body


def html(source: str) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + source.encode()
