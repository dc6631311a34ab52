"""Whether what looks like the name of a place is one: or a street, a person, a river, an everyday word, a namesake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlp import place_cues as cues
from nlp.place_forms import folded
from nlp.place_names import SenseKind

if TYPE_CHECKING:
    from nlp.place_surroundings import Surroundings

# In small letters, shorter names of landmarks are words: "smac", "CFC".
_SHORTEST_IN_SMALL_LETTERS = 4
_NO_NOUN = re.compile(r"\s*(?:[.,;:!?)\n]|\d|$)")
_NO_NOUN_WORD = re.compile(r"\s+(?:in|im|an|am|bei|und|ist|sind|fehlt|fehlen|steht|muss|soll)\b")
_SMALL_LETTER = re.compile(r"\s+[a-zäöüß]")
_CAPITAL = re.compile(r"\s+[A-ZÄÖÜ]")
_PAUSE = re.compile(r"\s*[,:]")
_PLATES = re.compile(r"kennzeichen|schild|zulass|\bautos?\b|nummern")
# One letter says less: "Zone C für Autos".
_PLATES_ALONE = re.compile(r"kennzeichen|schild")
_AMOUNT = re.compile(r"\d\s*$")
_ADJECTIVES = ("isch", "er")
_ADJECTIVE_ENDING = re.compile(r"(?<=isch)e[nmrs]?$")
_AND = re.compile(r"\b(?:und|sowie)\s+$")
# A subject such as "Notaufnahme Aue".
_LINE_OF_NOUN = re.compile(r"(?:^|\n)[ \t]*[A-ZÄÖÜ][\w-]{2,30} $")
_LAST_WORD = re.compile(r"(\w+)[ \t]+(?:(?:von|zu|van)[ \t]+)?$")


def is_namesake(place: Surroundings) -> bool:
    """Whether the words around the name put it into another part of the country: "Kirchberg im Hunsrück"."""
    match = cues.AFTER_ELSEWHERE.match(place.after_written)
    if match and folded(match["where"]) in place.words.elsewhere:
        return True
    adjective = _ADJECTIVE_ENDING.sub("", place.before.rstrip().rpartition(" ")[2])
    return adjective.endswith(_ADJECTIVES) and folded(adjective) in place.words.elsewhere


def is_street(place: Surroundings) -> bool:
    """Whether it is "Zwickauer Straße", "Zwickauer und Plauener Str.", or "auf der Zwickauer" without a noun."""
    if cues.CHAINED_STREET.match(place.after) or cues.AFTER_FAN.match(place.after):
        return True
    if not place.mention.adjective:
        return False
    if cues.STREET.match(place.after):
        return True
    paired = cues.PAIRED_STREETS.match(place.after)
    after = place.after_written[paired.end() if paired else 0 :]
    alone = _NO_NOUN.match(after) or _NO_NOUN_WORD.match(after) or (place.has_case and _SMALL_LETTER.match(after))
    if not alone:
        return False
    return bool(paired or cues.BEFORE_ELLIPTIC_STREET.search(place.before) or cues.BEFORE_CROSSING.search(place.before))


def is_goods(place: Surroundings) -> bool:
    """Whether it only names what is sold: "Freiberger Pils", "Plauener Spitze als Geschenk"."""
    if not place.mention.adjective:
        return False
    if cues.AFTER_GOODS.match(place.after):
        return not (cues.BEFORE_MINE.search(place.before) or cues.MINING.search(place.sentence))
    return bool(cues.AFTER_CRAFT.match(place.after)) and not cues.BEFORE_CRAFT.search(place.before)


def is_person(place: Surroundings) -> bool:
    """Whether it is a surname."""
    if not place.is_capital:
        return False
    if cues.AFTER_PERSON.match(place.after):
        return True
    last = _LAST_WORD.search(place.near)
    if cues.BEFORE_PERSON.search(place.near) or (last and folded(last[1]) in place.words.given_names):
        return True
    return folded(place.written) in place.words.surnames and bool(cues.BEFORE_OWNER.search(place.before))


def is_word(place: Surroundings) -> bool:
    """Whether a river or an everyday word is meant and no town."""
    word, mention = folded(place.written), place.mention
    if word in place.words.rivers and cues.BEFORE_RIVER.search(place.before):
        return True
    if len(word) <= _SHORTEST_IN_SMALL_LETTERS and mention.passing and word.isalpha() and not place.written.isupper():
        return True
    return word in place.words.everyday and not _is_everyday_place(place)


def _is_everyday_place(place: Surroundings) -> bool:
    """Whether a word of every day names a place all the same: "in Aue", "Treuen braucht", but not "die Aue"."""
    mention = place.mention
    if mention.adjective:
        return place.is_capital and bool(_CAPITAL.match(place.after_written))
    quarter = all(sense.kind is SenseKind.LOCALITY for sense in mention.reading.senses)
    if not place.is_capital and place.has_case:
        return bool(cues.BEFORE_SMALL_TOWN.search(place.before))
    if mention.outside or quarter:
        return bool(cues.BEFORE_FAR_TOWN.search(place.before))
    if cues.BEFORE_TOWN.search(place.near.lower()):
        return place.is_capital or not _AND.search(place.near)
    subject = place.following.startswith("\n") and _LINE_OF_NOUN.search(place.near)
    if subject or (_PAUSE.match(place.after_written) and not place.near.strip()):
        return True
    return bool(cues.SENTENCE_START.search(place.near) and _SMALL_LETTER.match(place.after_written))


def is_unproven_plate(place: Surroundings) -> bool:
    """Whether letters of a number plate stand where nobody speaks of one."""
    if not place.mention.plate:
        return False
    if len(place.written) == 1 and not _PLATES_ALONE.search(place.sentence):
        return True
    return not place.written.isupper() or not _PLATES.search(place.sentence) or bool(_AMOUNT.search(place.before))


def is_foreign_plate(place: Surroundings) -> bool:
    """Whether it is the number plate of somebody else."""
    if not place.mention.plate or cues.OFFICE.search(place.sentence):
        return False
    return bool(cues.BEFORE_PLATE.search(place.before))
