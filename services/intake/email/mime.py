"""RFC 5322 and MIME: raw bytes to header text, body text and attachments, whatever they claim to be.

The standard library builds the tree (policy compat32, the one that survives odd mail); header fields and charsets are
read here, because the library raises on those that lie.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from itertools import islice

from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from services.ideas.model import Attachment
from services.intake.email.charset import decode
from services.intake.email.encoded_words import without_encoded_words

Mail = Message

# What goes beyond these is no person's mail, and would keep the parser busy for minutes. It asks each open container
# about each line; hence the product.
_LONGEST_FIELD = 10_000
_LONGEST_HEADER = 1_000_000
_LONGEST_ADDRESS = 320
_MOST_PARTS = 500
_MOST_DELIMITERS = 10_000
_MOST_CONTAINERS = 100
_MOST_LINES_TIMES_CONTAINERS = 10_000_000
_MOST_HTML = 2_000_000
_CONTAINER = re.compile(rb"boundary[*\d\s]*=|^content-type:\s*message/", re.IGNORECASE | re.MULTILINE)
_OVERLONG = re.compile(rb"^content-(?:type|disposition):(?:[^\n]|\n[ \t]){10000}", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DOUBTFUL = re.compile(r"[()\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\x00-\x1f\x7f]+@[^@\s<>(),;:\"\x00-\x1f\x7f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")  # RFC 6838 section 4.2


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says and carries."""

    text: str
    attachments: tuple[Attachment, ...]


def parse(raw: bytes) -> Mail:
    """The tree of a message; of one that is too intricate, its header over one part."""
    end = _END_OF_HEADER.search(raw)
    if (end.start() if end else len(raw)) > _LONGEST_HEADER:
        raw = raw[:_LONGEST_HEADER]
    parser = BytesParser(policy=policy.compat32)
    mail = parser.parsebytes(raw, headersonly=True)
    if _OVERLONG.search(raw):
        del mail["content-type"], mail["content-disposition"]
        return mail
    has_parts = mail.get_content_maintype() in {"multipart", "message"}
    return parser.parsebytes(raw) if has_parts and not _is_intricate(raw) else mail


def header(mail: Mail, name: str) -> str:
    """A header field as one line of text: encoded words (RFC 2047) and raw eight-bit bytes decoded."""
    return next((_one_line(without_encoded_words(value)) for value in _fields(mail, name)), "")


def address(mail: Mail, name: str) -> str | None:
    """The one address of a field in lower case, or None: two addresses, or a doubtful one, are nobody's.

    The library's own reading takes alice@example.org from "alice@example.org)bob@example.org" (CVE-2023-27043).
    """
    fields = list(_fields(mail, name))
    bare = _QUOTED.sub(" ", fields[0]) if len(fields) == 1 else ""
    while (without := _COMMENT.sub(" ", bare)) != bare:
        bare = without
    found = _ADDRESS.findall(bare)
    if len({each.lower() for each in found}) != 1 or bare.count("@") != len(found) or _DOUBTFUL.search(bare):
        return None
    return str(found[0]).lower() if len(found[0]) <= _LONGEST_ADDRESS else None


def body(mail: Mail) -> Body:
    """The text that a person reads, and everything else as attachments.

    What lies in an attached message is attached too; it is the text only where there is no other.
    """
    leaves = list(islice(_leaves(mail, attached=False), _MOST_PARTS))
    words = [part for part, attached in leaves if not attached and _is_text(part)]
    text = _text_of(words) or _text_of([part for part, attached in leaves if attached and _is_text(part)])
    attachments = (
        Attachment(_filename(part, number), _media_type(part), _content(part))
        for number, (part, _) in enumerate(leaves)
        if part not in words
    )
    return Body(text, tuple(attachments))


def _is_intricate(raw: bytes) -> bool:
    containers = sum(1 for _ in _CONTAINER.finditer(raw))
    return (
        containers > _MOST_CONTAINERS
        or raw.count(b"\n") * containers > _MOST_LINES_TIMES_CONTAINERS
        or raw.count(b"\n--") > _MOST_DELIMITERS
    )


def _fields(mail: Mail, name: str) -> Iterator[str]:
    # `get` would replace eight-bit bytes; the raw items keep them as surrogates.
    for key, value in mail.raw_items():
        if key.lower() == name:
            yield decode(str(value)[:_LONGEST_FIELD].encode("utf-8", "surrogateescape"), "utf-8")


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _leaves(mail: Mail, *, attached: bool) -> Iterator[tuple[Mail, bool]]:
    if not mail.is_multipart():
        yield mail, attached
        return
    inside = attached or mail.get_content_maintype() == "message"
    for part in mail.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part, attached=inside)


def _is_text(part: Mail) -> bool:
    disposition = header(part, "content-disposition").lower()
    named = bool(_declared_name(part)) and not disposition.startswith("inline")
    is_file = disposition.startswith("attachment") or named
    return part.get_content_type() in {"text/plain", "text/html"} and not is_file


def _text_of(parts: list[Mail]) -> str:
    plain = "\n".join(_decoded(part) for part in parts if part.get_content_type() == "text/plain").strip()
    if plain:
        return plain
    html = (_decoded(part)[:_MOST_HTML] for part in parts if part.get_content_type() == "text/html")
    return "\n".join(_words_of(source) for source in html if source.strip())


def _words_of(html: str) -> str:
    # Outlook wraps everything in a <div>, which would indent each line but the first.
    return textwrap.dedent(get_text(html, ParserConfig()).strip("\n")).strip()


def _decoded(part: Mail) -> str:
    return decode(_content(part), _parameter(part, "content-type", "charset")).replace("\r\n", "\n")


def _content(part: Mail) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _media_type(part: Mail) -> str:
    declared = part.get_content_type()
    return declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"


def _filename(part: Mail, number: int) -> str:
    name = _CONTROL.sub("", without_encoded_words(_declared_name(part)))
    last = re.split(r"[/\\]", name)[-1].strip(" .\t\n")
    return last[:255] or f"anlage-{number}"


def _declared_name(part: Mail) -> str:
    return _parameter(part, "content-disposition", "filename") or _parameter(part, "content-type", "name")


def _parameter(part: Mail, field: str, name: str) -> str:
    """A parameter of a field (RFC 2231 continuations and charsets included), or "" where it is not given."""
    carrier: Mail = Message()
    carrier[field] = next((_one_line(value) for value in _fields(part, field)), "")
    found = carrier.get_param(name, "", field)
    if isinstance(found, tuple):
        charset, _, value = found
        return decode(value.encode("latin-1", "replace"), charset or "utf-8")
    return str(found)
