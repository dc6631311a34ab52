"""RFC 5322 section 2.2: the fields at the head of a message or a part, from raw bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_LONGEST_FIELD = 10_000
_MOST_FIELDS = 2_000
_LOOKED_AHEAD = 65_536

_BLANK = frozenset({b"\n", b"\r\n"})
_END = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*")
_MAILBOX_LINE = re.compile(rb">?From (?![ \t]*:)")
_KNOWN = re.compile(
    rb"^(?:from|to|subject|date|received|message-id|mime-version|content-type|final-recipient)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields in their order, unfolded and with eight-bit bytes as surrogates, and where the body begins."""

    items: tuple[tuple[str, str], ...]
    body_start: int


def fields_of(raw: bytes, start: int, stop: int, is_delimiter: Callable[[bytes], bool]) -> Fields:
    """The fields that begin at `start`; no byte from `stop` on is looked at.

    A line that is no field is the body's first one, as where the blank line was forgotten. But if the field above it
    ends in a semicolon, or the header goes on below it, it is part of that field. A delimiter of parts ends the header
    too. Fields end at 10,000 bytes.
    """
    found: list[tuple[bytes, list[bytes]]] = []
    last_known: int | None = None
    for place, line in _lines(raw, start, stop):
        if line in _BLANK:
            return Fields(_unfolded(found), place + len(line))
        if is_delimiter(line):
            return Fields(_unfolded(found), place)
        is_mailbox_line = _MAILBOX_LINE.match(line)
        if (field := _FIELD.match(line)) and not is_mailbox_line:
            found.append((field[1], [line[field.end() :]]))
        elif found and (line[:1] in b" \t" or found[-1][1][-1].rstrip().endswith(b";")):
            found[-1][1].append(line)
        elif place > start or not is_mailbox_line:
            last_known = _last_known(raw, place, stop) if last_known is None else last_known
            if place > last_known:
                return Fields(_unfolded(found), place)
            if found:
                found[-1][1].append(line)
    return Fields(_unfolded(found), stop)


def _lines(raw: bytes, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    while start < stop:
        end = raw.find(b"\n", start, stop) + 1 or stop
        yield start, raw[start:end]
        start = end


def _last_known(raw: bytes, start: int, stop: int) -> int:
    """Where the last field of a known name stands before the blank line; -1 where none does."""
    stop = min(stop, start + _LOOKED_AHEAD)
    end = _END.search(raw, start, stop)
    return max((known.start() for known in _KNOWN.finditer(raw, start, end.start() if end else stop)), default=-1)


def _unfolded(found: list[tuple[bytes, list[bytes]]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("ascii"), _unfolded_value(lines)) for name, lines in found[:_MOST_FIELDS])


def _unfolded_value(lines: list[bytes]) -> str:
    value = b"".join(line.rstrip(b"\r\n") for line in lines)
    return value[:_LONGEST_FIELD].decode("ascii", "surrogateescape")
