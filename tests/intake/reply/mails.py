"""Words to build test mails from: a reply, a mail that it answers, and what mail programs put between them."""

from __future__ import annotations

import textwrap

REPLY = "Das gefällt mir gut.\nBitte bauen Sie die Bank."
OLDER = "Guten Tag,\n\nsollen wir am Markt eine Bank bauen?\n\nErika Muster"


def quoted(text: str, level: int = 1) -> str:
    """The text with a quotation mark before each line."""
    return "\n".join(f"{'>' * level} {line}".rstrip() for line in text.split("\n"))


def wrapped(line: str, width: int) -> str:
    """The line as a program wraps it."""
    return "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))


def words(text: str) -> list[str]:
    """The words of a text, in their order."""
    return "".join(character if character.isalnum() else " " for character in text).split()
