"""RFC 2045 section 6: content freed of its transfer encoding, also where that is broken. It never fails."""

from __future__ import annotations

import binascii
import re

_NAME = re.compile(r"[\w-]+")  # some programs write more behind it
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_BLANK_IN_LINE = re.compile(rb"\S[ \t]+\S")
_PADDING = re.compile(rb"=[=\s]*")
_FIRST_LINES = 1_000


def freed(content: bytes, encoding: str) -> bytes:
    """The bytes that were encoded; the content as it is where `encoding` names no encoding, or a wrong one."""
    named = _NAME.match(encoding.strip().lower())
    match named[0] if named else "":
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "base64":
            return _from_base64(content)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _from_uuencode(content)
        case _:
            return content


def _from_base64(content: bytes) -> bytes:
    """Several encoded pieces in a row are all read; what else stands behind the padding is not."""
    first, *others = _PADDING.split(content)
    if _BLANK_IN_LINE.search(first.strip(), 0, _FIRST_LINES):
        return content  # words
    pieces = [_without_rest(first)]
    for number, other in enumerate(others, 1):
        piece = b"".join(other.split())
        is_whole = len(piece) % 4 == 0 or (number < len(others) and len(piece) % 4 != 1)
        if not is_whole or _NOT_BASE64.search(piece):
            break
        pieces.append(piece)
    return b"".join(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)) for piece in pieces)


def _without_rest(piece: bytes) -> bytes:
    piece = _NOT_BASE64.sub(b"", piece)
    return piece[:-1] if len(piece) % 4 == 1 else piece  # six bits are no byte


def _from_uuencode(content: bytes) -> bytes:
    lines = iter(content.splitlines())
    if not any(line.startswith(b"begin ") for line in lines):
        return content
    found = []
    for line in lines:
        if line.strip() in {b"end", b"`", b""}:
            break
        # Some programs count a line's bytes wrongly; its first character says how many there are.
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            found.append(binascii.a2b_uu(line[:length]))
        except binascii.Error:
            continue
    return b"".join(found)
