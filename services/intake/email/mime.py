"""RFC 5322 and MIME: raw bytes to header text, body text and attachments, whatever their charset claims.

The standard library builds the tree (policy compat32, the one that survives odd mail); decoding is done here, because
the library raises on unknown charsets and on headers that lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser

from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from services.ideas.model import Attachment
from services.intake.email.charset import decode

Mail = Message

_MOST_PARTS = 500
# What is beyond these is no person's mail, and takes the parser minutes: header field and header in characters,
# containers in containers, and lines times containers (the parser asks each open container about each line).
_LONGEST_FIELD = 10_000
_LONGEST_HEADER = 1_000_000
_MOST_CONTAINERS = 100
_MOST_WORK = 10_000_000
_CONTAINER = re.compile(rb"boundary|message/", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\x00-\x1f\x7f]+@[^@\s<>(),;:\"\x00-\x1f\x7f]+")
_LONGEST_ADDRESS = 320
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,63}/[\w.+-]{1,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says and carries."""

    text: str
    attachments: tuple[Attachment, ...]


def parse(raw: bytes) -> Mail:
    """The tree of a message. One that is too long or too deep for a tree is its header and one part."""
    header_end = _END_OF_HEADER.search(raw)
    if (header_end.start() if header_end else len(raw)) > _LONGEST_HEADER:
        return Message()
    parser: BytesParser[Mail] = BytesParser(policy=policy.compat32)
    shallow = parser.parsebytes(raw, headersonly=True)
    containers = sum(1 for _ in _CONTAINER.finditer(raw))
    if containers > _MOST_CONTAINERS or raw.count(b"\n") * containers > _MOST_WORK:
        return shallow
    return parser.parsebytes(raw) if shallow.get_content_maintype() in {"multipart", "message"} else shallow


def header(mail: Mail, name: str) -> str:
    """A header field as one line of text: encoded words (RFC 2047) and raw eight-bit bytes decoded."""
    return next((_line(value) for value in _fields(mail, name)), "")


def address(mail: Mail, name: str) -> str | None:
    """The one address of a field in lower case, or None: two addresses, or a doubtful one, are nobody's.

    The library's parser would take alice@example.org out of "alice@example.org)bob@example.org" (CVE-2023-27043).
    """
    fields = list(_fields(mail, name))
    if len(fields) != 1:
        return None
    bare = _QUOTED.sub(" ", fields[0])
    while (without := _COMMENT.sub(" ", bare)) != bare:
        bare = without
    found = {each.lower() for each in _ADDRESS.findall(bare)}
    doubtful = "(" in bare or ")" in bare or bare.count("@") != len(_ADDRESS.findall(bare))
    return found.pop() if len(found) == 1 and not doubtful and len(min(found)) <= _LONGEST_ADDRESS else None


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
            attachments.append(Attachment(_filename(part, number), _safe(media_type), _content(part)))
    text = "\n".join(plain).strip()
    if not text and html:
        text = "\n".join(get_text(source, ParserConfig()).strip() for source in html if source.strip())
    return Body(text, tuple(attachments))
