"""The rules for what a person wrote now, in their order; none of them may take the last words."""

from __future__ import annotations

from collections.abc import Callable

from services.intake.email.reply.armour import without_armour
from services.intake.email.reply.contact import without_contact
from services.intake.email.reply.disclaimer import without_disclaimers
from services.intake.email.reply.footer import without_footers
from services.intake.email.reply.lines import Lines, has_words, lines_of, text_of, trimmed, without_marks
from services.intake.email.reply.markup import text_with_quotes
from services.intake.email.reply.quotes import is_only_introductions, without_quotes
from services.intake.email.reply.signature import without_marked_signatures, without_signature

# A hundred pages; nobody types more, and what was pasted is better kept than looked through.
_MOST_LINES = 5_000

# What ends a mail hides where its quotes end, and what ends the reply comes to light without them: hence twice.
_ENDINGS: tuple[Callable[[Lines], Lines], ...] = (without_disclaimers, without_footers, without_signature)
RULES: tuple[Callable[[Lines], Lines], ...] = (
    without_armour,
    without_marked_signatures,
    *_ENDINGS,
    without_quotes,
    *_ENDINGS,
    without_contact,
    trimmed,
)


def reply_text(plain: str, html: str) -> str:
    """What the writer of a mail wrote now, from its plain text or else its HTML.

    A forwarded mail is kept where the writer added nothing. "" only where there are no words, or only words that
    introduce quotes.
    """
    lines = lines_of(without_marks(plain) if plain.strip() else text_with_quotes(html))
    if len(lines) <= _MOST_LINES and is_only_introductions(lines):
        return ""
    for rule in RULES if len(lines) <= _MOST_LINES else ():
        left = rule(lines)
        if has_words(left):
            lines = left
    return text_of(lines)
