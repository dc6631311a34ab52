"""What stands around the name of a place: by this is read whether it is one, and how it counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlp.place_cues import BOUNDARY

if TYPE_CHECKING:
    from nlp.gazetteer import Words
    from nlp.place_mentions import Mention

_BEFORE = 120
_AFTER = 80
_NEAR = 40
_BEHIND = 140
# A line of so many letters was broken by a mail program, and its end is no end of a sentence.
_WRAPPED = 60
_HAS_CASE = re.compile(r"[a-zäöüß,] [A-ZÄÖÜ][a-zäöüß]")


class Surroundings:
    """A mention with what stands before and after it in its sentence."""

    def __init__(self, text: str, mention: Mention, words: Words) -> None:
        self.mention = mention
        self.words = words
        self.text = text
        self.written = text[mention.start : mention.end]
        # The sentence up to the name, and behind it; in small letters, and as it is written.
        self.before = _up_to(text[max(0, mention.start - _BEFORE) : mention.start]).lower()
        self.after_written = _from(text[mention.end : mention.end + _AFTER])
        self.after = self.after_written.lower()

    @property
    def near(self) -> str:
        """What stands right before the name, whatever sentence it belongs to."""
        return self.text[max(0, self.mention.start - _NEAR) : self.mention.start]

    @property
    def following(self) -> str:
        """What stands right behind the name, whatever sentence it belongs to."""
        return self.text[self.mention.end : self.mention.end + _NEAR]

    @property
    def behind(self) -> str:
        """What stands behind the name, with the sentences after."""
        return self.text[self.mention.end : self.mention.end + _BEHIND]

    @property
    def sentence(self) -> str:
        """Everything around the name in its sentence."""
        return f"{self.before} {self.after}"

    @property
    def is_capital(self) -> bool:
        """Whether it is written with a capital letter."""
        return self.written[:1].isupper()

    @property
    def has_case(self) -> bool:
        """Whether the words around bear capitals at all."""
        around = self.text[max(0, self.mention.start - _BEFORE) : self.mention.end + _AFTER]
        return bool(_HAS_CASE.search(around))


def _up_to(window: str) -> str:
    start = 0
    for match in BOUNDARY.finditer(window.rstrip("\n ")):
        if match.group() != "\n" or match.start() - start < _WRAPPED:
            start = match.end()
    return window[start:]


def _from(window: str) -> str:
    match = BOUNDARY.search(window)
    return window[: match.start() + 1] if match else window
