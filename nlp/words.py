"""How a word is written down before it is compared: the many spellings of one word become the same letters."""

from __future__ import annotations

import re

LETTERS_AT_MOST = 40

_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "á": "a", "à": "a"})
# "ae" is what a phone writes for "ä"; words that really have it ("aktuell") lose it everywhere alike.
_WRITTEN_OUT = re.compile(r"([aou])e")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


def folded(word: str) -> str:
    """The word in small letters; "Bäume", "Baeume" and "baume" are the same, and so are "soooo" and "soo"."""
    plain = _WRITTEN_OUT.sub(r"\1", word[:LETTERS_AT_MOST].lower().translate(_UMLAUTS))
    return _DRAWN_OUT.sub(r"\1\1", plain)


def pieces(word: str, shortest: int, longest: int) -> list[str]:
    """The runs of letters of a folded word with its borders marked, from the shortest to the longest size."""
    marked = f"<{word}>"
    return [
        marked[start : start + size] for size in range(shortest, longest + 1) for start in range(len(marked) - size + 1)
    ]
