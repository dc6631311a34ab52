"""What one word says, worked out once and kept: most words of a message have been seen before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.compounds import Splitter
from nlp.lexicon import Concept, ConceptMatcher, follows
from nlp.words import LETTERS_AT_MOST, folded, pieces

# Words kept; a text of new words all the time would otherwise fill the memory.
KEPT_AT_MOST = 50_000

_LETTERS = re.compile(r"[^\W\d_]+")

Ints = NDArray[np.int32]
Keys = NDArray[np.uint32]
_Phrase = tuple[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class WordReading:
    """A token: its folded words ("S-Bahn" has two), the mark that stands for what has no letters, keys of its features.

    `concepts` are the numbers of the lexicon's concepts that its words stand for, `opens` for each word the phrases
    that may begin with it.
    """

    words: tuple[str, ...]
    mark: str
    keys: Keys
    concepts: tuple[int, ...]
    opens: tuple[tuple[_Phrase, ...], ...]


class WordReader:
    """Reads tokens one by one."""

    def __init__(self, concepts: Sequence[Concept], splitter: Splitter, sizes: tuple[int, int]) -> None:
        self._matcher = ConceptMatcher(concepts)
        self._splitter = splitter
        self._sizes = sizes
        self._kept: dict[str, WordReading] = {}

    def read(self, token: Any) -> WordReading:
        """What a spaCy token says."""
        text = token.text
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            found = self._kept[text] = self._read(token)
        return found

    def concepts(self, read: Sequence[tuple[int, WordReading]]) -> tuple[Ints, Ints]:
        """The numbers of all concepts in a text, phrases among them, each with the token that it was found in."""
        numbers: list[int] = []
        tokens: list[int] = []
        words = [word for _, item in read for word in item.words]
        place = 0
        for token, item in read:
            numbers += item.concepts
            tokens += [token] * len(item.concepts)
            for opens in item.opens:
                place += 1
                for rest, number in opens:
                    if follows(words, place, rest):
                        numbers.append(number)
                        tokens.append(token)
        return np.array(numbers, dtype=np.int32), np.array(tokens, dtype=np.int32)

    def _read(self, token: Any) -> WordReading:
        mark = _mark(token)
        if mark or token.is_space:
            keys = key_of(mark) if mark else np.zeros(0, dtype=np.uint32)
            return WordReading((), mark, keys, (), ())
        words = tuple(folded(part) for part in _LETTERS.findall(token.text[:LETTERS_AT_MOST]))
        names: list[str] = []
        concepts: set[int] = set()
        for word in words:
            parts = self._splitter.split(word)
            names += [f"={word}", *(f"={part}" for part in parts), *pieces(word, *self._sizes)]
            for part in (word, *parts):
                concepts |= self._matcher.word(part)
        keys = np.array([crc32(name.encode()) for name in names], dtype=np.uint32)
        opens = tuple(self._matcher.opens(word) for word in words)
        return WordReading(words, "", keys, tuple(sorted(concepts)), opens)


def key_of(name: str) -> Keys:
    """The key of one feature."""
    return np.array([crc32(name.encode())], dtype=np.uint32)


def _mark(token: Any) -> str:
    """What stands for a token whose letters say nothing: addresses, numbers and signs ("" for words and blanks)."""
    if token.is_space:
        return ""
    if token.like_url:
        return "~url"
    if token.like_email:
        return "~email"
    if token.is_digit or (token.like_num and not token.is_alpha):
        return "~number"
    return "" if _LETTERS.search(token.text[:LETTERS_AT_MOST]) else f"~{token.text[:2]}"
