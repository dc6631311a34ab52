"""The media type of a file: what its bytes are, whatever its sender says of them."""

from __future__ import annotations

import codecs
import re

import filetype

_UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")  # RFC 6838 section 4.2
_FIRST_BYTES = 8_192
_PAGE = re.compile(rb"<(?:!doctype\s{1,9}html|html|head|body|script|iframe|svg|style|meta|img)[\s>/]", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TEXT_FORMATS = frozenset({"application/pdf", "application/rtf", "application/postscript"})
# All of these begin alike, so that the first bytes do not tell them apart.
_ZIP = "application/zip"
_ZIPPED = ("application/vnd.openxmlformats", "application/vnd.oasis", "application/vnd.ms-", "application/epub+zip")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OFFICE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
_SOUND_OR_FILM = ("audio/", "video/")


def media_type_of(content: bytes, declared: str) -> str:
    """The declared type where the bytes can be that, else the type that they are; application/octet-stream at worst.

    A page, a drawing or a script that calls itself an image is never one here.
    """
    declared = declared if is_media_type(declared) else _UNKNOWN
    first = content[:_FIRST_BYTES]
    if first.startswith(_MARKS) or not _BINARY.search(first):
        return _type_of_text(first, declared)
    seen = filetype.guess_mime(first)
    if seen is None:
        return declared if _is_unmarked(first, declared) else _UNKNOWN
    return declared if _is_same_family(seen, declared) else str(seen)


def is_media_type(text: str) -> bool:
    """Whether a text has the form of a media type, in lower case."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def _type_of_text(first: bytes, declared: str) -> str:
    seen = filetype.guess_mime(first)
    if seen in _TEXT_FORMATS:
        return str(seen)
    # SVG is a page too: it can hold scripts.
    if first.lstrip(codecs.BOM_UTF8 + b" \t\r\n\f").startswith(b"<") and (page := _PAGE.search(first)):
        is_text = declared.startswith("text/") or declared == "image/svg+xml"
        return declared if is_text else "image/svg+xml" if page[0][:4].lower() == b"<svg" else "text/html"
    is_binary = declared in _known() or declared.startswith(("image/", *_SOUND_OR_FILM))
    return "text/plain" if first and is_binary and declared != _UNKNOWN else declared


def _is_unmarked(first: bytes, declared: str) -> bool:
    """Whether bytes of no known signature can be of the declared type: others would have been recognised."""
    if declared in _OLD_OFFICE:
        return first.startswith(_OLE)
    return declared.startswith(_SOUND_OR_FILM) or not (declared.startswith("text/") or declared in _known())


def _is_same_family(seen: str, declared: str) -> bool:
    if seen == _ZIP:
        return declared.startswith(_ZIPPED) or (declared.startswith("application/") and declared not in _known())
    if seen in _OLD_OFFICE:
        return declared in _OLD_OFFICE
    return seen.startswith(_SOUND_OR_FILM) and declared.startswith(_SOUND_OR_FILM)


def _known() -> frozenset[str]:
    return frozenset(kind.mime for kind in filetype.types) - {_UNKNOWN}
