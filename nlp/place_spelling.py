"""Which place is meant by a word that is none: one letter wrong, or written as it sounds in Saxony."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_forms import Form
from nlp.place_names import Reading, SenseKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nlp.gazetteer import Words

# Letters of the shortest name in which a mistake is forgiven: one letter turns shorter ones into other words.
SHORTEST = 7
_LONGEST = 40
_LIKELY = frozenset({SenseKind.MUNICIPALITY, SenseKind.LOCALITY, SenseKind.DISTRICT, SenseKind.REGION})
_ENDINGS = ("erinnen", "erin", "ern", "ers", "er", "s")
# Sounds of fewer letters than these fit too many words; quarters are many, too.
_SHORTEST_SOUND = 5
_SHORTEST_SOUND_OF_QUARTER = 9
# Letters that sound alike there, replaced in this order in the folded word.
_SOUNDS = (
    *(("scht", "st"), ("schp", "sp"), ("tsch", "S"), ("zsch", "S"), ("sch", "S"), ("tz", "s"), ("ts", "s"), ("z", "s")),
    *(("ss", "s"), ("barg", "berg"), ("barch", "berg"), ("berch", "berg"), ("birg", "berg"), ("birch", "berg")),
    *(("ch", "g"), ("ck", "g"), ("k", "g"), ("q", "g"), ("ph", "f"), ("v", "f"), ("th", "d"), ("dt", "d"), ("t", "d")),
    *(("p", "b"), ("ie", "i"), ("y", "i"), ("ei", "e"), ("ai", "e"), ("ee", "e")),
)
_SILENT_H = re.compile(r"h(?![aeiou])")
_SWALLOWED_E = re.compile(r"(?<=[^e])en(?!$)")
_DOUBLED = re.compile(r"(.)\1+")
_FIRST_LETTERS = str.maketrans("ckpqtvz", "ggbgdfs")
# Words with such endings are no places: it saves looking for them.
_NO_PLACES = (
    *(
        "ung",
        "ungen",
        "keit",
        "keiten",
        "heit",
        "heiten",
        "lich",
        "liche",
        "lichen",
        "licher",
        "liches",
        "ieren",
        "iert",
    ),
    *("tion", "tionen", "schaft", "schaften", "samt", "stens", "ismus"),
)


def sound(word: str) -> str:
    """A folded word by its sound: "mittweida" and "middweide" have the same."""
    if word.startswith("arz"):
        word = f"e{word[1:]}"
    for letters, replacement in _SOUNDS:
        word = word.replace(letters, replacement)
    word = _DOUBLED.sub(r"\1", _SWALLOWED_E.sub("n", _SILENT_H.sub("", word)))
    for ending in ("au", "a"):
        if word.endswith(ending):
            return f"{word.removesuffix(ending)}e"
    return word


class Misspellings:
    """The names of seven letters and more, by what is left of them when a letter is wrong, and by their sound."""

    def __init__(self, readings: Mapping[str, Reading], words: Words) -> None:
        self._readings = readings
        self._lookalikes = words.lookalikes
        self._without_letter: dict[str, tuple[str, ...]] = {}
        self._by_sound: dict[str, tuple[str, ...]] = {}
        for spelled, reading in readings.items():
            likely = reading.form is Form.NAME and len(spelled) >= SHORTEST and _is_likely(reading)
            if likely and spelled not in words.everyday:
                for shorter in _without_one(spelled):
                    self._without_letter[shorter] = (*self._without_letter.get(shorter, ()), spelled)
                heard = sound(spelled)
                quarter = reading.senses[0].kind is SenseKind.LOCALITY
                if len(heard) >= (_SHORTEST_SOUND_OF_QUARTER if quarter else _SHORTEST_SOUND):
                    self._by_sound[heard] = (*self._by_sound.get(heard, ()), spelled)

    def meant(self, word: str) -> Reading | None:
        """What a folded word means that is no name, or None; inflected ones included."""
        if not SHORTEST - 1 <= len(word) <= _LONGEST or word in self._lookalikes or word.endswith(_NO_PLACES):
            return None
        found = self._found(word)
        if found:
            return found
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) >= SHORTEST + len(ending):
                stem = word.removesuffix(ending)
                return None if stem in self._lookalikes or stem in self._readings else self._found(stem)
        return None

    def _found(self, word: str) -> Reading | None:
        names = self._one_off(word) or self._by_sound.get(sound(word), ())
        senses = dict.fromkeys(sense for name in names for sense in self._readings[name].senses)
        return Reading(Form.MISSPELT, tuple(senses)) if senses else None

    def _one_off(self, word: str) -> list[str]:
        found = list(self._without_letter.get(word, ()))
        for index in range(len(word)):
            found += self._without_letter.get(word[:index] + word[index + 1 :], ())
        return sorted({name for name in found if self._is_meant(name, word)}) if found else found

    def _is_meant(self, name: str, word: str) -> bool:
        """Whether a mistake turned the name into the word.

        Hardly anyone mistakes the first letter; and among so many villages another letter is mostly another village.
        """
        if name[:1].translate(_FIRST_LETTERS) != word[:1].translate(_FIRST_LETTERS) or not is_one_off(name, word):
            return False
        quarter = self._readings[name].senses[0].kind is SenseKind.LOCALITY
        return not quarter or len(name) != len(word) or sorted(name) == sorted(word)


def is_one_off(first: str, second: str) -> bool:
    """Whether two words differ in one letter: left out, added, another, or two exchanged."""
    if abs(len(first) - len(second)) > 1:
        return False
    shorter = min(len(first), len(second))
    begin = next((i for i in range(shorter) if first[i] != second[i]), shorter)
    end = next((i for i in range(shorter - begin) if first[-1 - i] != second[-1 - i]), shorter - begin)
    left, right = first[begin : len(first) - end], second[begin : len(second) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def _without_one(word: str) -> Iterator[str]:
    yield word
    yield from {word[:index] + word[index + 1 :] for index in range(len(word))}


def _is_likely(reading: Reading) -> bool:
    policies = {MatchPolicy.FREE, MatchPolicy.PREFER_MUNICIPALITY}
    return any(sense.kind in _LIKELY and sense.policy in policies for sense in reading.senses)
