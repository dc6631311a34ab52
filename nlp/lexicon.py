"""The lexicon: what people call the things of a topic, so that a word counts which no example has.

A file `<topic>.toml` holds one concept a line: a key and its entries, separated by commas. An entry is a word ("zug"),
a beginning ("fahrplan*"), an end ("*straßenbahn"), a piece ("*pendel*") or a phrase of several words ("nicht mehr
heim"), whose words may end in "*". `kind.toml` holds concepts whose keys begin with a kind ("question_wer").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp.corpus import CorpusError, Defect
from nlp.words import folded

KINDS = "kind"
PIECE_AT_LEAST = 4

_SPLIT = re.compile(r"[^\W_]+\*?|\*[^\W_]+\*?")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing, act or situation: the topic or kind that it speaks for, its key, and its folded entries."""

    group: str
    key: str
    entries: tuple[tuple[str, ...], ...]


def lexicon_files(folder: Path) -> list[Path]:
    """The files of a lexicon, in order of their names."""
    return sorted(folder.glob("*.toml"))


def read_lexicon(folder: Path, topics: Iterable[str], kinds: Iterable[str]) -> tuple[Concept, ...]:
    """The concepts of the topics and kinds; raises CorpusError with every defect of every file.

    Files of other topics are left out, so that a region may drop a topic without changing two places.
    """
    concepts: list[Concept] = []
    defects: list[Defect] = []
    wanted, known = set(topics), tuple(kinds)
    for path in lexicon_files(folder):
        if path.stem not in {*wanted, KINDS}:
            continue
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            defects.append(Defect(path, 0, f"a TOML file ({error})"))
            continue
        for key, text in content.items():
            group = next((k for k in known if key.startswith(f"{k}_")), "") if path.stem == KINDS else path.stem
            expected = list(_wrong(key, text, group))
            defects.extend(Defect(path, 0, what) for what in expected)
            if not expected:
                concepts.append(Concept(group, key, tuple(_entries(text))))
    if defects:
        raise CorpusError(defects)
    return tuple(concepts)


def _wrong(key: str, text: object, group: str) -> Iterator[str]:
    if not group:
        yield f"{key} to begin with a kind"
    if not isinstance(text, str):
        yield f"{key} to be a string of entries separated by commas"
        return
    for entry in text.split(","):
        words = _words(entry)
        if not words:
            yield f"{key}: {entry.strip()!r} to hold a word"
        elif len(words) == 1 and words[0].startswith("*") and len(words[0].strip("*")) < PIECE_AT_LEAST:
            yield f"{key}: {entry.strip()!r} to have {PIECE_AT_LEAST} letters or more beside the star"


def _entries(text: str) -> Iterator[tuple[str, ...]]:
    yield from dict.fromkeys(_words(entry) for entry in text.split(","))


def _words(entry: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in _SPLIT.findall(entry))


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases with one first word, by their second one: whole, or by its beginning (of one of the `sizes`).

    The values are the words that follow then, and the concept's number.
    """

    whole: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    starts: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    sizes: set[int] = field(default_factory=set)

    def add(self, rest: Sequence[str], number: int) -> None:
        """Add the phrase that goes on with `rest`."""
        second = rest[0].rstrip("*")
        table = self.starts if rest[0].endswith("*") else self.whole
        table.setdefault(second, []).append((tuple(rest[1:]), number))
        if table is self.starts:
            self.sizes.add(len(second))

    def found(self, words: Sequence[str], place: int) -> Iterator[int]:
        """The concepts of the phrases that go on at `place` of the words."""
        second = words[place]
        for rest, number in self.whole.get(second, ()):
            if _follows(words, place + 1, rest):
                yield number
        for size in self.sizes:
            for rest, number in self.starts.get(second[:size], ()):
                if _follows(words, place + 1, rest):
                    yield number


class ConceptMatcher:
    """Finds the concepts in folded words, in time that does not depend on their number."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._words: dict[str, tuple[int, ...]] = {}
        self._starts: dict[str, tuple[int, ...]] = {}
        self._ends: dict[str, tuple[int, ...]] = {}
        self._pieces: dict[str, tuple[int, ...]] = {}
        self._phrases: dict[str, Phrases] = {}
        for number, concept in enumerate(concepts):
            for entry in concept.entries:
                self._add(entry, number)
        self._sizes = {
            name: sorted({len(piece) for piece in table})
            for name, table in (("starts", self._starts), ("ends", self._ends), ("pieces", self._pieces))
        }
        self._phrase_starts = sorted({len(first) - 1 for first in self._phrases if first.endswith("*")})

    def word(self, word: str) -> set[int]:
        """The numbers of the concepts that one folded word stands for."""
        found = set(self._words.get(word, ()))
        for size in self._sizes["starts"]:
            if size > len(word):
                break
            found.update(self._starts.get(word[:size], ()))
        for size in self._sizes["ends"]:
            if size > len(word):
                break
            found.update(self._ends.get(word[-size:], ()))
        for size in self._sizes["pieces"]:
            for start in range(len(word) - size + 1):
                found.update(self._pieces.get(word[start : start + size], ()))
        return found

    def opens(self, word: str) -> tuple[Phrases, ...]:
        """The phrases that may begin with this folded word."""
        firsts = [word, *(f"{word[:size]}*" for size in self._phrase_starts if size <= len(word))]
        return tuple(self._phrases[first] for first in firsts if first in self._phrases)

    def _add(self, entry: Sequence[str], number: int) -> None:
        if len(entry) > 1:
            self._phrases.setdefault(entry[0], Phrases()).add(entry[1:], number)
            return
        (word,) = entry
        stars = (word.startswith("*"), word.endswith("*"))
        table = {
            (False, False): self._words,
            (False, True): self._starts,
            (True, False): self._ends,
            (True, True): self._pieces,
        }[stars]
        bare = word.strip("*")
        table[bare] = (*table.get(bare, ()), number)


def _follows(words: Sequence[str], start: int, rest: Sequence[str]) -> bool:
    if start + len(rest) > len(words):
        return False
    return all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for wanted, word in zip(rest, words[start:], strict=False)
    )


def grouped(concepts: Sequence[Concept]) -> Mapping[str, tuple[int, ...]]:
    """The numbers of the concepts of each topic and kind."""
    groups: dict[str, list[int]] = {}
    for number, concept in enumerate(concepts):
        groups.setdefault(concept.group, []).append(number)
    return {group: tuple(numbers) for group, numbers in groups.items()}
