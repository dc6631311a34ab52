"""Rule: the signature below its delimiter goes, but not a postscript below it, and not a text that is only divided."""

from __future__ import annotations

import re
from itertools import takewhile

from services.intake.email.reply.contact import is_closing, is_contact, names_address
from services.intake.email.reply.lines import (
    LONGEST,
    SIGNATURE,
    SIGNATURE_END,
    Lines,
    has_words,
    is_blank,
    is_postscript,
    is_quoted,
    is_rule,
    is_sentence,
    trimmed,
)

_MOST_LINES = 16
_MOST_LINES_BELOW_STANDARD = 60
_MOST_SIGNATURES = 3
_STANDARD = "-- "  # RFC 3676 section 4.3; programs write it, and people hardly ever do
_DASHES = re.compile(r"[ \t]{0,3}(?:--|- -)[ \t]*")
_LIST_ITEM = re.compile(r"\s{0,8}(?:[-*•+]|\(?\w{1,2}[.)])\s")


def without_marked_signatures(lines: Lines) -> Lines:
    """The lines without those that the markup calls a signature."""
    kept: list[str] = []
    inside = False
    for line in lines:
        bare = line.strip()
        inside = (inside or bare == SIGNATURE) and bare != SIGNATURE_END
        if not inside and bare != SIGNATURE_END:
            kept.append(line)
    return trimmed(tuple(kept))


def without_signature(lines: Lines) -> Lines:
    """The lines up to the delimiter, and from the postscript on."""
    for _ in range(_MOST_SIGNATURES):
        at = _delimiter(lines)
        if at is None:
            break
        below = next((number for number in range(at, len(lines)) if is_postscript(lines[number])), len(lines))
        lines = (*trimmed(lines[:at]), *(("",) if below < len(lines) else ()), *lines[below:])
    return lines


def _delimiter(lines: Lines) -> int | None:
    """The number of the last delimiter that has a signature below."""
    dividers = sum(1 for line in lines if _is_dashes(line))
    for at in range(len(lines) - 1, max(-1, len(lines) - 2 * _MOST_LINES_BELOW_STANDARD), -1):
        if is_quoted(lines[at]):
            return None
        if not (_is_dashes(lines[at]) or is_rule(lines[at])):
            continue
        if _is_signature(lines[at], _below(lines, at), divides=dividers > 1 or _is_underline(lines, at)):
            return at
    return None


def _is_dashes(line: str) -> bool:
    return len(line) <= LONGEST and bool(_DASHES.fullmatch(line))


def _is_underline(lines: Lines, at: int) -> bool:
    return at > 0 and not _is_dashes(lines[at]) and not (is_blank(lines[at - 1]) or is_closing(lines[at - 1]))


def _below(lines: Lines, at: int) -> Lines:
    until_postscript = takewhile(lambda line: not is_postscript(line), lines[at + 1 :])
    return tuple(line for line in until_postscript if not is_blank(line))


def _is_signature(delimiter: str, block: Lines, *, divides: bool) -> bool:
    """Whether the block is one; of a delimiter that may divide a text too, only where it says how to reach somebody."""
    if not has_words(block) or len(block) > _MOST_LINES_BELOW_STANDARD:
        return False
    if delimiter == _STANDARD:
        return True
    if len(block) > _MOST_LINES or any(_LIST_ITEM.match(line) for line in block):
        return False
    divided = any(is_rule(line) for line in block[:-1])
    if divided or any(is_sentence(line) and not is_contact(line) for line in block):
        return False
    dashes = _is_dashes(delimiter)
    if dashes and not divides:
        return True
    return any(names_address(line) for line in block) and (dashes or (not divides and not is_contact(block[0])))
