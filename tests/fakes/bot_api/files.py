"""The files that Telegram keeps: what came in from people and what the bot sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypedDict

from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.attachments import Document, PhotoSize
    from tests.fakes.bot_api.wire import File

# Bots may download files of up to 20 MB (documentation of getFile).
_DOWNLOAD_LIMIT_BYTES = 20 * 1024 * 1024
_FOLDERS = {"image": "photos", "audio": "voice", "video": "videos"}


class _Identity(TypedDict):
    file_id: str
    file_unique_id: str
    file_size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its identity; `size` in bytes may be declared larger than the content."""

    file_id: str
    file_unique_id: str
    path: str
    file_name: str
    media_type: str
    content: bytes
    size: int

    @property
    def identity(self) -> _Identity:
        """What every kind of attachment tells of its file."""
        return {"file_id": self.file_id, "file_unique_id": self.file_unique_id, "file_size": self.size}

    def document(self) -> Document:
        """Return the file as a message's document."""
        return {**self.identity, "file_name": self.file_name, "mime_type": self.media_type}

    def photo_size(self, width: int, height: int) -> PhotoSize:
        """Return the file as one size of a photo."""
        return {**self.identity, "width": width, "height": height}

    def file(self) -> File:
        """Return the file as getFile answers it; ApiError where it is too big to be fetched."""
        if self.size > _DOWNLOAD_LIMIT_BYTES:
            raise ApiError(400, Refusal.FILE_TOO_BIG)
        return {**self.identity, "file_path": self.path}


class FileStore:
    """Files by id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, content: bytes, file_name: str, media_type: str, size: int | None = None) -> StoredFile:
        """Store a file under a fresh id, in the folder that its kind has at Telegram."""
        number = len(self._by_id)
        folder = _FOLDERS.get(media_type.partition("/")[0], "documents")
        stored = StoredFile(
            file_id=f"BQACAgIAAxk{secrets.token_urlsafe(32)}",
            file_unique_id=f"AgAD{secrets.token_urlsafe(8)}",
            path=f"{folder}/file_{number}{PurePosixPath(file_name).suffix}",
            file_name=file_name,
            media_type=media_type,
            content=content,
            size=len(content) if size is None else size,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def of_id(self, file_id: str, otherwise: Refusal = Refusal.FILE_ID) -> StoredFile:
        """Return the file of this id, or raise WrongParameterError."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise WrongParameterError(otherwise) from None

    def of_path(self, path: str) -> StoredFile | None:
        """Return the file under this path."""
        return self._by_path.get(path)
