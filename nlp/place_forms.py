"""How people write the name of a place: hyphens and spaces, ASCII, additions, inflection."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nlp.gazetteer import Suffix


class Form(IntEnum):
    """How a spelling relates to the name; where two names share a spelling, the lower number wins."""

    NAME = 0
    ASCII = 1
    GENITIVE = 2
    ADJECTIVE = 3
    BARE = 4
    MISSPELT = 5


_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "Ä": "A", "Ö": "O", "Ü": "U"})
_INITIAL_UMLAUTS = {"Oe": "Ö", "Ae": "Ä", "Ue": "Ü"}
# Shorter names turn into other words without their dots: Pöhl, Pohl.
_SHORTEST_BARE = 5
_ADJECTIVE_ENDINGS = ("", "n", "e", "es", "em")
_DEMONYM_ENDINGS = ("", "n", "s", "in", "innen")


def spellings(name: str) -> dict[str, Form]:
    """Every spelling of an uninflected name in lower case."""
    forms: dict[str, Form] = {}
    for variant in _joined(name):
        _note(forms, (variant,), Form.NAME)
        _note(forms, (variant.translate(_DIGRAPHS), variant.replace("ß", "ss")), Form.ASCII)
        if variant[:2] in _INITIAL_UMLAUTS:
            _note(forms, (_INITIAL_UMLAUTS[variant[:2]] + variant[2:],), Form.ASCII)
        if len(variant) >= _SHORTEST_BARE:
            _note(forms, (variant.translate(_BARE),), Form.BARE)
    return forms


def inflections(name: str) -> dict[str, Form]:
    """Genitives, adjectives and demonyms of a name in lower case: "plauens", "plauener", "plauenerinnen"."""
    forms: dict[str, Form] = {}
    for spelling, form in spellings(name).items():
        if spelling[-1].isalpha() and spelling[-1] not in "sxzß":
            _note(forms, (spelling + "s",), max(form, Form.GENITIVE))
        adjectives = [stem + ending for stem in _demonyms(spelling) for ending in _DEMONYM_ENDINGS]
        _note(forms, adjectives, max(form, Form.ADJECTIVE))
    return forms


def adjectives(stem: str) -> dict[str, Form]:
    """The endings of an adjective such as "vogtländisch", in lower case."""
    forms: dict[str, Form] = {}
    for spelling, form in spellings(stem).items():
        _note(forms, [spelling + ending for ending in (*_ADJECTIVE_ENDINGS, "en", "er")], max(form, Form.ADJECTIVE))
    return forms


def with_additions(official: str, suffixes: Iterable[Suffix]) -> Iterator[str]:
    """The ways of writing a name whose addition tells it apart: "Auerbach/Vogtl.", "Auerbach (Vogtland)"."""
    yield official
    for suffix in suffixes:
        for ending in (f"/{suffix.official}", f" {suffix.official}", *(f" {plain}" for plain in suffix.plain)):
            if official.endswith(ending):
                yield from _additions(official.removesuffix(ending), suffix)
                return


def _additions(stem: str, suffix: Suffix) -> Iterator[str]:
    for addition in suffix.slash:
        for text in {addition, addition.removesuffix(".")}:
            yield from (f"{stem}/{text}", f"{stem} / {text}", f"{stem} ({text})", f"{stem}, {text}")
    for addition in suffix.plain:
        yield f"{stem} {addition}"
        yield f"{stem} {addition.removesuffix('.')}"


def _joined(name: str) -> Iterator[str]:
    """The name with hyphens or spaces between its parts, and with "Sankt" written out."""
    yield name
    if "-" in name:
        yield name.replace("-", " ")
    if " " in name and "(" not in name and "/" not in name:
        yield name.replace(" ", "-")
    if name.startswith("St. ") or " St. " in name:
        yield name.replace("St. ", "Sankt ")
        yield name.replace("St. ", "St.")
        yield name.replace("St. ", "St ")


def _demonyms(spelling: str) -> Iterator[str]:
    if not spelling[-1].isalpha():
        return
    yield spelling + ("r" if spelling.endswith("e") else "er")
    if spelling.endswith("en"):
        yield spelling[:-2] + "ner"


def _note(forms: dict[str, Form], spelled: Iterable[str], form: Form) -> None:
    for text in spelled:
        forms.setdefault(text.lower(), form)
