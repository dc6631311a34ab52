"""What somebody sends as a file: photos, albums, voice notes, films, music, documents, stickers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.fakes.bot_api.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.bot_api.attachments import Audio, PhotoSize, Sticker, Video, VideoNote, Voice
    from tests.fakes.bot_api.wire import Message

# The longest side in pixels of the sizes in which a photo is offered.
_PHOTO_SIDES = (90, 320, 800, 1280)
_ALBUM_ITEMS = range(2, 11)
_MIXED = frozenset({"photo", "video"})


@dataclass(frozen=True, slots=True)
class AlbumItem:
    """One file of an album; an album is of photos and videos, or of documents, or of audios."""

    kind: Literal["photo", "video", "document", "audio"]
    content: bytes
    caption: str = ""
    file_name: str = ""


class MediaSender(Writer):
    """Somebody who sends files; `file_size` in bytes declares another size than the content has."""

    async def sends_document(
        self,
        content: bytes,
        file_name: str,
        mime_type: str,
        *,
        caption: str = "",
        file_size: int | None = None,
        reply_to: Message | None = None,
    ) -> int:
        """Send a file of any kind."""
        document = self._account.files.keep(content, file_name, mime_type, file_size).document()
        return await self._send_content("document", document, caption=caption, reply_to=reply_to)

    async def sends_photo(
        self,
        content: bytes,
        *,
        caption: str = "",
        width: int = 1600,
        height: int = 1200,
        reply_to: Message | None = None,
    ) -> int:
        """Send a photo of that many pixels; every offered size holds the same bytes."""
        return await self._send_content(
            "photo", self._photo(content, width, height), caption=caption, reply_to=reply_to
        )

    async def sends_album(self, items: Sequence[AlbumItem]) -> tuple[int, ...]:
        """Send 2 to 10 files at once: one update each, held together by their media_group_id alone."""
        kinds = {each.kind for each in items}
        if len(items) not in _ALBUM_ITEMS or (len(kinds) > 1 and not kinds <= _MIXED):
            raise ValueError("no person can send such an album")
        group = str(10**16 + secrets.randbelow(10**15))
        return tuple([await self._send_item(each, group) for each in items])

    async def sends_voice(
        self, content: bytes, *, duration: int = 5, file_size: int | None = None, reply_to: Message | None = None
    ) -> int:
        """Send a voice note of so many seconds."""
        stored = self._account.files.keep(content, "voice.oga", "audio/ogg", file_size)
        voice: Voice = {**stored.identity, "duration": duration, "mime_type": stored.media_type}
        return await self._send_content("voice", voice, reply_to=reply_to)

    async def sends_audio(self, content: bytes, file_name: str = "Lied.mp3", *, caption: str = "") -> int:
        """Send a piece of music."""
        return await self._send_content("audio", self._audio(content, file_name), caption=caption)

    async def sends_video(
        self, content: bytes, file_name: str = "Film.mp4", *, caption: str = "", file_size: int | None = None
    ) -> int:
        """Send a film."""
        return await self._send_content("video", self._video(content, file_name, file_size), caption=caption)

    async def sends_video_note(self, content: bytes) -> int:
        """Send a round film."""
        stored = self._account.files.keep(content, "note.mp4", "video/mp4")
        note: VideoNote = {**stored.identity, "length": 240, "duration": 5}
        return await self._send_content("video_note", note)

    async def sends_sticker(self, emoji: str = "👍", *, reply_to: Message | None = None) -> int:
        """Send a sticker that stands for an emoji."""
        stored = self._account.files.keep(b"RIFF", "sticker.webp", "image/webp")
        sticker: Sticker = {
            **stored.identity,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
            "set_name": "HotCherry",
        }
        return await self._send_content("sticker", sticker, reply_to=reply_to)

    async def _send_item(self, item: AlbumItem, group: str) -> int:
        content: object
        match item.kind:
            case "photo":
                content = self._photo(item.content, 1600, 1200)
            case "video":
                content = self._video(item.content, item.file_name or "Film.mp4")
            case "audio":
                content = self._audio(item.content, item.file_name or "Lied.mp3")
            case "document":
                name = item.file_name or "Datei.bin"
                content = self._account.files.keep(item.content, name, "application/octet-stream").document()
        return await self._send_content(item.kind, content, caption=item.caption, media_group_id=group)

    def _photo(self, content: bytes, width: int, height: int) -> list[PhotoSize]:
        longest = max(width, height)
        sides = [side for side in _PHOTO_SIDES if side < longest] or [longest]
        return [
            self._account.files.keep(content, "photo.jpg", "image/jpeg").photo_size(
                round(width * side / longest), round(height * side / longest)
            )
            for side in sides
        ]

    def _video(self, content: bytes, file_name: str, file_size: int | None = None) -> Video:
        stored = self._account.files.keep(content, file_name, "video/mp4", file_size)
        return {
            **stored.identity,
            "width": 1280,
            "height": 720,
            "duration": 5,
            "file_name": file_name,
            "mime_type": stored.media_type,
        }

    def _audio(self, content: bytes, file_name: str) -> Audio:
        stored = self._account.files.keep(content, file_name, "audio/mpeg")
        audio: Audio = {**stored.document(), "duration": 180, "performer": "Anna", "title": "Lied"}
        return audio
