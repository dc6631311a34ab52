"""The files that a message carries: which of them are fetched, and under which names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ideas.chat import AwaitedFile
from services.ideas.model import Refused
from services.intake.attachments.names import clean_name, extension_of
from services.intake.attachments.types import is_media_type

_TOO_LARGE = Refused(too_large=1)
_NONE: tuple[AwaitedFile, ...] = ()
_PHOTO = ("Foto", "image/jpeg")
# What is what, and its type where the sender says none. An animation comes as a document as well (Bot API, Message).
_KINDS: Mapping[str, tuple[str, str]] = {
    "animation": ("Animation", "video/mp4"),
    "audio": ("Audio", "audio/mpeg"),
    "document": ("Datei", "application/octet-stream"),
    "video": ("Video", "video/mp4"),
    "video_note": ("Videonachricht", "video/mp4"),
    "voice": ("Sprachnachricht", "audio/ogg"),
}


def carried_by(content: Mapping[str, Any], most_bytes: int) -> tuple[tuple[AwaitedFile, ...], Refused]:
    """The file of a minimised message that is to be fetched, and whether it was refused; a message holds one at most.

    A photo comes in several sizes, of which the largest one within `most_bytes` counts.
    """
    if photos := content.get("photo"):
        within = [size for size in photos if size.get("file_size", 0) <= most_bytes and size.get("file_id")]
        largest = max(within, key=lambda size: size.get("width", 0) * size.get("height", 0), default=None)
        return ((_awaited(largest, *_PHOTO),), Refused()) if largest else (_NONE, _TOO_LARGE)
    for kind, (name, media_type) in _KINDS.items():
        file = content.get(kind)
        if file and file.get("file_id"):
            is_too_large = file.get("file_size", 0) > most_bytes
            return (_NONE, _TOO_LARGE) if is_too_large else ((_awaited(file, name, media_type),), Refused())
    return _NONE, Refused()


def _awaited(file: Mapping[str, Any], name: str, otherwise: str) -> AwaitedFile:
    declared = file.get("mime_type", "").lower()
    media_type = declared if is_media_type(declared) else otherwise
    own = file.get("file_name", "") or f"{name}{extension_of(media_type)}"
    return AwaitedFile(file["file_id"], clean_name(own, media_type, 1), media_type)
