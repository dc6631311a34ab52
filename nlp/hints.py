"""Hints: pieces of words that speak for a topic or kind, for the many words that no example has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nlp.corpus import CorpusError, Defect

Hints = Mapping[str, tuple[str, ...]]

SHORTEST = 3
LONGEST = 22

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def folded(word: str) -> str:
    """The word in small letters with umlauts written out: people on phones write both."""
    return word.lower().translate(_FOLDED)


def read_hints(path: Path, labels: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The pieces per label that has any, folded; raises CorpusError with every defect of the file.

    The file holds one string of pieces per label; those of other labels are left out, so that a region may drop a
    topic without changing two files.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError([Defect(path, 0, f"a TOML file ({error})")]) from error
    defects = [Defect(path, 0, f"{name} to be a string of words") for name in content if not _is_text(content[name])]
    if not defects:
        defects = [
            Defect(path, 0, f"{name}: {piece!r} to have {SHORTEST} to {LONGEST} characters")
            for name, words in content.items()
            for piece in words.split()
            if not SHORTEST <= len(folded(piece)) <= LONGEST
        ]
    if defects:
        raise CorpusError(defects)
    return {name: tuple(map(folded, content[name].split())) for name in labels if name in content}


class HintMatcher:
    """Finds the hints in a word in time that does not depend on their number."""

    def __init__(self, hints: Hints) -> None:
        self._labels: dict[str, tuple[int, ...]] = {}
        for number, pieces in enumerate(hints.values()):
            for piece in pieces:
                self._labels[piece] = (*self._labels.get(piece, ()), number)
        self._sizes = sorted({len(piece) for piece in self._labels})

    def matches(self, word: str) -> set[int]:
        """The numbers of the labels (in the order of the hints) that a folded word speaks for."""
        return set(self._matches(f"<{word}>"))

    def _matches(self, marked: str) -> Iterator[int]:
        for size in self._sizes:
            for start in range(len(marked) - size + 1):
                yield from self._labels.get(marked[start : start + size], ())


def _is_text(value: object) -> bool:
    return isinstance(value, str)
