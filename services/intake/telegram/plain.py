"""Words as they are compared: without case, punctuation, emoji, and the ways in which umlauts are typed."""

from __future__ import annotations

import re
import unicodedata

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# A keycap is an emoji made of a digit (Unicode Technical Standard 51, section 1.4.3).
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")


def has_words(text: str) -> bool:
    """Whether a text has any word, in whatever script, or number."""
    return any(sign.isalnum() for sign in _KEYCAP.sub(" ", text))


def plain(text: str) -> str:
    """The words of a text with single blanks between them; "" where it has none."""
    folded = unicodedata.normalize("NFKC", _KEYCAP.sub(" ", text)).casefold().translate(_SPELLED)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())
