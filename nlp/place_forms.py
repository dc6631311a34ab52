"""How people write the name of a place: hyphens and spaces, ASCII, additions, inflection.

All forms are keys: words in small letters with umlauts written out, one space between them (see `key`). "Oelsnitz/V.",
"oelsnitz v" and "ÖLSNITZ (V)" have the same key, so that none of these ways of writing needs a form of its own.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nlp.gazetteer import Suffix


class Form(IntEnum):
    """How a spelling relates to the name; where two names share a spelling, the lower number wins."""

    NAME = 0
    GENITIVE = 1
    ADJECTIVE = 2
    BARE = 3
    MISSPELT = 4


# U+0308 is how some systems write the dots of an umlaut: as a character behind the letter.
WORD = re.compile("[^\\W_]+(?:\u0308[^\\W_]*)*")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "\u0308": "e", "é": "e", "ě": "e", "š": "s"})
_BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U"})
_UNROUNDED = str.maketrans({"ö": "e", "ü": "i"})
_SHORTEST_SPOKEN = 6
# Shorter names turn into other words without their dots: Pöhl, Pohl.
SHORTEST_BARE = 5
_ADJECTIVE_ENDINGS = ("", "n", "e", "es", "em", "en", "er")
_DEMONYM_ENDINGS = ("", "n", "s", "in", "innen")


def folded(word: str) -> str:
    """The word in small letters with umlauts written out."""
    lowered = word.lower()
    return lowered if lowered.isascii() else lowered.translate(_FOLDED)


def key(name: str) -> str:
    """The words of a name, folded, with one space between them."""
    return " ".join(folded(word) for word in WORD.findall(name))


def spellings(name: str, shortest_bare: int = SHORTEST_BARE) -> dict[str, Form]:
    """Every key of an uninflected name; those of fewer letters than `shortest_bare` keep their dots."""
    forms = {key(name): Form.NAME}
    if len(name) >= shortest_bare:
        forms.setdefault(key(name.translate(_BARE)), Form.BARE)
    if "St." in name:
        forms[key(name.replace("St.", "Sankt"))] = Form.NAME
    return forms


def inflections(name: str, shortest_bare: int = SHORTEST_BARE) -> dict[str, Form]:
    """Genitives, adjectives and demonyms of a name: "plauens", "plauener", "plauenerinnen"."""
    forms: dict[str, Form] = {}
    for spelled, form in spellings(name, shortest_bare).items():
        if not spelled[-1:].isalpha():
            continue
        if spelled[-1] not in "sxz":
            forms.setdefault(spelled + "s", max(form, Form.GENITIVE))
        adjective = max(form, Form.ADJECTIVE)
        for stem in _demonyms(spelled):
            for ending in _DEMONYM_ENDINGS:
                forms.setdefault(stem + ending, adjective)
    return forms


def spoken(name: str) -> Iterator[str]:
    """Keys of how a name sounds in Saxony: "Seiffn", "Debeln"."""
    if len(name) < _SHORTEST_SPOKEN:
        return
    if name.endswith("en"):
        yield key(f"{name[:-2]}n")
    if name.endswith("eln"):
        yield key(f"{name[:-3]}ln")
    unrounded = name.translate(_UNROUNDED)
    if unrounded != name:
        yield key(unrounded)


def adjectives(stem: str) -> dict[str, Form]:
    """The endings of an adjective such as "vogtländisch"."""
    return {
        spelled + ending: max(form, Form.ADJECTIVE)
        for spelled, form in spellings(stem).items()
        for ending in _ADJECTIVE_ENDINGS
    }


def with_additions(official: str, suffixes: Iterable[Suffix]) -> Iterator[str]:
    """The ways of writing a name whose addition tells it apart: "Auerbach/Vogtl.", "Auerbach im Vogtland"."""
    yield official
    for suffix in suffixes:
        for ending in (f"/{suffix.official}", f" {suffix.official}", *(f" {plain}" for plain in suffix.plain)):
            if official.endswith(ending):
                stem = official.removesuffix(ending)
                yield from (f"{stem} {addition}" for addition in (*suffix.slash, *suffix.plain))
                return


def _demonyms(spelled: str) -> Iterator[str]:
    yield spelled + ("r" if spelled.endswith("e") else "er")
    if spelled.endswith("en"):
        yield spelled[:-2] + "ner"
