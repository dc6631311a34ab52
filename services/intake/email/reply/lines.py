"""The text of a mail as lines, and what can be told of a single one."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re
from collections.abc import Iterator

Lines = tuple[str, ...]

# Mail programs wrap what they insert; a line longer than this is a person's paragraph, or an attack.
LONGEST = 400
# Stand alone on a line where the markup says so: another mail begins, a signature begins, it ends. They are for private
# use, and taken out of what comes from outside.
ANOTHER_MAIL, SIGNATURE, SIGNATURE_END = "\ue00a", "\ue00b", "\ue00c"
_MARKS = (ANOTHER_MAIL, SIGNATURE, SIGNATURE_END)
_OURS = dict.fromkeys(map(ord, _MARKS), " ")

_QUOTE_MARK = re.compile(r"[ \t]{0,3}>[ \t]?")
_RULE = re.compile(r"[\s>]*(?:--|—|–|(?:[-_=*#~+—–─━═.·][ \t]?){3,})\s*")
_WORD = re.compile(r"[^\W_]")
_SYMBOL = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff]")
_POSTSCRIPT = re.compile(
    r"\W{0,3}(?:p\.?\s?){1,3}s\b\.?|\W{0,3}(?:nachtrag|postskriptum|postscriptum)\b", re.IGNORECASE
)
# Words that sentences have and signatures do not.
_OF_SENTENCES = re.compile(
    r"\b(?:ist|sind|war|waren|wäre|wären|wird|werden|würde|kann|können|könnte|soll|sollte|sollen|muss|müssen|hat|"
    r"haben|hätte|habe|bin|bitte|ich|wir|mich|mir|uns|sie|es|ihnen|man|nicht|keine?|auch|noch|wenn|dass|weil|aber|"
    r"oder|schon|nur|is|are|was|were|will|would|can|could|should|must|has|have|had|do|does|please|i(?!\.)|we|you|me|us|my|"
    r"our|it|this|that|not|if|but|because|there|than|too|much|way)\b",
    re.IGNORECASE,
)


def lines_of(text: str) -> Lines:
    """The lines of a text, with plain blanks, and without the byte order marks that Apple Mail leaves in front."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return tuple(line.removeprefix("\ufeff") for line in text.split("\n"))


def without_marks(text: str) -> str:
    """The text without the characters that are marks of ours."""
    return text.translate(_OURS)


def text_of(lines: Lines) -> str:
    """The text of the lines, without empty ones around it."""
    return without_marks("\n".join(line for line in lines if line.strip("> ") not in _MARKS)).strip("\n")


def trimmed(lines: Lines) -> Lines:
    """Without empty lines and bare rules at the end, and without empty lines at the beginning."""
    start, stop = 0, len(lines)
    while stop and (is_blank(lines[stop - 1]) or is_rule(lines[stop - 1])):
        stop -= 1
    while start < stop and is_blank(lines[start]):
        start += 1
    return lines[start:stop]


def has_words(lines: Lines) -> bool:
    """Whether there is anything to read; an emoji is an answer too."""
    return any(_WORD.search(line) or _SYMBOL.search(line) for line in lines)


def is_blank(line: str) -> bool:
    """Whether the line is empty or white space."""
    return not line or line.isspace()


def is_rule(line: str) -> bool:
    """Whether the line is drawn, of dashes, underscores and the like."""
    return len(line) <= LONGEST and bool(_RULE.fullmatch(line))


def is_quoted(line: str) -> bool:
    """Whether the line has a quotation mark of RFC 3676 section 4.5 in front."""
    return bool(_QUOTE_MARK.match(line)) and not is_between_arrows(line)


def is_between_arrows(line: str) -> bool:
    """Whether the line is what GroupWise writes above a quote: >>> name date >>>."""
    return line.startswith(">>> ") and line.rstrip().endswith(" >>>")


def unquoted(line: str) -> str:
    """The line without its first quotation mark."""
    return _QUOTE_MARK.sub("", line, count=1)


def is_postscript(line: str) -> bool:
    """Whether the line begins what a person adds below the name."""
    return bool(_POSTSCRIPT.match(line))


def is_sentence(line: str) -> bool:
    """Whether the line reads as something that a person says, rather than as a piece of a signature."""
    words = line.split()
    if len(words) >= 12 or len(line) > LONGEST:
        return True
    ends = len(words) >= 4 and line.rstrip().endswith((".", "!", "?", ":"))
    return ends or bool(_OF_SENTENCES.search(line))


def paragraphs_from_end(lines: Lines) -> Iterator[tuple[int, int]]:
    """Where each block of lines without an empty one between them starts and stops, the last one first."""
    stop = len(lines)
    while stop:
        if is_blank(lines[stop - 1]):
            stop -= 1
            continue
        start = stop
        while start and not is_blank(lines[start - 1]):
            start -= 1
        yield start, stop
        stop = start
