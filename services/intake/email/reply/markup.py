"""HTML of a mail with what its mail program marked as quoted made plain, so that the rules for text hold for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from html import escape

from lxml import etree

from services.intake.email.html import text_of_html
from services.intake.email.reply.lines import ANOTHER_MAIL, SIGNATURE, SIGNATURE_END, without_marks

_MOST_CHARACTERS = 2_000_000
_DEEPEST = 1_000
_MOST_PARTS = 2_000
_PIECE_BYTES = 16_384
_LONGEST_ATTRIBUTION = 400
_ELEMENT = re.compile(r"<[a-zA-Z]")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_KEPT = ("style", "class", "hidden")


class Part(Enum):
    """What an element of a mail is, as the program that made it says."""

    QUOTE = auto()
    ATTRIBUTION = auto()
    OTHER_MAIL = auto()  # from here on, not inside
    SIGNATURE = auto()


# By attribute, in the words of Gmail, Thunderbird, Outlook, GMX and WEB.DE, Apple, Yahoo, Zoho, Tuta and others.
_PARTS = (
    (
        Part.OTHER_MAIL,
        "id",
        re.compile(
            r"(?:x_)*(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|stopSpelling|zwchr|"
            r"mail-editor-reference-message-container)",
            re.IGNORECASE,
        ),
    ),
    (Part.OTHER_MAIL, "class", re.compile(r".*\bOutlookMessageHeader\b.*", re.IGNORECASE)),
    (Part.OTHER_MAIL, "style", re.compile(r".{0,200}border-top:\s?(?:solid\s)?#(?:E1E1E1|B5C4DF)\b.*", re.IGNORECASE)),
    (Part.QUOTE, "name", re.compile(r"quote", re.IGNORECASE)),
    (Part.QUOTE, "id", re.compile(r"yahoo_quoted.*")),
    (Part.QUOTE, "class", re.compile(r".*\b(?:yahoo_quoted|zmail_extra)\b.*")),
    (Part.ATTRIBUTION, "class", re.compile(r".*\b(?:gmail_attr|moz-cite-prefix)\b.*")),
    (Part.ATTRIBUTION, "id", re.compile(r"reply-intro")),
    (Part.SIGNATURE, "class", re.compile(r".*\b(?:gmail_signature|moz-signature|protonmail_signature_block)\b.*")),
    (Part.SIGNATURE, "name", re.compile(r"messageSignatureSection")),
    (Part.SIGNATURE, "fairemail", re.compile(r"signature")),
)
_QUOTING_CLASS = re.compile(r"quote|cite", re.IGNORECASE)
_LINE_AT_SIDE = re.compile(r"border-(?:left|inline-start)\s*:", re.IGNORECASE)


def text_with_quotes(source: str) -> str:
    """The visible text of HTML source, with "> " before each line of what it quotes."""
    source = without_marks(source[:_MOST_CHARACTERS].replace("\x00", ""))
    if not _ELEMENT.search(source):
        return text_of_html(source)
    parser = etree.HTMLParser(target=_Marker(), encoding="utf-8", huge_tree=True)
    content = source.encode("utf-8", "replace")
    try:
        for start in range(0, len(content), _PIECE_BYTES):
            parser.feed(content[start : start + _PIECE_BYTES])
        return text_of_html(str(parser.close()))
    except (_TooDeepError, etree.XMLSyntaxError):  # the latter where there is no element at all
        return text_of_html(source)


class _TooDeepError(Exception):
    """More elements lie in one another than any mail program writes."""


@dataclass(slots=True)
class _Capture:
    """An element whose text is told apart, at its depth."""

    part: Part
    depth: int
    pieces: list[str] = field(default_factory=list)

    def source(self) -> str:
        """What stands for the element in the HTML that is read on."""
        inside = "".join(self.pieces)
        text = text_of_html(inside)
        if self.part is Part.SIGNATURE:
            return f"<p>{SIGNATURE}</p>{inside}<p>{SIGNATURE_END}</p>"
        if self.part is Part.ATTRIBUTION:
            if len(text) > _LONGEST_ATTRIBUTION or not text.endswith(":"):
                return inside
            text = f"{ANOTHER_MAIL}\n{text}"
        quoted = "\n".join(f"> {line}" for line in text.splitlines())
        return f"<pre>{escape(quoted)}</pre>" if text else ""


class _Marker:
    """What the parser tells, written down again as HTML. The names are those that lxml calls."""

    def __init__(self) -> None:
        self._depth = 0
        self._parts = 0
        self._pieces: list[str] = []
        self._capture: _Capture | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _TooDeepError
        is_asked = bool(attributes) and not self._capture and self._parts < _MOST_PARTS
        part = _part(tag, attributes) if is_asked else None
        self._parts += part is not None
        if part is Part.OTHER_MAIL:
            self._put(f"<p>{ANOTHER_MAIL}</p>")
        elif part:
            self._capture = _Capture(part, self._depth)
        kept = _kept(attributes) if attributes else ""
        self._put(f"<{tag}{kept}>")

    def end(self, tag: str) -> None:
        if tag not in _VOID:
            self._put(f"</{tag}>")
        if self._capture and self._capture.depth == self._depth:
            captured, self._capture = self._capture, None
            self._put(captured.source())
        self._depth -= 1

    def data(self, text: str) -> None:
        self._put(escape(text))

    def close(self) -> str:
        if self._capture:
            captured, self._capture = self._capture, None
            self._put(captured.source())
        return "".join(self._pieces)

    def _put(self, piece: str) -> None:
        (self._capture.pieces if self._capture else self._pieces).append(piece)


def _kept(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(attributes[name])}"' for name in _KEPT if name in attributes)


def _part(tag: str, attributes: Mapping[str, str]) -> Part | None:
    if tag == "blockquote":
        quoted = attributes.get("type") == "cite" or "cite" in attributes
        quoted = quoted or bool(_QUOTING_CLASS.search(attributes.get("class", "")))
        return Part.QUOTE if quoted or _LINE_AT_SIDE.search(attributes.get("style", "")) else None
    return next((part for part, name, form in _PARTS if form.fullmatch(attributes.get(name, "")[:500])), None)
