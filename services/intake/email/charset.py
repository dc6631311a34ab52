"""Bytes to text, whatever their charset claims. It never fails and never yields a lone surrogate."""

from __future__ import annotations

import codecs
import re

# What calls itself one of these is the other wherever the two differ, as in browsers.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
# UTF-7 can hide markup from every later check, and nobody has sent it in earnest for twenty years. The others are
# Python's own, no charsets of mail.
_REFUSED = frozenset({"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode"})
# Their bytes may be valid UTF-8 as well, and mean something else then.
_BEFORE_UTF_8 = ("utf-16", "utf-32", "iso2022", "hz")
# What German mail without a usable charset is written in: Windows nearly always, old Macs and DOS programs else.
_LIKELY = ("cp1252", "mac_roman", "cp850")
_UMLAUT_IN_WORD = re.compile("(?<=[A-Za-z])[äöüß](?=[A-Za-z])")
_SAMPLE_BYTES = 65_536


def decode(raw: bytes, declared: str) -> str:
    """Bytes as text: as declared where that works, else UTF-8, else the charset that shows the most umlauts.

    UTF-8 comes before a declared charset that accepts any bytes: what is valid UTF-8 is hardly ever anything else.
    """
    charset = _charset(declared)
    for name in (charset, "utf-8") if charset.startswith(_BEFORE_UTF_8) else ("utf-8", charset):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    sample = raw[:_SAMPLE_BYTES]
    likeliest = max(_LIKELY, key=lambda name: len(_UMLAUT_IN_WORD.findall(sample.decode(name, "replace"))))
    return raw.decode(likeliest, "replace")


def _charset(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _REFUSED else _MEANT.get(name, name)
