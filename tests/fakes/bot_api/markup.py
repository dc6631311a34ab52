"""What parse_mode HTML makes of a text: Telegram's own subset, with the real server's words for what is wrong in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import MessageEntity

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
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?P<decimal>\d+)|#x(?P<hexadecimal>[0-9A-Fa-f]+)|(?P<name>[A-Za-z]+));?")
# The end of the source stands as a zero character, which ends whatever a blank ends.
_END = "\0"
_PLAIN = re.compile(r"[^<&\0]+")
_BLANKS = re.compile(r"[ \t\r\n\v]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\v\0>]*")
_ATTRIBUTE = re.compile(r"[^ \t\r\n\v\0>=]*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_QUOTED = {"'": re.compile(r"[^'\0]*"), '"': re.compile(r'[^"\0]*')}


def parsed_html(source: str) -> tuple[str, list[MessageEntity]]:
    """Return the text without its tags, and the entities, sorted; WrongParameterError where the markup is broken."""
    return _Html(source).parsed()


def utf16_length(text: str) -> int:
    """How long Telegram takes a text to be: a character outside the BMP counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    attributes: dict[str, str]
    offset: int


class _Html:
    """Reads a source from left to right; complaints name the byte at which the tag in question begins."""

    def __init__(self, source: str) -> None:
        self._source = source.replace(_END, "") + _END
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Tag] = []
        self._entities: list[MessageEntity] = []

    def parsed(self) -> tuple[str, list[MessageEntity]]:
        while (character := self._source[self._at]) != _END:
            if plain := self._take(_PLAIN):
                self._put(plain)
            elif character == "&":
                self._put(self._reference())
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return "".join(self._text), sorted(self._entities, key=lambda each: (each["offset"], -each["length"]))

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._length += utf16_length(text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found.group()

    def _reference(self) -> str:
        found = _REFERENCE.match(self._source, self._at)
        character = _character(found) if found else ""
        if found is None or not character:
            self._at += 1
            return "&"
        self._at = found.end()
        return character

    def _start_tag(self) -> None:
        begin = self._where()
        self._at += 1
        name = self._take(_TAG_NAME).lower()
        if self._source[self._at] == _END:
            raise _cannot_parse(f"Unclosed start tag at byte offset {begin}")
        if name not in _STYLES:
            raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {begin}')
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._at += 1
        self._open.append(_Tag(name, attributes, self._length))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        self._take(_BLANKS)
        while self._source[self._at] != ">":
            name = self._take(_ATTRIBUTE).lower()
            if not name:
                raise _cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._take(_BLANKS)
            if (tag, name) == ("blockquote", "expandable"):
                found[name] = name
                continue
            if self._source[self._at] != "=":
                where = f'of an attribute of the tag "{tag}" at byte offset {begin}'
                raise _cannot_parse(f"Expected equal sign in declaration {where}")
            self._at += 1
            self._take(_BLANKS)
            found[name] = self._value()
            if self._source[self._at] == _END:
                raise _cannot_parse(f"Unclosed start tag at byte offset {begin}")
            self._take(_BLANKS)
        return found

    def _value(self) -> str:
        begin = self._where()
        quote = self._source[self._at]
        if quote not in _QUOTED:
            token = self._take(_NAME_TOKEN).lower()
            if self._source[self._at] not in " \t\r\n\v\0>":
                raise _cannot_parse(f"Unexpected end of name token at byte offset {begin}")
            return token
        self._at += 1
        value = self._take(_QUOTED[quote])
        self._at += self._source[self._at] == quote
        return _REFERENCE.sub(lambda each: _character(each) or each.group(), value)

    def _end_tag(self) -> None:
        begin = self._where()
        if not self._open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {begin}")
        self._at += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_BLANKS)
        if self._source[self._at] != ">":
            raise _cannot_parse(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        tag = self._open.pop()
        if name not in {"", tag.name}:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {begin}, expected "</{tag.name}>", found "</{name}>"'
            )
        if self._length > tag.offset:
            self._entities += _entities(tag, self._length - tag.offset)

    def _where(self) -> int:
        return len(self._source[: self._at].encode("utf-8", "surrogatepass"))


def _character(reference: re.Match[str]) -> str:
    """Return what a reference stands for, "" where Telegram leaves it as it is."""
    if reference["name"]:
        return _NAMED_CHARACTERS.get(reference["name"], "")
    code = int(reference["decimal"]) if reference["decimal"] else int(reference["hexadecimal"], 16)
    return chr(code) if 0 < code < 0x10FFFF else ""


def _entities(tag: _Tag, length: int) -> list[MessageEntity]:
    kind = "expandable_blockquote" if "expandable" in tag.attributes else _STYLES[tag.name]
    entity: MessageEntity = {"type": kind, "offset": tag.offset, "length": length}
    if tag.name == "a":
        # A link to nowhere is no link (the text alone stays).
        if not tag.attributes.get("href"):
            return []
        entity["url"] = tag.attributes["href"]
    if tag.name == "tg-emoji":
        entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
    return [entity]


def _cannot_parse(why: str) -> WrongParameterError:
    return WrongParameterError(f"Bad Request: can't parse entities: {why}")
