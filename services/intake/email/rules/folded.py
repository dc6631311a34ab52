"""Text as it is compared with phrases."""

from __future__ import annotations

import unicodedata

# Typographic quotation marks and dashes by their code points.
_PLAIN = str.maketrans(
    {0x2018: "'", 0x2019: "'", 0xB4: "'", 0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-"}
)


def folded(text: str) -> str:
    """The text without case, accents, umlauts' dots, and line breaks: `Zurück` and `zuruck` are the same."""
    letters = unicodedata.normalize("NFKD", text.translate(_PLAIN).casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def folded_phrases(phrases: str) -> tuple[str, ...]:
    """The phrases of a table that has them between bars and line ends."""
    return tuple(phrase for line in phrases.splitlines() for phrase in map(folded, line.split("|")) if phrase)
