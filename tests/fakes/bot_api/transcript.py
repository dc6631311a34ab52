"""A chat as its people see it, entry by entry: what a test compares and what a picture of the chat shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.wire import Message, MessageEntity

# What a message can be beside a text; the first that it has is what it is.
_KINDS = (
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "document",
    "sticker",
    "venue",
    "location",
    "contact",
    "dice",
    "poll",
)
_SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "group_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One message in its present wording; `text` is the caption where there is a file.

    `kind` names the field of the Bot API that holds the content, such as "text" or "photo". `buttons` are the labels,
    row by row. `date` is when it was sent, also of an edited one.
    """

    who: Literal["person", "bot", "service"]
    name: str
    kind: str
    text: str
    entities: tuple[MessageEntity, ...]
    buttons: tuple[tuple[str, ...], ...]
    file_name: str
    is_edited: bool
    reply_to: int | None
    message_id: int
    date: datetime


def entry(conversation: Conversation, message: Message) -> Entry:
    """Return how people see a message."""
    kind = next((each for each in (*_KINDS, *_SERVICE) if each in message), "text")
    replied = message.get("reply_to_message")
    return Entry(
        who=_who(conversation, message),
        name=message["from"]["first_name"],
        kind=kind,
        text=message.get("text") or message.get("caption", ""),
        entities=tuple(message.get("entities") or message.get("caption_entities", ())),
        buttons=_buttons(message),
        file_name=_file_name(message),
        is_edited=conversation.is_reworded(message["message_id"]),
        reply_to=replied["message_id"] if replied else None,
        message_id=message["message_id"],
        date=datetime.fromtimestamp(message["date"], UTC),
    )


def is_service(message: Message) -> bool:
    """Whether the chat itself says this in somebody's name."""
    return any(each in message for each in _SERVICE)


def _who(conversation: Conversation, message: Message) -> Literal["person", "bot", "service"]:
    if is_service(message):
        return "service"
    return "bot" if conversation.is_of_bot(message) else "person"


def _buttons(message: Message) -> tuple[tuple[str, ...], ...]:
    rows = message["reply_markup"]["inline_keyboard"] if "reply_markup" in message else []
    return tuple(tuple(each["text"] for each in row) for row in rows)


def _file_name(message: Message) -> str:
    named = message.get("document") or message.get("audio") or message.get("video")
    return named.get("file_name", "") if named else ""
