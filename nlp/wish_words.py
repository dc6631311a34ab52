"""What the wording of a wish tells beside its topics: where it says "where", and what it is against.

All of it is general German, and made without a model: it only decides how alike two ideas are (nlp/similar.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from nlp.words import folded

_LETTERS = re.compile(r"[^\W\d_]+")
_ENDINGS = ("ungen", "ern", "ung", "en", "em", "er", "es", "n", "e", "s", "t")
_STEM_AT_LEAST = 4
_CLAUSE_ENDS = re.compile(r"[.,;:!?\n()-]+")


def _listed(words: str) -> frozenset[str]:
    return frozenset(map(folded, words.split()))


_WHERE = _listed("in im am an auf vor bei beim zwischen neben hinter entlang gegenüber")
_BETWEEN = _listed(
    "der dem den die das des einem einer einen ein eine unserer unserem unseren unser unsere diesem dieser jedem jeder"
    " meinem meiner alten neuen leeren alte ganzen ganze"
)
# "Im alten Heizhaus Reichenbach": a place's name may stand beside what it is.
_WORDS_OF_WHERE = 2

# "Es fährt kein Bus" misses something; only at the beginning of a clause does "kein" refuse it ("Keine Windräder!").
_AGAINST = re.compile(
    r"\b(?:verb[io]t\w*|verbiet\w*|\w+verbot|abschaff\w*|abgeschafft|abbau\w*|abgebaut|abrei(?:ß|ss)\w*|fällen|gefällt"
    r"|streichen|schikane\w*|unsinn\w*|quatsch|\w*verschwend\w*|stopp\w*|verhinder\w*|entfern(?:en|t)|beseitig\w*"
    r"|überflüssig\w*|unnötig\w*|abschuss|abschieß\w*|dagegen|stör(?:t|en)\w*|nerv(?:t|en)|gehör\w* nicht"
    r"|(?:muss|müssen|gehör\w*) weg|weg mit|zurückbau\w*|schluss mit)\b"
    r"|(?:^|[.!?:]\s+)(?:bitte )?(?:keine \w|keine?n? (?:neue|weitere))",
    re.IGNORECASE,
)
# What can be wished in one direction or in the other.
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (r"läng\w+ (?:öffnen|offen|auf)|verlänger\w*", r"kürz\w+ (?:öffnen|offen|auf)|verkürz\w*"),
        (r"senk\w*|billiger\w*|zu (?:teuer|hoch)|ermäßig\w*", r"erhöh\w*|teurer\w*|zu (?:billig|niedrig)"),
        (r"(?:an|ein)schalten|anlassen|anbleiben", r"(?:aus|ab)schalten|ausmachen|abstellen"),
        (r"größer\w*|vergrößer\w*|erweiter\w*|ausbauen", r"kleiner\w*|verkleiner\w*"),
        (r"schneller\w*|zu langsam", r"langsamer\w*|zu schnell"),
        (r"häufiger\w*|öfter\w*", r"seltener\w*|zu oft"),
        (r"erlaub\w*|zulassen|freigeben", r"untersag\w*|sperren"),
    )
)


def words_in(text: str) -> Iterator[str]:
    """The folded words of a text."""
    return map(folded, _LETTERS.findall(text))


def stem(word: str) -> str:
    """A folded word without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_AT_LEAST:
            return word[: -len(ending)]
    return word


def words_of_where(source: str) -> frozenset[str]:
    """The folded words that say where ("in der Turnhalle"): two wishes for one spot share them, whatever they want."""
    found: set[str] = set()
    for clause in _CLAUSE_ENDS.split(source):
        words = [word for word in words_in(clause) if word not in _BETWEEN]
        for i, word in enumerate(words):
            if word in _WHERE:
                found.update(words[i + 1 : i + 1 + _WORDS_OF_WHERE])
    return frozenset(found)


def stance(source: str) -> int:
    """What a message is against, and which of two opposites it wants, in bits for `opposed`."""
    bits = int(_AGAINST.search(source) is not None)
    for place, sides in enumerate(_OPPOSITES):
        one, other = (side.search(source) is not None for side in sides)
        if one != other:
            bits |= (1 if one else 2) << (2 + 2 * place)
    return bits


def opposed(own: Any, others: Any) -> Any:
    """Whether one is against something and the other is not, or the two want opposite things."""
    ones = np.uint16(0b0101010101010100)
    met = (own & ones) & (others >> 1) | (others & ones) & (own >> 1)
    return ((own ^ others) & 1).astype(bool) | (met != 0)
