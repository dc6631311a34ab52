"""Names of attached files, fit for every screen and file system."""

from __future__ import annotations

import re
import unicodedata

_MOST_BYTES = 255
_MOST_EXTENSION_BYTES = 20

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# They let "txt.exe" look like "exe.txt" (Unicode Technical Report 36, section 3.1), or are not seen at all.
_UNSEEN = re.compile(r"[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3])(?:\.|$)", re.IGNORECASE)
_EXTENSIONS = {
    "application/ics": ".ics",
    "application/ms-tnef": ".dat",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/global": ".eml",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
}


def clean_name(declared: str, media_type: str, number: int) -> str:
    """A declared name without path, control and direction characters, in at most 255 bytes of UTF-8.

    Where nothing is left of it the file is `anlage-<number>`, with the extension of its type.
    """
    name = _UNSEEN.sub("", _CONTROL.sub("", unicodedata.normalize("NFC", declared)))
    name = _FORBIDDEN.sub("_", re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode())
    name = " ".join(name.split()).rstrip(". ").lstrip(". ")
    if not name:
        return f"anlage-{number}{extension_of(media_type)}"
    return _shortened(f"_{name}" if _RESERVED.match(name) else name)


def extension_of(media_type: str) -> str:
    """The usual extension with its dot, "" where none is known."""
    return _EXTENSIONS.get(media_type, "")


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    tail = dot + extension
    if not stem or len(tail.encode()) > _MOST_EXTENSION_BYTES:
        stem, tail = name, ""
    room = _MOST_BYTES - len(tail.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + tail
