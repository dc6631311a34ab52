"""A picture of a chat, before it is drawn: what stands on a person's telephone at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tests.fakes.bot_api import Entry

Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a telephone shows, with its own words in `language`.

    `entries` are the whole chat until then, of which the picture shows all from position `start` on. `photos` are the
    photos in it (JPEG) by message number. `next_tap` is the button, in the last message that has it, on which the
    person is about to tap. `said` tells whoever does not see the picture what it shows.
    """

    said: str
    language: Language
    entries: tuple[Entry, ...]
    start: int
    photos: Mapping[int, bytes]
    next_tap: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A whole conversation: how its files are called, what it is about in one sentence, and its pictures."""

    file: str
    title: str
    summary: str
    pictures: tuple[Picture, ...]
