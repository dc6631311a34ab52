"""What is met in a text: words, pairs of words and pieces, each with the token that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlp.tokens import written
from nlp.word_features import Ints, WordReader, WordReading, keys_of, letters
from nlp.words import folded

NOWHERE = -1

# Features (or their keys) that were met, and the token of each.
Hits = tuple[Any, Ints]
Read = Sequence[tuple[int, WordReading]]


@dataclass(frozen=True, slots=True)
class Block:
    """Hits summed up by feature; `places[i]` is the index in `rows` of hit `i`."""

    rows: Ints
    counts: NDArray[np.int64]
    places: Ints
    tokens: Ints

    @property
    def shares(self) -> Any:
        """What part of its feature's value each hit brings."""
        return (1 / self.counts)[self.places]


def block(rows: Ints, tokens: Ints) -> Block:
    """The hits summed up."""
    distinct, places, counts = np.unique(rows, return_inverse=True, return_counts=True)
    return Block(distinct, counts, places.astype(np.int32), tokens)


def words_of(doc: Doc) -> list[str]:
    """The folded words of a text."""
    return [folded(word) for token in written(doc)[1] for word in letters(token)]


def read_words(reader: WordReader, doc: Doc) -> list[tuple[int, WordReading]]:
    """Each token's number and what it says."""
    return list(enumerate(map(reader.read, written(doc)[1])))


def alone(read: Read) -> Hits:
    """What each token is by itself."""
    sizes = [len(item.features) for _, item in read]
    rows = np.concatenate([np.zeros(0, dtype=np.int32), *(item.features for _, item in read)])
    return rows, np.repeat(np.array([number for number, _ in read], dtype=np.int32), sizes)


def beyond(read: Read) -> Hits:
    """The keys of pairs of words (they belong to the second one) and of the text's length."""
    pairs = list(_pairs(read))
    words = sum(len(item.words) for _, item in read)
    keys = np.array([key for key, _ in pairs], dtype=np.uint32)
    tokens = np.array([*(number for _, number in pairs), NOWHERE], dtype=np.int32)
    return np.concatenate([keys, keys_of([f"~length:{words.bit_length()}"])]), tokens


def _pairs(read: Read) -> Iterator[tuple[int, int]]:
    previous = "|"
    for number, item in read:
        for word in item.words:
            yield crc32(f"{previous} {word}".encode()), number
            previous = word
        if item.mark:
            previous = item.mark
