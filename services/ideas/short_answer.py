"""A short answer by mail: the one line that it says, without the greeting above and the closing below it."""

from __future__ import annotations

import re

# Below the closing stand a name, and at most what it takes to find its bearer.
_MOST_BELOW = 8
_GREETING = re.compile(
    r"(?:sehr geehrte|guten (?:tag|morgen|abend)|hallo|hi|hello|good (?:morning|evening)|dear|liebe[rs]?|moin|servus|"
    r"glück ?auf)\b[^.:]{0,60}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:vielen |besten |herzlichen )?dank|danke|thanks|thank you|cheers|(?:mit )?(?:freundliche|beste|viele|liebe|"
    r"herzliche|schöne)[nmrs]? (?:grü(?:ß|ss)en?|gru(?:ß|ss))|mfg|vg|lg|hochachtungsvoll|(?:best|kind|warm|many) "
    r"(?:regards|wishes)|regards|yours|sincerely)\b[^?.:]{0,30}[.!]?|-- ?",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"p\. ?s\.|ps\b", re.IGNORECASE)


def one_line(text: str) -> str:
    """The line that a text says besides a greeting and a closing; "" where it says more, or nothing."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if len(lines) > 1 and _GREETING.fullmatch(lines[0]):
        lines = lines[1:]
    return lines[0] if lines and _is_closing(lines[1:]) else ""


def _is_closing(lines: list[str]) -> bool:
    """Whether nothing is said in these lines."""
    if not lines:
        return True
    is_short = _CLOSING.fullmatch(lines[0]) is not None and len(lines) <= _MOST_BELOW + 1
    return is_short and not any(map(_POSTSCRIPT.match, lines))
