"""Message text as Telegram takes it: cleaned, trimmed, counted in UTF-16 units, with the entities that stand in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import Refusal, WrongParameterError
from tests.fakes.bot_api.markup import parsed_html, utf16_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.bot_api.wire import MessageEntity

_WRITTEN = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "url": re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]"),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*"),
    "mention": re.compile(r"(?<![\w/@.+-])@[A-Za-z][A-Za-z0-9_]{3,31}(?![\w@])"),
}
# What tdlib/td (clean_input_string) does to every text that a bot sends: some characters are dropped, control
# characters become blanks, and of a run of direction marks only the last one stays what it is.
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANKED = re.compile("[\0-\x09\x0b\x0c\x0e-\x1f]")
_MARKS = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
# A text of nothing else counts as empty.
_INVISIBLE = re.compile("[\\s\u1680\u180e\u2000-\u200f\u202f\u205f\u2800\u3000\ufeff\ufffc]*")
_TEXT_UNITS = 4096
_CAPTION_UNITS = 1024

Marked = tuple[str, list["MessageEntity"]]


def written_entities(text: str) -> list[MessageEntity]:
    """Return the entities that are found in what is written: commands, addresses, hashtags, mentions."""
    found = sorted(
        (match.start(), match.end(), kind) for kind, rule in _WRITTEN.items() for match in rule.finditer(text)
    )
    apart = [each for before, each in pairwise([(0, 0, ""), *found]) if each[0] >= before[1]]
    return [
        {"type": kind, "offset": utf16_length(text[:start]), "length": utf16_length(text[start:end])}
        for start, end, kind in apart
    ]


def shown(text: str) -> str:
    """Return a text as people see it when a bot sends it without markup; "" where Telegram takes it for empty."""
    return _tidied(text, [])[0]


def message_text(text: str, parse_mode: str | None, entities: list[MessageEntity] | None) -> Marked:
    """Return the text of a message, 1 to 4096 units, as it will stand in the chat; WrongParameterError."""
    if not text:
        raise WrongParameterError(Refusal.TEXT_EMPTY)
    plain, found = _marked(text, parse_mode, entities)
    if not plain:
        raise WrongParameterError(Refusal.TEXT_BLANK)
    if utf16_length(plain) > _TEXT_UNITS:
        raise WrongParameterError(Refusal.TEXT_TOO_LONG)
    return plain, found


def caption_text(text: str, parse_mode: str | None, entities: list[MessageEntity] | None) -> Marked:
    """Return a caption, up to 1024 units, as it will stand under its file; WrongParameterError."""
    plain, found = _marked(text, parse_mode, entities)
    if utf16_length(plain) > _CAPTION_UNITS:
        raise WrongParameterError(Refusal.CAPTION_TOO_LONG)
    return plain, found


def _marked(text: str, parse_mode: str | None, entities: list[MessageEntity] | None) -> Marked:
    """Apply the markup, of which a parse_mode goes before given entities; Markdown is unknown here and refused."""
    if parse_mode and parse_mode.lower() != "html":
        raise WrongParameterError(Refusal.PARSE_MODE)
    plain, found = _tidied(*(parsed_html(text) if parse_mode else (text, entities or [])))
    return plain, _with_written(plain, found)


def _tidied(text: str, entities: list[MessageEntity]) -> Marked:
    if entities:
        _check_bounds(text, entities)
    dropped = [utf16_length(text[: match.start()]) for match in _DROPPED.finditer(text)] if entities else []
    clean = _BLANKED.sub(" ", _DROPPED.sub("", text))
    clean = _MARKS.sub(lambda run: "\u200c" * len(run.group()), clean)
    if _INVISIBLE.fullmatch(clean):
        return "", []
    moved = [_moved(each, lambda offset: offset - bisect_left(dropped, offset)) for each in entities]
    first = min((each["offset"] for each in moved), default=len(clean))
    cut = min(first, len(clean) - len(clean.lstrip(" \n")))
    trimmed = clean[cut:].rstrip(" \n")
    end = utf16_length(trimmed)
    placed = [_moved(each, lambda offset: min(offset - cut, end)) for each in moved]
    return trimmed, [each for each in placed if each["length"] > 0]


def _moved(entity: MessageEntity, place: Callable[[int], int]) -> MessageEntity:
    begin, end = place(entity["offset"]), place(entity["offset"] + entity["length"])
    return {**entity, "offset": begin, "length": end - begin}


def _with_written(text: str, entities: list[MessageEntity]) -> list[MessageEntity]:
    """Add what the server finds in the text itself, where no given entity stands."""
    added = [
        new
        for new in written_entities(text)
        if not any(
            new["offset"] < old["offset"] + old["length"] and old["offset"] < new["offset"] + new["length"]
            for old in entities
        )
    ]
    return sorted([*entities, *added], key=lambda each: (each["offset"], -each["length"]))


def _check_bounds(text: str, entities: list[MessageEntity]) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    size = len(units) // 2
    for each in entities:
        begin, end = each["offset"], each["offset"] + each["length"]
        if begin >= size:
            raise WrongParameterError(f"Bad Request: entity begins after the end of the text at UTF-16 offset {begin}")
        what = f"Bad Request: entity beginning at UTF-16 offset {begin} ends"
        if end > size:
            raise WrongParameterError(f"{what} after the end of the text at UTF-16 offset {end}")
        if _splits_a_pair(units, begin):
            raise WrongParameterError("Bad Request: entity begins in a middle of a UTF-16 symbol")
        if _splits_a_pair(units, end):
            raise WrongParameterError(f"{what} in a middle of a UTF-16 symbol")


def _splits_a_pair(units: bytes, offset: int) -> bool:
    """Whether the unit at `offset` is the second half of a character outside the BMP."""
    return 2 * offset + 1 < len(units) and 0xDC <= units[2 * offset + 1] <= 0xDF
