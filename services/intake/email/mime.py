"""RFC 5322 and MIME: raw bytes to header text, body text and attachments, whatever they claim to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.ideas.model import Attachment, Refused
from services.intake.email.address import address, author
from services.intake.email.attachments.files import AttachmentLimits, kept_files
from services.intake.email.contents import Contents, Passage, children, contents_of
from services.intake.email.headers import header
from services.intake.email.tree import Mail, tree_of
from services.intake.email.words import joined, words_of

__all__ = ["AttachmentLimits", "Body", "Mail", "address", "author", "body", "header", "parse"]

_DEFAULT_LIMITS = AttachmentLimits()
_SHOWN = re.compile(r"""["'(]\s{0,9}cid:([^"'()<>\s]{1,200})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says and carries.

    `text` is what a person reads; `plain` and `html` are the decoded sources that it was read from, "" where the mail
    has none of that kind. A plain version that says less than the HTML counts as none.
    """

    text: str
    plain: str
    html: str
    attachments: tuple[Attachment, ...]
    refused: Refused


def parse(raw: bytes) -> Mail:
    """The tree of a message; it never fails."""
    return tree_of(raw)


def body(mail: Mail, limits: AttachmentLimits = _DEFAULT_LIMITS) -> Body:
    """The words of a mail, and everything else as attachments.

    What an attached message says is attached with it; it is the text only where there is no other.
    """
    contents = contents_of(mail)
    words = list(words_of(contents.passages))
    if not any(each.text for each in words):
        words = list(words_of(_forwarded(contents))) or words
    html = joined(each.html for each in words)
    shown = frozenset(name.lower() for name in _SHOWN.findall(html))
    attachments, refused = kept_files(contents.files, shown, limits)
    text = joined(each.text for each in words).strip()
    return Body(text, joined(each.plain for each in words), html, attachments, refused)


def _forwarded(contents: Contents) -> list[Passage]:
    """The passages of the attached messages, or of those that are attached to them in turn."""
    files = contents.files
    while messages := [message for file in files for message in children(file)]:
        inner = [contents_of(message) for message in messages]
        if passages := [passage for each in inner for passage in each.passages]:
            return passages
        files = [file for each in inner for file in each.files]
    return []
