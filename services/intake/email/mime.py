"""RFC 5322 and MIME: raw bytes to header text, body text and attachments, whatever their charset claims.

The standard library builds the tree (policy compat32, the one that survives odd mail); decoding is done here, because
the library raises on unknown charsets and on headers that lie.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from charset_normalizer import from_bytes
from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from services.ideas.model import Attachment

Mail = Message

_MOST_PARTS = 500
_ONE_ADDRESS = re.compile(r"^[^@\s<>(),;:\"]+@[^@\s<>(),;:\"]+$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# UTF-7 can hide markup from every later check; nobody has sent it in earnest for twenty years.
_REFUSED_CHARSETS = frozenset({"utf-7"})


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says and carries."""

    text: str
    attachments: tuple[Attachment, ...]


def parse(raw: bytes) -> Mail:
    """The tree of a message."""
    return message_from_bytes(raw, policy=policy.compat32)


def header(mail: Mail, name: str) -> str:
    """A header field as one line of text: encoded words (RFC 2047) and raw eight-bit bytes decoded."""
    value = mail.get(name)
    if value is None:
        return ""
    text = str(value)
    if "=?" in text:
        try:
            text = "".join(
                part if isinstance(part, str) else decode(part, charset or "") for part, charset in decode_header(text)
            )
        except (HeaderParseError, ValueError):
            text = str(value)
    raw = text.encode("utf-8", "surrogateescape")
    return " ".join(_CONTROL.sub(" ", decode(raw, "")).split())


def address(mail: Mail, name: str) -> str | None:
    """The one address of a field in lower case, or None: two addresses, or a doubtful one, are nobody's."""
    value = mail.get(name)
    found = [found for _, found in getaddresses([str(value)])] if value is not None else []
    if len(found) != 1 or not _ONE_ADDRESS.match(found[0]) or len(found[0]) > 320:
        return None
    return found[0].lower()


def body(mail: Mail) -> Body:
    """The text that a person reads, and everything else as attachments."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for number, part in enumerate(_leaves(mail)):
        if number >= _MOST_PARTS:
            break
        media_type = part.get_content_type()
        if media_type in {"text/plain", "text/html"} and not _is_file(part):
            (plain if media_type == "text/plain" else html).append(_text(part))
        else:
            attachments.append(Attachment(_filename(part, number), media_type, _content(part)))
    text = "\n".join(plain).strip()
    if not text and html:
        text = "\n".join(get_text(source, ParserConfig()).strip() for source in html if source.strip())
    return Body(text, tuple(attachments))


def decode(raw: bytes, charset: str) -> str:
    """Bytes as text: as declared where that works, else UTF-8, else the likeliest charset. It never fails."""
    declared = charset.strip().strip("\"'").lower()
    if declared not in _REFUSED_CHARSETS:
        # What calls itself Latin-1 or ASCII is Windows-1252 wherever the two differ, as in browsers.
        declared = "cp1252" if declared in {"iso-8859-1", "latin-1", "latin1"} else declared
        for name in ("utf-8", declared):
            try:
                return raw.decode(name)
            except (LookupError, UnicodeDecodeError, ValueError):
                continue
    best = from_bytes(raw[:65_536], cp_isolation=["cp1252", "iso8859_15", "mac_roman", "cp850"]).best()
    encoding = best.encoding if best else "cp1252"
    return raw.decode(codecs.lookup(encoding).name, errors="replace")


def _leaves(mail: Mail) -> Iterator[Mail]:
    for part in mail.walk():
        if not part.is_multipart():
            yield part
        elif part.get_content_type() == "message/rfc822" and part is not mail:
            continue


def _is_file(part: Mail) -> bool:
    disposition = str(part.get("content-disposition", "")).strip().lower()
    return disposition.startswith("attachment") or (bool(part.get_filename()) and not disposition.startswith("inline"))


def _content(part: Mail) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Mail) -> str:
    charset = part.get_param("charset", "")
    return decode(_content(part), charset if isinstance(charset, str) else str(charset[2])).replace("\r\n", "\n")


def _filename(part: Mail, number: int) -> str:
    name = part.get_filename() or ""
    if "=?" in name:
        carrier: Mail = Message()
        carrier["name"] = name
        name = header(carrier, "name")
    last = re.split(r"[/\\]", _CONTROL.sub("", name))[-1].strip(" .")
    return last[:255] or f"anlage-{number}"
