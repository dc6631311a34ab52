"""A mail as it travels (RFC 5322, MIME): ASCII with CRLF, the same for the same content.

Written by hand, because the standard library's EmailMessage takes thirty times as long, most of it for reading again
the fields that it is given.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from itertools import takewhile

# RFC 2047 section 2: an encoded word has at most 75 characters, and these take 12 of them.
_WORD_START, _WORD_END, _WORD_LENGTH = "=?utf-8?q?", "?=", 63
# RFC 5322 section 2.1.1: lines of 78 characters at most, where that is possible.
_LINE_LENGTH = 78
# RFC 2047 section 5 (3): what stands for itself in an encoded word wherever it is; a blank is an underscore.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_QUOTED = {byte: chr(byte) if byte in _PLAIN else "_" if byte == 0x20 else f"={byte:02X}" for byte in range(256)}


def alternatives(fields: Mapping[str, str], text: str, html: str, boundary: str) -> bytes:
    """A mail that reads as text or as HTML. Fields are ASCII in one line or folded, such as `folded` makes them."""
    unfolded = "".join(fields.values()).replace("\r\n ", "")
    if "\r" in unfolded or "\n" in unfolded:
        raise ValueError("a value makes a field of its own")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    mail = (
        f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
        f"\r\n--{boundary}\r\n{_part('plain', text)}"
        f"\r\n--{boundary}\r\n{_part('html', html)}"
        f"\r\n--{boundary}--\r\n"
    )
    return mail.encode("ascii")


def folded(name: str, text: str) -> str:
    """The value of a field of that name, for words in one line: folded, and encoded from where ASCII does not do."""
    words = text.split(" ")
    plain = list(takewhile(_stands_for_itself, words))
    rest = " ".join(words[len(plain) :])
    return _wrapped([*plain, *(_encoded_words(rest) if rest else ())] or [""], len(name) + 2)


def _stands_for_itself(word: str) -> bool:
    return bool(word) and word.isascii() and word.isprintable() and "=?" not in word


def _wrapped(words: list[str], used: int) -> str:
    lines, length = [words[0]], used + len(words[0])
    for word in words[1:]:
        if length + 1 + len(word) > _LINE_LENGTH:
            lines.append(word)
            length = 1 + len(word)
        else:
            lines[-1] += f" {word}"
            length += 1 + len(word)
    return "\r\n ".join(lines)


def _encoded_words(text: str) -> list[str]:
    words: list[str] = []
    word = ""
    for sign in text:
        encoded = "".join(_QUOTED[byte] for byte in sign.encode())
        # Section 5: no sign may be cut in two. Section 2: a field's name stands before the first word.
        if len(word) + len(encoded) > (_WORD_LENGTH if words else _WORD_LENGTH - 12):
            words.append(word)
            word = ""
        word += encoded
    return [f"{_WORD_START}{each}{_WORD_END}" for each in (*words, word)]


def _part(subtype: str, text: str) -> str:
    lines = b"\r\n".join(text.encode().splitlines()) + b"\r\n"
    body = binascii.b2a_qp(lines, istext=True).decode("ascii")
    field = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    return f"{field}\r\n{body}"
