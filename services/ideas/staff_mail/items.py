"""Which items a line of an answer begins with: "2", "Nr. 2 und 4", "3-5", or an idea's reference number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.ideas.reference import parse_reference

Item = int | str
# A digest has no more than some hundreds.
_MOST_IN_RANGE = 50
_BEFORE = (
    r"zu|zur|zum|bei|für|fuer|nr|nrn|nummer|nummern|no|punkt|punkte|ziffer|pos|position|item|ideen|idee|vorgang|eintrag|"
    r"lfd|die|der|den|das|bitte|also|dann|und|noch|aber|wir|ich|hiermit|ihrer|ihre|ihrem|ok|okay|az|aktenzeichen|von|alle|beide"
)
_LEAD = rf"(?:[-*•–+]\s+|\(\s*)?(?:(?:(?:{_BEFORE})\b[.:,]?\s*|#\s*)*)"  # noqa: RUF001 - people type dashes
_REFERENCE = r"[A-Za-z]{2,5}[-\s]?\d{4}[-\s]\d{4,7}[-\s]\d\b"
_NUMBER = r"[1-9]\d{0,3}(?!\d)(?!\.\d)"
_ONE = rf"(?:{_REFERENCE}|{_NUMBER}(?:\s?(?:-|–|\bbis\b)\s?{_NUMBER})?)"  # noqa: RUF001
_AND = r"\s*(?:,\s*und\b|,|;|\+|&|/|\bund\b|\bu\.|\bsowie\b)\s*(?:(?:nr|nummer|idee)\b\.?\s*|#\s*)?"
_START = re.compile(rf"\s*{_LEAD}(?P<items>{_ONE}(?:{_AND}{_ONE})*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_EACH = re.compile(_ONE, re.IGNORECASE)
_RANGE = re.compile(rf"({_NUMBER})\s?(?:-|–|bis)\s?({_NUMBER})", re.IGNORECASE)  # noqa: RUF001
_BETWEEN = re.compile(r"[\s.):=>→,;\-–—|]*")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Named:
    """What a line is about, numbers of a digest or reference numbers, and what it says of them.

    `is_glued`: a letter or a sign follows the number at once, as in "3D" or "5%".
    """

    items: tuple[Item, ...]
    said: str
    is_glued: bool


def named_at_start(line: str) -> Named | None:
    """The items that a line begins with; None where it begins with something else, as a date or a postal code."""
    match = _START.match(line)
    if match is None:
        return None
    items = items_in(match["items"])
    rest = match["rest"]
    return Named(items, _BETWEEN.sub("", rest, count=1).strip(), bool(rest) and rest[0] not in " \t\n.):=>→,;-–—|")  # noqa: RUF001


def items_in(text: str) -> tuple[Item, ...]:
    """All items that a list names, each once, in its order."""
    found: list[Item] = []
    for match in _EACH.finditer(text):
        one = match.group()
        if one[0].isalpha():
            found.append(parse_reference(one) or one)
        elif span := _RANGE.fullmatch(one):
            first, last = int(span[1]), int(span[2])
            found += range(first, min(last, first + _MOST_IN_RANGE - 1) + 1)
        else:
            found.append(int(one))
    return tuple(dict.fromkeys(found))


def is_list(text: str) -> bool:
    """Whether a text consists of items alone."""
    match = _START.fullmatch(text)
    return match is not None and not match["rest"].strip(" .!")
