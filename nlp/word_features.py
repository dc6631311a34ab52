"""What one word says, worked out once and kept: most words of a message have been seen before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.compounds import Splitter
from nlp.lexicon import ConceptMatcher, Phrases
from nlp.words import LETTERS_AT_MOST, folded, pieces

# Words kept; a text of new words all the time would otherwise fill the memory.
KEPT_AT_MOST = 50_000

_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"@|://|^www\.|\w\.(?:de|com|org|net|eu|info|example)(?:/|$)", re.IGNORECASE)

Ints = NDArray[np.int32]
Keys = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class WordReading:
    """A token: its folded words ("S-Bahn" has two), the mark that stands for what has no letters, and its features.

    `concepts` are the numbers of the lexicon's concepts that its words stand for, `opens` for each word the phrases
    that may begin with it; `known` of its words are features.
    """

    words: tuple[str, ...]
    mark: str
    features: Ints
    concepts: tuple[int, ...]
    opens: tuple[tuple[Phrases, ...], ...]
    known: int


class WordReader:
    """Reads tokens one by one; `numbered` gives the numbers of those keys that are features."""

    def __init__(
        self,
        matcher: ConceptMatcher,
        splitter: Splitter,
        sizes: tuple[int, int],
        numbered: Callable[[Keys], Ints],
    ) -> None:
        self._matcher = matcher
        self._splitter = splitter
        self._sizes = sizes
        self._numbered = numbered
        self._kept: dict[str, WordReading] = {}

    def read(self, token: str) -> WordReading:
        """What a token says."""
        found = self._kept.get(token)
        if found is None:
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            found = self._kept[token] = self._read(token)
        return found

    def concepts(self, read: Sequence[tuple[int, WordReading]]) -> tuple[Ints, Ints]:
        """The numbers of all concepts in a text, phrases among them, each with the token that it was found in."""
        numbers: list[int] = []
        tokens: list[int] = []
        words = [word for _, item in read for word in item.words]
        place = 0
        for token, item in read:
            known = len(numbers)
            numbers += item.concepts
            for opens in item.opens:
                place += 1
                if place < len(words):
                    for phrases in opens:
                        numbers += phrases.found(words, place)
            tokens += [token] * (len(numbers) - known)
        return np.array(numbers, dtype=np.int32), np.array(tokens, dtype=np.int32)

    def _read(self, token: str) -> WordReading:
        mark = _mark(token)
        if mark or token.isspace():
            return WordReading((), mark, self._numbered(keys_of([mark] if mark else [])), (), (), 0)
        words = tuple(map(folded, letters(token)))
        names: list[str] = []
        concepts: set[int] = set()
        for word in words:
            parts = self._splitter.split(word)
            names += [f"={word}", *(f"={part}" for part in parts), *pieces(word, *self._sizes)]
            for part in (word, *parts):
                concepts |= self._matcher.word(part)
        opens = tuple(self._matcher.opens(word) for word in words)
        known = len(self._numbered(keys_of(f"={word}" for word in words)))
        return WordReading(words, "", self._numbered(keys_of(names)), tuple(sorted(concepts)), opens, known)


def letters(token: str) -> list[str]:
    """The words in a token: "S-Bahn" has two, "18:30" none."""
    return _LETTERS.findall(token[:LETTERS_AT_MOST])


def keys_of(names: Iterable[str]) -> Keys:
    """The keys of features with these names."""
    return np.array([crc32(name.encode()) for name in names], dtype=np.uint32)


def _mark(token: str) -> str:
    """What stands for a token whose letters say nothing: addresses, numbers and signs ("" for words and blanks)."""
    if token.isspace():
        return ""
    if _ADDRESS.search(token):
        return "~email" if "@" in token else "~url"
    if token[0].isdigit():
        return "~number"
    return "" if _LETTERS.search(token[:LETTERS_AT_MOST]) else f"~{token[:2]}"
