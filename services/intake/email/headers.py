"""Header fields as text: encoded words (RFC 2047), parameters (RFC 2045, RFC 2231) and raw eight-bit bytes decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote_to_bytes

from services.intake.email.charset import decode
from services.intake.email.encoded_words import without_encoded_words

_LONGEST_FIELD = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?")
_ESCAPED = re.compile(r'\\(["\\])')


def header(mail: Message, name: str) -> str:
    """The first field of this lower-case name as one line of text, "" where there is none."""
    return next((one_line(without_encoded_words(value)) for value in values(mail, name)), "")


def values(mail: Message, name: str) -> Iterator[str]:
    """The fields of a lower-case name, with encoded words as they are; each ends at 10,000 characters."""
    # `get` would replace eight-bit bytes; the raw items keep them as surrogates.
    for key, value in mail.raw_items():
        if key.lower() == name:
            yield decode(str(value)[:_LONGEST_FIELD].encode("utf-8", "surrogateescape"), "utf-8")


def one_line(text: str) -> str:
    """The text with every run of blanks, line ends and control characters as one blank."""
    return " ".join(_CONTROL.sub(" ", text).split())


def parameter(mail: Message, field: str, name: str) -> str:
    """A parameter of a field, "" where it is not given. RFC 2231's form counts more than the plain one."""
    plain = ""
    sections: dict[int, tuple[str, bool]] = {}
    for key, quoted, bare in _PARAMETER.findall(next(values(mail, field), "")):
        section = _SECTION.fullmatch(key.lower())
        if section is None or section[1] != name:
            continue
        value = _ESCAPED.sub(r"\1", quoted) or bare.strip()
        if section[2] or section[3]:
            sections.setdefault(int(section[2] or 0), (value, bool(section[3])))
        else:
            plain = plain or value
    return _joined(sections) or plain


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 section 3 and 4: numbered sections, of which the percent-encoded ones are marked."""
    charset, found = "", b""
    for number in sorted(sections):
        value, is_encoded = sections[number]
        if is_encoded and not found and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        found += unquote_to_bytes(value) if is_encoded else value.encode("utf-8", "replace")
    return decode(found, charset or "utf-8")
