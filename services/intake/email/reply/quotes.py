"""Rule: the mail that is answered goes, and so does what introduces it; answers below and between its lines stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.intake.email.reply import disclaimer, footer, signature
from services.intake.email.reply.attribution import attributions
from services.intake.email.reply.header_block import header_blocks
from services.intake.email.reply.lines import (
    LONGEST,
    Lines,
    has_words,
    is_blank,
    is_quoted,
    is_rule,
    is_sentence,
    trimmed,
    unquoted,
)
from services.intake.email.reply.separator import is_separator, is_title

# How many times a mail of nothing but quoted lines is looked into.
_MOST_LAYERS = 4
_FIRST_LINES = 12
_WRAPPED_AT = 55
_ENDS_OF_SENTENCES = (".", "!", "?", ":")
_OPEN_ADDRESS = re.compile(r"<[^<>\s@]+@[^<>\s@]+\s*$")
_CLOSED_ADDRESS = re.compile(r">\s?[^\W\d]")
_OTHER_MARK = re.compile(r"[ \t]{0,3}(?:\||[A-Z]{1,3}>)")


@dataclass(frozen=True, slots=True)
class _Mark:
    """Lines that introduce another mail; unless `sure`, only where quoted lines follow."""

    start: int
    stop: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """Successive lines that are quoted, or that are not; `stop` is behind the last one."""

    start: int
    stop: int
    quoted: bool


def without_quotes(lines: Lines) -> Lines:
    """What is left of the lines without the mail that they answer; a forwarded mail, where there is nothing else."""
    lines = _with_usual_marks(lines)
    for _ in range(_MOST_LAYERS):
        lines = _without_other_mails(lines)
        left = _without_quoted_lines(lines)
        if has_words(left) or not has_words(lines):
            return left
        lines = trimmed(tuple(unquoted(line) for line in lines))
    return lines


def is_only_introductions(lines: Lines) -> bool:
    """Whether the mail quotes, and quotes nothing: all its lines introduce others."""
    if not any(is_quoted(line) for line in lines):
        return False
    bare = [line.lstrip("> \t") for line in lines]
    for mark in reversed(list(_marks(bare))):
        del bare[mark.start : mark.stop]
    return len(bare) < len(lines) and not has_words(tuple(bare))


def _with_usual_marks(lines: Lines) -> Lines:
    """With ">" before the lines that follow an introduction and begin with a bar or with initials (C>).

    And not before those that begin with the end of an address: Gmail wraps <address> within an introduction.
    """
    marked = list(lines)
    for at in range(1, len(marked)):
        if _OPEN_ADDRESS.search(marked[at - 1][-LONGEST:]) and _CLOSED_ADDRESS.match(marked[at]):
            marked[at - 1 : at + 1] = marked[at - 1].rstrip() + ">", unquoted(marked[at])
    lines = tuple(marked)
    for mark in _marks(lines):
        at = mark.stop
        while at < len(lines) and (is_blank(lines[at]) or _OTHER_MARK.match(lines[at])):
            marked[at] = _OTHER_MARK.sub("> ", lines[at], count=1)
            at += 1
    return tuple(marked)


def _without_other_mails(lines: Lines) -> Lines:
    """The first lines that a person wrote, up to what introduces another mail."""
    position = 0
    for mark in _marks(lines):
        if mark.sure and not _quotes_follow(lines, mark.stop):
            above = lines[position : mark.start]
            if _is_said(above):
                return _without_title(above)
            position = mark.stop
    return lines[position:]


def _without_quoted_lines(lines: Lines) -> Lines:
    introduction = _introduction(lines)
    runs = _runs(lines, introduction)
    said = [run for run in runs if not run.quoted and _is_said(lines[run.start : run.stop])]
    quotes = [run for run in runs if run.quoted]
    if not quotes or not said:
        return lines if said else ()
    if any(_is_introduced(lines, introduction, run) for run in quotes):
        start, stop = _range_of_answers(said, quotes)
        left_out = _introduction(lines, sure=True) | _quoted_introduction(lines)
        return trimmed(tuple(line for at, line in enumerate(lines[start:stop], start) if at not in left_out))
    below = quotes[-1].start > said[-1].start and _is_quotation(lines, quotes[-1])
    return trimmed(lines[: quotes[-1].start]) if below else lines


def _range_of_answers(said: list[_Run], quotes: list[_Run]) -> tuple[int, int]:
    """Where to begin and where to end: what is quoted between answers stays, and what the first of several answers."""
    stop = said[-1].stop
    above = [run for run in quotes if run.stop <= said[0].start]
    between = [run for run in quotes if said[0].start < run.start < stop]
    return (above[0].start if above and between else said[0].start), stop


def _introduction(lines: Lines, *, sure: bool = False) -> set[int]:
    """The numbers of the lines that introduce quoted ones; if wanted only those that do for sure."""
    marks = [mark for mark in _marks(lines) if _quotes_follow(lines, mark.stop) and (mark.sure or not sure)]
    return {at for mark in marks for at in range(mark.start, mark.stop)}


def _quoted_introduction(lines: Lines) -> set[int]:
    """The numbers of the lines that introduce others, and are quoted with them."""
    inside = [unquoted(line) if is_quoted(line) else "" for line in lines]
    return {at for mark in _marks(inside) if mark.sure for at in range(mark.start, mark.stop)}


def _marks(lines: Sequence[str]) -> Iterator[_Mark]:
    """Introductions of all kinds, in their order and apart from one another."""
    marks = [
        _Mark(_title(lines, block.start), block.stop, sure=block.of_program or _is_set_apart(lines, block.start))
        for block in header_blocks(["" if is_quoted(line) else line for line in lines])
    ]
    marks += [_Mark(found.start, found.stop, found.sure) for found in attributions(lines)]
    marks += [_Mark(at, at + 1, sure=True) for at, line in enumerate(lines) if is_separator(line)]
    after_last = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.stop)):
        if mark.start >= after_last and not any(is_quoted(line) for line in lines[mark.start : mark.stop]):
            after_last = mark.stop
            yield mark


def _title(lines: Sequence[str], at: int) -> int:
    return at - 1 if at and is_title(lines[at - 1]) else at


def _is_set_apart(lines: Sequence[str], at: int) -> bool:
    above = next((line for line in reversed(lines[max(0, at - _FIRST_LINES) : at]) if not is_blank(line)), "")
    return is_rule(above) or is_title(above) or is_separator(above)


def _quotes_follow(lines: Sequence[str], at: int) -> bool:
    following = next((line for line in lines[at : at + _FIRST_LINES] if not is_blank(line)), "")
    return is_quoted(following)


def _is_said(lines: Lines) -> bool:
    """Whether there are words that a person wrote, and not only those that the mail program adds."""
    for rule in (disclaimer.without_disclaimers, footer.without_footers, signature.without_signature):
        lines = rule(lines)
    return has_words(_without_title(lines))


def _without_title(lines: Lines) -> Lines:
    lines = trimmed(lines)
    return trimmed(lines[:-1]) if lines and is_title(lines[-1]) else lines


def _runs(lines: Lines, introduction: set[int]) -> list[_Run]:
    quoted = _quotation_marks(lines)
    kinds = [at in introduction or quoted[at] for at in range(len(lines))]
    for at, line in enumerate(lines):
        if is_blank(line):
            kinds[at] = kinds[at - 1] if at else _first_kind(lines, kinds)
    runs, start = [], 0
    for is_quote, group in groupby(kinds):
        stop = start + len(list(group))
        runs.append(_Run(start, stop, is_quote))
        start = stop
    return runs


def _first_kind(lines: Lines, kinds: list[bool]) -> bool:
    return next((kind for line, kind in zip(lines, kinds, strict=True) if not is_blank(line)), False)


def _is_introduced(lines: Lines, introduction: set[int], run: _Run) -> bool:
    first = range(run.start, min(run.stop, run.start + _FIRST_LINES))
    if not introduction.isdisjoint(first):
        return True
    return any(mark.sure for mark in _marks([unquoted(lines[at]) for at in first]))


def _quotation_marks(lines: Lines) -> list[bool]:
    """For each line whether it is quoted; so is what was wrapped out of a quoted line."""
    marked = [is_quoted(line) for line in lines]
    between = [
        at
        for at in range(1, len(lines) - 1)
        if not marked[at] and marked[at - 1] and marked[at + 1] and lines[at][:1].islower()
    ]
    between = [at for at in between if len(lines[at - 1]) >= _WRAPPED_AT]
    # Within a sentence; and where that happened, at the end of one too.
    wrapped = [at for at in between if not lines[at - 1].rstrip().endswith(_ENDS_OF_SENTENCES)]
    for at in between if wrapped else ():
        marked[at] = True
    return marked


def _is_quotation(lines: Lines, run: _Run) -> bool:
    """Whether quoted lines at the end without an introduction are another's, and not a list with arrows."""
    above = lines[run.start - 1] if run.start else ""
    said_above = next((line for line in reversed(lines[: run.start]) if not is_blank(line)), "")
    if not is_blank(above) or said_above.rstrip().endswith(":"):
        return False
    inside = [unquoted(line) for line in lines[run.start : run.stop] if not is_blank(line)]
    text = [line for line in inside if not is_blank(line) and not is_rule(line)]
    nested = any(is_quoted(line) for line in inside)
    return nested or (bool(text) and (is_sentence(text[-1]) or max(map(len, text)) > LONGEST // 4))
