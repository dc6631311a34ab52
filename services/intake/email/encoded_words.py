"""RFC 2047: text other than ASCII in header fields, as mail programs really write it."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import groupby

from services.intake.email.charset import decode
from services.intake.email.transfer import freed

# Blanks and question marks stand in some programs' words, though they should be encoded.
ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,60})?\?([bq])\?((?:[^?]|\?(?!=))*)\?=", re.IGNORECASE)
_RUN = re.compile(rf"(?:{ENCODED_WORD.pattern})+", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")


def without_encoded_words(text: str) -> str:
    """The text with its encoded words decoded; what is no proper encoded word stays as it is."""
    return _RUN.sub(_decoded, _BETWEEN_WORDS.sub("", text)) if "=?" in text else text


def _decoded(run: re.Match[str]) -> str:
    pieces = [
        (charset.lower(), piece) for charset, encoding, words in _alike(run[0]) for piece in _bytes(encoding, words)
    ]
    # Many programs cut a character in two between words; neighbours in one charset are decoded together.
    return "".join(
        decode(b"".join(piece for _, piece in group), charset)
        for charset, group in groupby(pieces, lambda piece: piece[0])
    )


def _alike(run: str) -> Iterator[tuple[str, str, list[bytes]]]:
    """Neighbouring words of one charset and encoding."""
    for (charset, encoding), words in groupby(ENCODED_WORD.findall(run), lambda word: (word[0], word[1].lower())):
        yield charset, encoding, [text.encode("utf-8", "replace") for _, _, text in words]


def _bytes(encoding: str, words: list[bytes]) -> list[bytes]:
    if encoding == "q":
        return [binascii.a2b_qp(word, header=True) for word in words]
    if any(len(word.rstrip(b"=")) % 4 for word in words[:-1] if not word.endswith(b"=")):
        words = [b"".join(words)]  # cut within the four characters that encode three bytes
    return [freed(word, "base64") or word for word in words]
