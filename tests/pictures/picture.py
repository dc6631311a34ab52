"""A picture of a chat, before it is drawn: what stands on a person's telephone at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tests.fakes.bot_api import Entry


@dataclass(frozen=True, slots=True)
class Picture:
    """What the telephone shows; `file` is the picture's name without its ending.

    `entries` are the whole chat until then, of which the picture shows all from position `start` on. `photos` are the
    photos in it (JPEG) by message number. `next_tap` is the button, in the last message that has it, on which the
    person is about to tap. `said` tells in words what the picture shows.
    """

    file: str
    said: str
    language: Literal["de", "en"]
    entries: tuple[Entry, ...]
    start: int
    photos: Mapping[int, bytes]
    next_tap: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A whole conversation: what it is about in one sentence, and its pictures."""

    title: str
    summary: str
    pictures: tuple[Picture, ...]
