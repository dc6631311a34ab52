"""Bytes to text, whatever their charset claims. It never fails and never yields a lone surrogate."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Mapping

from charset_normalizer import from_bytes

# What calls itself one of these is the other wherever the two differ, as in browsers.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Python's own, no charsets of mail: they can hide text from every later check.
_REFUSED = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode"})
# Their bytes may be valid UTF-8 as well, and mean something else then.
_BEFORE_UTF_8 = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
# What mail of this region without a usable charset is written in: Windows nearly always, old Macs and DOS programs
# else; and Sorbian, Czech and Polish.
_LIKELY = ("cp1252", "mac_roman", "cp850", "cp1250")
# And where most letters are no Latin ones.
_LIKELY_AFAR = ("gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1256", "cp1253")
_SAMPLE_BYTES = 65_536
_SAMPLE_BYTES_AFAR = 4_096

_IN_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]{1,8}(?=[A-Za-z])")
_LETTERS = frozenset("äöüßéèàêâîôûçñěščřžćłńśźąęůňťďýó")  # German; French; Sorbian, Czech and Polish
_HIGH = re.compile(rb"[\x80-\xff]+")
_HIGH_ROW = re.compile(rb"[\x80-\xff]{3,}")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_SURROGATES = re.compile("[\udc80-\udcff]+")
_SHIFTED = re.compile(rb"\+([A-Za-z0-9+/]*)-?")


def decode(raw: bytes, declared: str) -> str:
    """Bytes as text: as declared where that works, else UTF-8, else the charset that reads most like a language.

    UTF-8 comes before a declared charset that accepts any bytes: what is valid UTF-8 is hardly ever anything else.
    """
    charset = _charset(declared)
    for name in (charset, "utf-8") if charset.startswith(_BEFORE_UTF_8) else ("utf-8", charset):
        try:
            return _DECODERS[name](raw) if name in _DECODERS else raw.decode(name)
        except (LookupError, ValueError):
            continue
    return _broken_utf_8(raw) or raw.decode(_likeliest(raw), "replace")


def _charset(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _REFUSED else _MEANT.get(name, name)


def _utf_7(raw: bytes) -> str:
    """RFC 2152, as old Exchange servers still write their reports; but what hides markup is left as it is."""
    return _SHIFTED.sub(_unshifted, raw).decode("utf-8", "replace")


def _unshifted(shifted: re.Match[bytes]) -> bytes:
    if not shifted[1]:
        return b"+"
    try:
        units = base64.b64decode(shifted[1] + b"=" * (-len(shifted[1]) % 4))
        text = units[: len(units) // 2 * 2].decode("utf-16-be")
    except (binascii.Error, ValueError):
        return shifted[0]
    is_harmless = text.isprintable() and not set(text) & set("<>&\"'`") - {'"'}
    return text.encode() if is_harmless else shifted[0]


def _iso_2022_jp(raw: bytes) -> str:
    # JIS X 0213 has what programs add to JIS X 0208 without saying so, at the same places.
    return raw.replace(b"\x1b$B", b"\x1b$(Q").decode("iso2022_jp_2004")


_DECODERS: Mapping[str, Callable[[bytes], str]] = {"utf-7": _utf_7, "iso2022_jp": _iso_2022_jp}


def _broken_utf_8(raw: bytes) -> str:
    """UTF-8 of which some bytes were lost or are another charset's; "" where most are."""
    text = raw.decode("utf-8", "surrogateescape")
    if sum(map(len, _SURROGATES.findall(text))) > 2 * len(_BEYOND_ASCII.findall(text)):
        return ""
    return _SURROGATES.sub(
        lambda bytes_: bytes_[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text
    )


def _likeliest(raw: bytes) -> str:
    sample = raw[:_SAMPLE_BYTES]
    # Latin letters beyond ASCII stand alone nearly always, others in rows.
    if sum(map(len, _HIGH_ROW.findall(sample))) * 2 > sum(map(len, _HIGH.findall(sample))):
        matches = from_bytes(sample[:_SAMPLE_BYTES_AFAR], cp_isolation=list(_LIKELY_AFAR))
        # In a few words many charsets look equally well: then the one that is named first.
        ranked = sorted((match.chaos, -match.coherence, _LIKELY_AFAR.index(match.encoding)) for match in matches)
        if ranked:
            return _LIKELY_AFAR[ranked[0][2]]
    return max(_LIKELY, key=lambda name: _likeness(sample.decode(name, "replace")))


def _likeness(text: str) -> int:
    """How much the letters beyond ASCII within words look like German, or like any language."""
    found = "".join(_IN_WORD.findall(text))
    return sum(
        3 if letter in "äöüß" else 2 if letter in _LETTERS else 1 if letter.isalpha() else -2 for letter in found
    )
