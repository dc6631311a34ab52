"""Bytes to text, whatever their charset claims. It never fails and never yields a lone surrogate."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

# What calls itself one of these is the other wherever the two differ, as in browsers.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
# UTF-7 can hide markup from every later check, and nobody has sent it in earnest for twenty years. The others are
# Python's own, no charsets of mail.
_REFUSED = ("utf-7", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape", "idna", "punycode")
# Their bytes may be valid UTF-8 as well, and mean something else then.
_BEFORE_UTF_8 = ("utf-16", "utf-32", "iso2022", "hz")
_WESTERN = ["cp1252", "iso8859_15", "mac_roman", "cp850"]
_SAMPLE_BYTES = 65_536


def decode(raw: bytes, declared: str) -> str:
    """Bytes as text: as declared where that works, else UTF-8, else the likeliest Western charset.

    UTF-8 comes before a declared charset that accepts any bytes: what is valid UTF-8 is hardly ever anything else.
    """
    charset = _charset(declared)
    for name in (charset, "utf-8") if charset.startswith(_BEFORE_UTF_8) else ("utf-8", charset):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    best = from_bytes(raw[:_SAMPLE_BYTES], cp_isolation=_WESTERN).best()
    return raw.decode(best.encoding if best else "cp1252", errors="replace")


def _charset(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _REFUSED else _MEANT.get(name, name)
