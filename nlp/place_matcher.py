"""Finds the names of places in a text: one look into a table for each word, so that their number costs no time."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from nlp.place_forms import WORD, folded
from nlp.place_mentions import Mention
from nlp.place_names import Reading, SenseKind
from nlp.place_spelling import SHORTEST, Misspellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nlp.gazetteer import Words

# What may stand between two words of one name: "Limbach-Oberfrohna", "Oelsnitz (Vogtl.)", "St. Egidien", and a break
# of the line; but no end of a sentence, for which see _ABBREVIATED.
_GAP = re.compile(r"[ \u00a0]?(?:\. ?|& ?|\.?[-\u2010\u2011\u2013/(]|, |['\u2019]|\n)?[ \u00a0\n]?\(?")
_ABBREVIATED = 4
_LINK = re.compile(r"\w@\w|://|www\.|\w\.(?:de|com|org|net|eu|info)\b")
_LONGEST_LINK = 60
_CAPITAL_INSIDE = re.compile(r"[a-zäöüß,] [A-ZÄÖÜ][a-zäöüß]")
_KEPT_WORDS = 16384


class Matcher:
    """Finds names in texts; `readings` are those of `nlp.place_names`, `compounds` folded beginnings of words."""

    def __init__(self, readings: Mapping[str, Reading], compounds: Mapping[str, Reading], words: Words) -> None:
        self._readings = readings
        self._compounds = compounds
        self._beginnings = tuple(compounds)
        self._longest: dict[str, int] = {}
        for spelled in readings:
            first, _, rest = spelled.partition(" ")
            size = rest.count(" ") + 2 if rest else 1
            if size > self._longest.get(first, 0):
                self._longest[first] = size
        misspellings = Misspellings(readings, words)
        self._misspelt = lru_cache(_KEPT_WORDS)(misspellings.meant)

    def mentions(self, text: str) -> Iterator[Mention]:
        """The names in the order of the text, the longest where several begin at one word."""
        search = _Search(text)
        position = 0
        while position < len(search.keys):
            word = search.keys[position]
            if word in self._longest:
                size, reading = self._named(search, position)
            elif len(word) > _ABBREVIATED:
                size, reading = self._unknown(search, position)
            else:
                size, reading = 1, None
            if reading and not search.is_link(position):
                yield Mention(search.starts[position], search.ends[position + size - 1], reading)
            position += size

    def _named(self, search: _Search, position: int) -> tuple[int, Reading | None]:
        longest = self._longest[search.keys[position]]
        if longest > 1:
            limit = search.reach(position, longest)
            for size in range(limit, 1, -1):
                spelled = " ".join(search.keys[position : position + size])
                reading = self._readings.get(spelled)
                if reading is None and size == 2 and search.are_long(position):
                    reading = self._misspelt(spelled)
                if reading:
                    return size, _something(reading)
        reading = self._readings.get(search.keys[position])
        return 1, reading and _something(reading)

    def _unknown(self, search: _Search, position: int) -> tuple[int, Reading | None]:
        word = search.keys[position]
        if word.startswith(self._beginnings):
            return 1, next(reading for stem, reading in self._compounds.items() if word.startswith(stem))
        if search.is_hyphened(position):
            reading = self._misspelt(f"{word} {search.keys[position + 1]}")
            if reading:
                return 2, reading
        if len(word) >= SHORTEST and (search.is_capital(position) or not search.has_case):
            return 1, self._misspelt(word)
        return 1, None


class _Search:
    """The words of one text with their keys and offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        words = list(WORD.finditer(text))
        self.keys = [folded(word.group()) for word in words]
        self.starts = [word.start() for word in words]
        self.ends = [word.end() for word in words]

    @cached_property
    def has_case(self) -> bool:
        """Whether nouns bear capitals in this text, as far as one can see."""
        return bool(_CAPITAL_INSIDE.search(self.text))

    def is_capital(self, position: int) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[self.starts[position]].isupper()

    def is_hyphened(self, position: int) -> bool:
        """Whether a hyphen joins the word to the next one."""
        end = self.ends[position]
        return position + 1 < len(self.keys) and self.text[end] == "-" and self.starts[position + 1] == end + 1

    def are_long(self, position: int) -> bool:
        """Whether this word and the next one, in the same line, are long enough to be a name with a mistake in it."""
        pair = self.keys[position : position + 2]
        gap = self.text[self.ends[position] : self.starts[position + 1]]
        return gap in {" ", "-"} and min(map(len, pair)) > _ABBREVIATED

    def is_link(self, position: int) -> bool:
        """Whether the word is part of a web or mail address."""
        start, end = self.starts[position], self.ends[position]
        before = self.text[max(0, start - _LONGEST_LINK) : start].rpartition(" ")[2]
        after = self.text[end : end + _LONGEST_LINK].partition(" ")[0]
        return ("." in after or "@" in before or "/" in before or "." in before) and bool(
            _LINK.search(f"{before}{self.text[start:end]}{after}")
        )

    def reach(self, position: int, longest: int) -> int:
        """How many words from `position` on, `longest` at most, may be one name."""
        size = 1
        while size < longest and position + size < len(self.keys) and self._joins(position + size - 1):
            size += 1
        return size

    def _joins(self, position: int) -> bool:
        end, start = self.ends[position], self.starts[position + 1]
        gap = self.text[end:start]
        if gap in {" ", "-"}:
            return True
        if "." in gap and len(self.keys[position]) > _ABBREVIATED:
            return False
        return len(gap) <= 4 and bool(_GAP.fullmatch(gap))


def _something(reading: Reading) -> Reading | None:
    """The reading, unless the name is known to be no place."""
    return None if all(sense.kind is SenseKind.NOTHING for sense in reading.senses) else reading
