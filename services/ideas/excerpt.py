"""A faithful excerpt of what somebody wrote: whole sentences, word for word, and a mark where something is left out."""

from __future__ import annotations

import re

OMITTED = "…"
# A sentence ends where a blank follows; not after "z. B.", "Nr.", or the number of a day.
_ENDS = re.compile(r"(?<!\b\w)(?<!\b\d\d)(?<!\bNr)(?<!\bStr)(?<!\bDr)(?<!\bbzw)(?<!\bca)[.!?…][\"“”»)]*(?=\s)")
# In a line of its own, or a word or two that can be nothing else.
_GREETING = re.compile(
    r"(?:(?:sehr geehrte|liebe|werte|hallo|guten|moin|hi|servus|grüß|glück auf)\w*\b[^.!?\n]{0,80}[,!.]?[ \t]*\n\s*"
    r"|(?:hallo|guten (?:tag|morgen|abend)|moin|servus)(?: zusammen| an alle)?[,!.]\s+)",
    re.IGNORECASE,
)

# What follows is a name, and often where its bearer lives, until something is added.
_CLOSING = re.compile(
    r"(?:^|(?<=[.!?,\n]))\s{0,9}(?:"
    r"(?:mit |und )?(?:(?:viele|beste|liebe|herzliche|schöne|freundliche)n? ){1,2}gr(?:ü|ue)(?:ß|ss)en?\b"
    r"|mfg\b|hochachtungsvoll\b|gru(?:ß|ss)\b,?[ ]*\n)",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"\n\s{0,9}p\.?[ ]?s\b", re.IGNORECASE)
# What is longer than this is no name and address.
_LONGEST_SIGNATURE = 300
# An excerpt is of the beginning: nobody makes us look through a book.
_READ_CHARACTERS = 4_000


def excerpt(text: str, at_most: int) -> str:
    """The first sentences of a text, in one line of about `at_most` characters; greeting and signature are left out.

    A first sentence that is longer than that is cut between two words.
    """
    text = text.strip()[:_READ_CHARACTERS]
    greeting = _GREETING.match(text)
    words = " ".join(unsigned(text[greeting.end() if greeting else 0 :]).split())
    if not words:
        return " ".join(text.split())[:at_most]
    begin = f"{OMITTED} " if greeting else ""
    if len(words) <= at_most:
        return begin + words
    ends = [found.end() for found in _ENDS.finditer(words, 0, at_most + 1)]
    # Half of what there is room for says more than one short exclamation.
    whole = ends[-1] if ends and ends[-1] >= at_most // 3 else 0
    kept = words[:whole] if whole else words[:at_most].rsplit(" ", 1)[0]
    return f"{begin}{kept.removesuffix(f' {OMITTED}')} {OMITTED}"


def unsigned(text: str) -> str:
    """A text without the closing words and what is signed below them, with a mark in their place.

    A text that is nothing else stays as it is.
    """
    for closing in _CLOSING.finditer(text):
        added = _POSTSCRIPT.search(text, closing.end(), closing.end() + _LONGEST_SIGNATURE)
        if added is None and len(text) - closing.end() > _LONGEST_SIGNATURE:
            continue
        if before := text[: closing.start()].rstrip():
            mark = f"\n\n{OMITTED}" if "\n" in text[len(before) : closing.end()] else f" {OMITTED}"
            return before + mark + (text[added.start() :] if added else "")
    return text
