"""Takes German compounds apart: "Straßenbahnhaltestelle" says that it is about a stop, and about a tram."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from nlp.words import folded

PART_AT_LEAST = 3
PARTS_AT_MOST = 4

# What may stand between two parts ("Arbeit-s-platz", "Straße-n-bahn"): nothing, where that will do.
_LINKS = ("", "s", "n", "e", "es", "en", "er")


class Splitter:
    """Splits folded words into parts that it knows; what it does not know stays whole."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = frozenset(folded(part) for part in parts)
        self.split = lru_cache(maxsize=20_000)(self._split)

    def _split(self, word: str) -> tuple[str, ...]:
        """The parts of a compound, its head last; nothing for a word that is no compound of known parts."""
        parts = self._parted(word, PARTS_AT_MOST)
        return parts if len(parts) > 1 else ()

    def _parted(self, word: str, left: int) -> tuple[str, ...]:
        if word in self._parts:
            return (word,)
        if left == 1:
            return ()
        # The longest head first: "Haltestelle" rather than "Stelle".
        for border in range(PART_AT_LEAST, len(word) - PART_AT_LEAST + 1):
            head = _bare(word[border:], self._parts)
            if not head:
                continue
            for link in _LINKS:
                if word[:border].endswith(link) and border - len(link) >= PART_AT_LEAST:
                    front = self._parted(word[: border - len(link)], left - 1)
                    if front:
                        return (*front, head)
        return ()


def _bare(head: str, parts: frozenset[str]) -> str:
    """The known part that a head is a form of: its ending is grammar."""
    if head in parts:
        return head
    for ending in ("en", "er", "es", "n", "s", "e"):
        if head.endswith(ending) and head[: -len(ending)] in parts:
            return head[: -len(ending)]
    return ""


def read_parts(path: Path) -> tuple[str, ...]:
    """The parts of a file with one a line; raises OSError."""
    return tuple(path.read_text(encoding="utf-8").split())
