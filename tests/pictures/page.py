"""A picture of a chat as a page of HTML: bubbles, buttons, files, times and days, as a telephone shows them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tests.fakes.bot_api import Entry
from tests.pictures.picture import Chat, Language, Picture

WIDTH = 390
_ZONE = ZoneInfo("Europe/Berlin")
_DAY: Mapping[Language, str] = {"de": "%d.%m.%Y", "en": "%d %B %Y"}
_LONGEST_ADDRESS = 38
_LABELS: Mapping[Language, Mapping[str, str]] = {
    "de": {"photo": "Foto", "voice": "Sprachnachricht", "location": "Standort", "edited": "bearbeitet"},
    "en": {"photo": "Photo", "voice": "Voice message", "location": "Location", "edited": "edited"},
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it can be tapped."""

    text: str
    is_link: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the page shows it; `day` where it is the first one of a day, `quoted` what it answers.

    `kind` is "text" or names another content, for which `label` stands; `photo` is a data URI.
    """

    who: Literal["person", "bot", "service"]
    day: str
    time: str
    quoted: str
    kind: str
    label: str
    photo: str
    pieces: tuple[Piece, ...]
    buttons: tuple[tuple[str, ...], ...]
    next_tap: str
    is_edited: bool

    @property
    def text(self) -> str:
        """All pieces together."""
        return "".join(piece.text for piece in self.pieces)


def page(picture: Picture) -> str:
    """The page; nothing that anybody wrote becomes markup in it, and nothing is loaded from elsewhere."""
    edited = _LABELS[picture.language]["edited"]
    values = {"language": picture.language, "width": WIDTH, "edited": edited, "bubbles": list(bubbles(picture))}
    return _templates().get_template("chat.html").render(values)


def transcript(chat: Chat) -> str:
    """All pictures of a chat as plain text."""
    edited = _LABELS[chat.pictures[0].language]["edited"]
    names = {"person": "Person", "bot": "Ideenkanal", "service": ""}
    shown = [list(bubbles(picture)) for picture in chat.pictures]
    return _templates().get_template("transcript.txt").render(pictures=shown, edited=edited, names=names).strip() + "\n"


def readme(chats: list[Chat]) -> str:
    """The page in Markdown that shows the pictures of all chats."""
    return _templates().get_template("readme.md").render(chats=chats)


def bubbles(picture: Picture) -> Iterator[Bubble]:
    """The messages that the picture shows, oldest first."""
    tapped = max((each.message_id for each in picture.entries if _has_button(each, picture.next_tap)), default=0)
    said = {each.message_id: each for each in picture.entries}
    day = ""
    for entry in picture.entries[picture.start :]:
        at = entry.date.astimezone(_ZONE)
        today = at.strftime(_DAY[picture.language]).lstrip("0" if picture.language == "en" else "")
        photo = picture.photos.get(entry.message_id)
        yield Bubble(
            who=entry.who,
            day=today if today != day else "",
            time=f"{at:%H:%M}",
            quoted=_quoted(said.get(entry.reply_to or 0), picture.language),
            kind=entry.kind,
            label=_label(entry, picture.language),
            photo=f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else "",
            pieces=tuple(piece for piece in _pieces(entry) if piece.text),
            buttons=entry.buttons,
            next_tap=picture.next_tap if entry.message_id == tapped else "",
            is_edited=entry.is_edited,
        )
        day = today


def _pieces(entry: Entry) -> Iterator[Piece]:
    """A message's text, with what can be tapped apart; a long address is cut, because its beginning tells enough.

    Offsets of entities count UTF-16 units (Bot API, MessageEntity).
    """
    units = entry.text.encode("utf-16-le")
    done = 0
    for entity in entry.entities:
        begin, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        yield Piece(units[done:begin].decode("utf-16-le"), is_link=False)
        found = units[begin:end].decode("utf-16-le")
        is_long = entity["type"] == "url" and len(found) > _LONGEST_ADDRESS
        yield Piece(f"{found[:_LONGEST_ADDRESS]}…" if is_long else found, is_link=True)
        done = end
    yield Piece(units[done:].decode("utf-16-le"), is_link=False)


def _quoted(entry: Entry | None, language: Language) -> str:
    if entry is None:
        return ""
    return next(iter(entry.text.splitlines()), "") or _label(entry, language)


def _label(entry: Entry, language: Language) -> str:
    return entry.file_name or _LABELS[language].get(entry.kind, "")


def _has_button(entry: Entry, label: str) -> bool:
    return any(label in row for row in entry.buttons)


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
