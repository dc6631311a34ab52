"""The words of a mail's passages: decoded, unwrapped, and read from HTML where the plain text says less."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.email.charset import decode
from services.intake.email.contents import Passage
from services.intake.email.flowed import unwrapped
from services.intake.email.headers import header, parameter
from services.intake.email.html import text_of_html
from services.intake.email.transfer import freed
from services.intake.email.tree import Mail

_MOST_CHARACTERS = 2_000_000  # of plain text and of HTML, in all passages together

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.-]{1,40})", re.IGNORECASE)
_META_WITHIN = 2_048
_PAGE = re.compile(r"\s{0,99}<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# What programs put behind a link's words, and behind addresses, when they turn HTML into plain text.
_TARGET = re.compile(r"\s?<\s?(?:https?://|mailto:)[^<>]{1,2000}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What one passage says: the text that a person reads, and the plain and HTML sources, "" where there is none.

    A plain version that says less than the HTML counts as none.
    """

    text: str
    plain: str
    html: str


def words_of(passages: Iterable[Passage]) -> Iterator[Words]:
    """The words of each passage, until two million characters have been read."""
    room = _MOST_CHARACTERS
    for passage in passages:
        texts, pages = _sources(passage.plain, room), _sources(passage.html, room)
        room -= sum(map(len, texts)) + sum(map(len, pages))
        # Some programs send a page and call it plain text.
        pages += [text for text in texts if _PAGE.match(text)]
        plain = joined(text for text in texts if not _PAGE.match(text))
        shown = joined(map(text_of_html, pages))
        if _is_stub(plain, shown):
            plain = ""
        if shown:  # the reader sees the links' words in both, and their targets in neither
            plain = _TARGET.sub("", plain)
        yield Words(plain or shown, plain, joined(pages))
        if room <= 0:
            return


def joined(texts: Iterable[str]) -> str:
    """The texts that say something, each from a line of its own on."""
    return "\n".join(text.strip("\n") for text in texts if text.strip())


def _sources(parts: Iterable[Mail], room: int) -> list[str]:
    sources: list[str] = []
    for part in parts:
        source = _decoded(part)[:room]
        if parameter(part, "content-type", "format").lower() == "flowed":
            source = unwrapped(source, delete_space=parameter(part, "content-type", "delsp").lower() == "yes")
        sources.append(source)
        room -= len(source)
        if room <= 0:
            break
    return sources


def _decoded(part: Mail) -> str:
    content = freed(bytes(part.inside), header(part, "content-transfer-encoding"))
    charset = parameter(part, "content-type", "charset")
    if not charset and (meta := _META_CHARSET.search(content, 0, _META_WITHIN)):
        charset = meta[1].decode("ascii")
    return decode(content, charset).replace("\r\n", "\n").replace("\x00", "")


def _is_stub(plain: str, shown: str) -> bool:
    """Whether the plain version leaves out a third of the words, as one that only points to the HTML."""
    said, meant = set(_WORD.findall(plain)), set(_WORD.findall(shown))
    return len(meant) > len(said) and len(meant - said) * 3 > len(meant)
