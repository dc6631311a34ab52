"""How far a text can be judged at all: another language, letters of another alphabet and stuffed words cannot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from nlp.words import folded

# Of a thousand texts of the corpus, so many have a smaller share of words in common with the others: below it, a text
# is less and less trusted, and not at all from `_FOREIGN` on downwards. English with German place names lies between.
_STRANGE = 5
_FOREIGN = 0.12
_TEXTS_AT_LEAST = 1000
# One short word that nobody has used proves nothing: each text is lent so many known ones.
_LENT = 1.5

# Herdan's measure of variety, log(different words) / log(words), is above 0.85 in what people write.
_VARIED_ENOUGH = 0.75
_VARIED_SCARCELY = 0.55
_REPEATED_FROM = 5

# Of what people write in at least so many words, two messages of a thousand have a smaller share of the little words
# that hold a sentence together; a list of a topic's words has none.
_JOINED_ENOUGH = 0.10
_JOINED_SCARCELY = 0.04
_JOINED_FROM = 9
_LITTLE_WORDS = frozenset(
    folded(word)
    for line in (
        "und oder aber die der das den dem des ein eine einen einem einer eines in im am an auf aus bei beim mit nach",
        "von vom zu zum zur für über unter vor ist sind war waren hat haben hatte wird werden kann können soll sollte",
        "muss müsste will nicht kein keine keinen es ich wir ihr sie er man mich uns mir mein unser unsere euch sich",
        "wenn dass weil wie was wer wo so auch noch nur mal schon als da hier bis seit ohne um durch gegen bitte ja",
        "doch dann denn wäre hätte könnte gibt geht statt mehr ins ans nix ni net is n ne mer mir dr de",
    )
    for word in line.split()
)


def familiar(texts: Sequence[Sequence[str]]) -> float:
    """The share of its (folded) words that nearly every one of these texts has in common with others of them.

    It is 0 for a corpus that is too small to know the language: then every text is trusted.
    """
    if len(texts) < _TEXTS_AT_LEAST:
        return 0.0
    spread = Counter(word for text in texts for word in set(text))
    shares = sorted(_share(len(text), sum(spread[word] > 1 for word in text)) for text in texts if text)
    return shares[len(shares) * _STRANGE // 1000]


def trust(words: Sequence[str], known: int, enough: float) -> float:
    """From 0 (nothing can be said) to 1 (an ordinary text): `known` of its folded words are in the corpus.

    `enough` is the share that is `familiar`.
    """
    trusted = _between(_share(len(words), known), enough - _FOREIGN, enough)
    if len(words) >= _REPEATED_FROM:
        variety = math.log(len(set(words))) / math.log(len(words))
        trusted *= _between(variety, _VARIED_SCARCELY, _VARIED_ENOUGH)
    if len(words) >= _JOINED_FROM:
        joined = sum(word in _LITTLE_WORDS for word in words) / len(words)
        trusted *= _between(joined, _JOINED_SCARCELY, _JOINED_ENOUGH)
    return trusted


def _share(words: int, known: int) -> float:
    return (known + _LENT) / (words + _LENT)


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
