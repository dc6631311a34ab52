"""Which parts of a mail are its words and which are files beside them (RFC 8621 section 4.1.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.intake.email.headers import header, parameter
from services.intake.email.tree import Mail

_WORDS = frozenset({"text/plain", "text/html"})


@dataclass(slots=True)
class Passage:
    """A stretch of a mail's words: the parts that say it in plain text and those that say it in HTML."""

    plain: list[Mail] = field(default_factory=list)
    html: list[Mail] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """A mail's passages and files in their order. An attached message is one file, with all that is in it."""

    passages: list[Passage] = field(default_factory=list)
    files: list[Mail] = field(default_factory=list)


def contents_of(mail: Mail) -> Contents:
    """The words and files of a mail."""
    contents = Contents()
    # Each with the subtype of the multipart around it, its place there, and the passage that it is a version of.
    waiting: list[tuple[Mail, str, int, Passage | None]] = [(mail, "", 0, None)]
    while waiting:
        part, around, number, passage = waiting.pop()
        subtype = part.get_content_subtype()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            if subtype == "alternative" and passage is None:
                passage = Passage()
                contents.passages.append(passage)
            inner = [(child, subtype, place, passage) for place, child in enumerate(children(part))]
            waiting.extend(reversed(inner))
        elif _is_words(part, around, number):
            if passage is None:
                passage = Passage()
                contents.passages.append(passage)
            (passage.html if subtype == "html" else passage.plain).append(part)
        else:
            contents.files.append(part)
    return contents


def children(part: Mail) -> Iterator[Mail]:
    """The parts that are directly in a part."""
    inner = part.get_payload()
    return (child for child in inner if isinstance(child, Mail)) if isinstance(inner, list) else iter(())


def disposition(part: Mail) -> str:
    """What RFC 2183 calls the disposition type, "" where none is given."""
    return header(part, "content-disposition").partition(";")[0].strip().lower()


def declared_name(part: Mail) -> str:
    """The file name that a part gives, "" where it gives none."""
    return parameter(part, "content-disposition", "filename") or parameter(part, "content-type", "name")


def _is_words(part: Mail, around: str, number: int) -> bool:
    is_text = part.get_content_type() in _WORDS or part.get_content_maintype() == "multipart"
    if not is_text or disposition(part) == "attachment":
        return False
    # The first part and the versions of a text are no files, even where they have names.
    return number == 0 or around == "alternative" or (around != "related" and not declared_name(part))
