"""The language of a mail, where its little words leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ideas.texts import OWN_LANGUAGE

ENGLISH = "en"
# More is not needed to tell, and a mail may be long.
_MOST_WORDS = 500
# A name or a quotation has some of these words; what somebody writes in English is full of them.
_AT_LEAST, _SHARE_AT_LEAST, _TIMES_AS_MANY = 3, 0.15, 5
_WORD = re.compile(r"[^\W\d_]+")
# Words that hold a sentence together, as far as they are no words of the other language.
_LITTLE_ENGLISH = frozenset(
    word
    for line in (
        "the and of to is are that this these with for from should would could please have has there here we you your",
        "our my they their it its when where which what why how if but because can cannot need needs more very at by",
        "be been not no who i",
    )
    for word in line.split()
)
_LITTLE_GERMAN = frozenset(
    word
    for line in (
        "der die das den dem des und oder ist sind nicht kein keine ein eine einen einem einer im am zum zur auf mit",
        "für von bei nach aus zu wir ich sie es man mir mich uns unser unsere hat haben wird werden wäre sollte",
        "könnte kann bitte dass weil wenn auch noch nur schon sehr mehr als wie dort gibt über gegen ohne durch seit",
    )
    for word in line.split()
)


def language_of(text: str, languages: Sequence[str]) -> str:
    """English, if texts are written in it (`languages`) and this one clearly is; else the region's own language."""
    words = [word.lower() for word in _WORD.findall(text)[:_MOST_WORDS]]
    english = sum(word in _LITTLE_ENGLISH for word in words)
    german = sum(word in _LITTLE_GERMAN for word in words)
    is_english = english >= max(_AT_LEAST, _SHARE_AT_LEAST * len(words), _TIMES_AS_MANY * german)
    return ENGLISH if is_english and ENGLISH in languages else OWN_LANGUAGE
