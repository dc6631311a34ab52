"""RFC 2047: text other than ASCII in header fields, as mail programs really write it."""

from __future__ import annotations

import binascii
import re
from itertools import groupby
from operator import itemgetter

from services.intake.email.charset import decode

_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?(.*?)\?=", re.IGNORECASE)
_RUN = re.compile(r"(?:=\?[^?\s]+\?[bq]\?.*?\?=)+", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")


def without_encoded_words(text: str) -> str:
    """The text with its encoded words decoded; what is no proper encoded word stays as it is."""
    return _RUN.sub(_decoded, _BETWEEN_WORDS.sub("", text)) if "=?" in text else text


def _decoded(run: re.Match[str]) -> str:
    words = [(charset.lower(), _bytes(encoding.lower(), text)) for charset, encoding, text in _WORD.findall(run[0])]
    # Many programs cut a character in two between words; neighbours in one charset are decoded together.
    return "".join(
        decode(b"".join(map(itemgetter(1), group)), charset) for charset, group in groupby(words, itemgetter(0))
    )


def _bytes(encoding: str, text: str) -> bytes:
    encoded = text.encode()
    if encoding == "q":
        return binascii.a2b_qp(encoded, header=True)
    try:
        return binascii.a2b_base64(encoded + b"===")
    except binascii.Error:
        return encoded
