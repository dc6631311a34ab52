"""The part of a message that is read: bounded, without what would keep spaCy busy, and with the way back.

spaCy's tokenizer takes signs off a word one by one and looks at all the rest each time: 20,000 brackets take half a
minute. Long runs are therefore shortened before it sees them, and offsets are counted back afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# What follows in a longer message is not read.
READ_AT_MOST = 20_000
# Of a run of signs or blanks, this many are kept at either end; of a word, this many letters.
SIGNS_KEPT = 8
LETTERS_KEPT = 200

_SURROGATES = re.compile("[\ud800-\udfff]")
_SIGNS = r"[\W_]"
_RUN = re.compile(rf"(?<={_SIGNS}{{{SIGNS_KEPT}}}){_SIGNS}+(?={_SIGNS}{{{SIGNS_KEPT}}})|(?<=\S{{{LETTERS_KEPT}}})\S+")


@dataclass(frozen=True, slots=True)
class Readable:
    """A text for spaCy; `starts[i]` is an offset in it from which on `skipped[i]` characters have been left out."""

    text: str
    starts: tuple[int, ...]
    skipped: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to `end` (exclusive, not empty) stand in the whole message."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, offset: int) -> int:
        place = bisect_right(self.starts, offset)
        return offset + (self.skipped[place - 1] if place else 0)


def readable(source: str) -> Readable:
    """The part of `source` that is read; half a surrogate pair, which UTF-8 refuses, becomes U+FFFD."""
    whole = _SURROGATES.sub("\ufffd", source[:READ_AT_MOST])
    kept: list[str] = []
    starts: list[int] = []
    skipped: list[int] = []
    end = left_out = 0
    for run in _RUN.finditer(whole):
        kept.append(whole[end : run.start()])
        left_out += run.end() - run.start()
        end = run.end()
        starts.append(end - left_out)
        skipped.append(left_out)
    kept.append(whole[end:])
    return Readable("".join(kept), tuple(starts), tuple(skipped))
