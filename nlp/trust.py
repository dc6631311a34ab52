"""How far a text can be judged at all: another language, letters of another alphabet and stuffed words cannot."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Of 1,000 German messages (dialect among them) of which nothing was learned, 995 have at least the upper share of
# words that the corpus has; English ones with German place names have less than the lower one and a half.
KNOWN_ENOUGH = 0.72
KNOWN_TOO_FEW = 0.60
# One short word that nobody has used proves nothing: each text is lent so many known ones.
_LENT = 1.5

# Herdan's measure of variety, log(different words) / log(words), is above 0.85 in what people write.
VARIED_ENOUGH = 0.75
VARIED_TOO_LITTLE = 0.55
_WORDS_AT_LEAST = 8


def trust(words: Sequence[str], known: int) -> float:
    """From 0 (nothing can be said) to 1 (an ordinary German text): `known` of its folded words are in the corpus."""
    share = (known + _LENT) / (len(words) + _LENT)
    trusted = _between(share, KNOWN_TOO_FEW, KNOWN_ENOUGH)
    if len(words) >= _WORDS_AT_LEAST:
        variety = math.log(len(set(words))) / math.log(len(words))
        trusted *= _between(variety, VARIED_TOO_LITTLE, VARIED_ENOUGH)
    return trusted


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
