"""Message text as Telegram counts and marks it: UTF-16 units, entities in what people write, parse_mode HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import ApiError, Refusal

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import MessageEntity

_WRITTEN = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "url": re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]"),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*"),
}
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def utf16_length(text: str) -> int:
    """How long Telegram takes a text to be: a character outside the BMP counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def written_entities(text: str) -> list[MessageEntity]:
    """Return the entities that the client finds in what a person writes: commands, addresses, hashtags."""
    found = sorted(
        (match.start(), match.end(), kind) for kind, rule in _WRITTEN.items() for match in rule.finditer(text)
    )
    apart = [each for before, each in pairwise([(0, 0, ""), *found]) if each[0] >= before[1]]
    return [
        {"type": kind, "offset": utf16_length(text[:start]), "length": utf16_length(text[start:end])}
        for start, end, kind in apart
    ]


def parsed(text: str, parse_mode: str | None) -> tuple[str, list[MessageEntity]]:
    """Return the text without markup, and its entities; ApiError for broken HTML, and for Markdown, unknown here."""
    if not parse_mode:
        return text, []
    if parse_mode.lower() != "html":
        raise ApiError(400, Refusal.PARSE_MODE)
    parser = _Html(text)
    parser.feed(text)
    parser.close()
    return parser.result()


def _cannot_parse(why: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {why}")


class _Html(HTMLParser):
    """Telegram's subset of HTML: known tags, properly nested; four named characters; the rest is refused."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._text = ""
        self._open: list[tuple[str, int, dict[str, str | None]]] = []
        self._entities: list[MessageEntity] = []

    def result(self) -> tuple[str, list[MessageEntity]]:
        if self._open:
            tag, offset, _ = self._open[-1]
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{tag}" at byte offset {offset}')
        return self._text, sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _STYLES:
            raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte_offset()}')
        self._open.append((tag, utf16_length(self._text), dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._byte_offset()}")
        opened, offset, attributes = self._open.pop()
        if opened != tag:
            where = self._byte_offset()
            raise _cannot_parse(f'Unmatched end tag at byte offset {where}, expected "</{opened}>", found "</{tag}>"')
        entity: MessageEntity = {"type": _STYLES[tag], "offset": offset, "length": utf16_length(self._text) - offset}
        if tag == "a":
            entity["url"] = attributes.get("href") or ""
        if entity["length"] > 0:
            self._entities.append(entity)

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise _cannot_parse(f'Unsupported start tag "" at byte offset {self._byte_offset()}')
        self._text += data

    def handle_entityref(self, name: str) -> None:
        self._text += _NAMED_CHARACTERS.get(name, f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._text += chr(int(name[1:], 16) if name[0] in "xX" else int(name))

    def handle_comment(self, data: str) -> None:
        raise _cannot_parse(f'Unsupported start tag "!--{data}" at byte offset {self._byte_offset()}')

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)

    def _byte_offset(self) -> int:
        line, column = self.getpos()
        lines = self._source.split("\n")
        return len("\n".join([*lines[: line - 1], lines[line - 1][:column]]).encode())
