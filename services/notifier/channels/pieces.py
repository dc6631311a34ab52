"""A long text in pieces, each as long as one message may be, cut where a reader pauses."""

from __future__ import annotations

import re
import unicodedata

# What ends a sentence, with the quotation marks and brackets that it closes.
_END = re.compile("[.!?\u2026]+[\"'\u2019\u201c\u201d\u00bb)\\]]*(?=\\s)")
_LAST_WORD = re.compile(r"[^\W_]+$")
_NEXT = re.compile(r"\s*(\S)")
_LONGEST_WORD = 24
# German words that are written with a full stop, beside single letters ("z. B.") and ordinals ("am 3. Mai").
_ABBREVIATION = re.compile(
    "abs|abt|art|aufl|bd|bspw|bzgl|bzw|ca|co|dipl|dr|evtl|ff|fr|ggf|hl|hr|inkl|ing|insb|jh|kap|lt|max|mind|mio|mrd|nr|"
    "ost|pos|prof|sog|st|std|str|stv|tel|tsd|usw|vgl|zzgl|jan|feb|apr|aug|sept|okt|nov|dez"
)
_ZERO_WIDTH_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Mc", "Me"})
# A sign of more parts than this is no sign that anybody reads.
_MOST_PARTS = 64


def split(text: str, most_units: int) -> list[str]:
    """Pieces of at most so many UTF-16 code units: cut at the end of a sentence, else of a line, else of a word.

    White space at the ends and at the cuts is lost. A sign that consists of several characters stays whole.
    """
    pieces = []
    text = text.strip()
    while _units(text) > most_units:
        cut = _cut(text, _fitting(text, most_units))
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str, most_units: int) -> int:
    """How many characters fit."""
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * most_units]
    if 0xD800 <= int.from_bytes(kept[-2:], "little") < 0xDC00:  # the first half of a character
        kept = kept[:-2]
    return len(kept.decode("utf-16-le", "surrogatepass"))


def _cut(text: str, end: int) -> int:
    """Where to cut before `end`; a piece of less than half the length is no better than a cut inside a sentence."""
    least = end // 2
    sentences = [found for found in _END.finditer(text, least, end + 1) if found.end() <= end]
    for found in reversed(sentences):
        if _ends_sentence(text, found):
            return found.end()
    line = text.rfind("\n", least, end)
    blank = line if line > 0 else text.rfind(" ", 0, end)
    return blank if blank > 0 else _between_signs(text, end)


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    following = _NEXT.match(text, found.end())
    if following and following.group(1).islower():
        return False
    if not found.group().startswith("."):
        return True
    last = _LAST_WORD.search(text[max(0, found.start() - _LONGEST_WORD) : found.start()])
    word = last.group().lower() if last else ""
    is_ordinal = word.isdigit() and len(word) <= 3
    return len(word) != 1 and not is_ordinal and not _ABBREVIATION.fullmatch(word)


def _between_signs(text: str, end: int) -> int:
    """The last place at or before `end` where one visible sign ends and another begins (roughly Unicode UAX 29)."""
    for cut in range(end, max(0, end - _MOST_PARTS), -1):
        if not _is_one_sign(text[cut - 1], text[cut]):
            return cut
    return end


def _is_one_sign(left: str, right: str) -> bool:
    if _ZERO_WIDTH_JOINER in (left, right) or unicodedata.category(right) in _MARKS:
        return True
    is_modifier = "\U0001f3fb" <= right <= "\U0001f3ff" or "\U000e0020" <= right <= "\U000e007f"
    return is_modifier or (_is_flag(left) and _is_flag(right))


def _is_flag(character: str) -> bool:
    """Two of these make a flag."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"
