"""One message of a private chat: who says what, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from nlp.understanding import Point
from services.ideas.chat import ChatMessage
from services.ideas.model import Sender
from services.intake.telegram import CHANNEL
from services.intake.telegram.entities import with_links
from services.intake.telegram.references import references_in


@dataclass(frozen=True, slots=True)
class Said:
    """A minimised message (Bot API, Message) with what all of its readings need."""

    content: Mapping[str, Any]
    sender: Sender
    chat: ChatMessage

    @classmethod
    def of(cls, content: Mapping[str, Any], received_at: datetime, languages: Sequence[str]) -> Self:
        """A message of a private chat; `received_at` stands in for a time of sending that cannot be."""
        answered = content.get("reply_to_message", {})
        about = references_in(answered.get("text", answered.get("caption", "")))
        chat = ChatMessage(
            number=content["message_id"],
            sent_at=_time(content.get("date", 0)) or received_at,
            answers=answered.get("message_id"),
            answers_about=about[0] if len(about) == 1 else "",
            album=content.get("media_group_id", ""),
        )
        return cls(content, sender_of(content["chat"]["id"], content.get("from", {}), languages), chat)

    @property
    def words(self) -> str:
        """What was written, alone or below a picture."""
        written: str = self.content.get("text", self.content.get("caption", ""))
        return written.strip()

    @property
    def text(self) -> str:
        """What was written, with the addresses of its links; of a venue its name and address (Bot API, Venue)."""
        if venue := self.content.get("venue"):
            return ", ".join(filter(None, (venue.get("title"), venue.get("address"))))
        if "text" in self.content:
            return with_links(self.content["text"], self.content.get("entities", ())).strip()
        return with_links(self.content.get("caption", ""), self.content.get("caption_entities", ())).strip()

    @property
    def point(self) -> Point | None:
        """The place that was shared."""
        place = self.content.get("venue", {}).get("location") or self.content.get("location", {})
        if "latitude" not in place or "longitude" not in place:
            return None
        return Point(float(place["latitude"]), float(place["longitude"]))


def sender_of(chat_id: int, user: Mapping[str, Any], languages: Sequence[str]) -> Sender:
    """Whoever writes in a private chat; Telegram vouches for them.

    Their phone's language (Bot API, User: an IETF tag) counts if texts are written in it, and else the region's own,
    which is the first of `languages`.
    """
    language = user.get("language_code", "").lower().partition("-")[0]
    return Sender(CHANNEL, str(chat_id), verified=True, language=language if language in languages else languages[0])


def _time(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None
