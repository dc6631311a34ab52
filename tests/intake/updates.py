"""Telegram updates as the Bot API sends them, and their readings by the shipped configuration."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from services.ideas.chat import ChatMessage
from services.ideas.model import InboundMessage, Sender
from services.ideas.readings import Reading
from services.intake.telegram.read import TelegramReader
from tests import shipped
from tests.conftest import CONFIG, NOON

CATALOGUE = shipped.catalogue(CONFIG, {})
READER = TelegramReader(CATALOGUE)
ERIKA = Sender("telegram", "4711", verified=True)
SENT_AT = 1_795_000_000
PERSON = {"id": 4711, "is_bot": False, "first_name": "Erika", "language_code": "de"}
BOT = {"id": 7_531_902_468, "is_bot": True, "first_name": "Ideenkanal", "username": "ideenkanal_test_bot"}
PRIVATE = {"id": 4711, "type": "private", "first_name": "Erika"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Gruppe"}
# Where the message that `message` makes stands in its chat.
FIRST = ChatMessage(1, datetime.fromtimestamp(SENT_AT, UTC))


def read(**update: Any) -> Reading:
    """What an update says."""
    return READER.read(stored(**update))


def stored(**update: Any) -> InboundMessage:
    """An update as it came, in the inbound log."""
    raw = json.dumps({"update_id": 1, **update}).encode()
    return InboundMessage("telegram", "1", {}, raw, NOON)


def message(chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    """Erika's message, in her private chat or another; it stands `FIRST` in it."""
    return {"message_id": 1, "date": SENT_AT, "chat": chat or PRIVATE, "from": PERSON, **content}


def said(text: str, chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    """A message of words, with the command that it begins with marked as clients mark it."""
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
    return message(chat, text=text, entities=entities, **content)


def answering(text: str) -> dict[str, Any]:
    """What a message has beside its words when it replies to the bot's message 9, which reads `text`."""
    return {"reply_to_message": {"message_id": 9, "date": 1, "chat": PRIVATE, "from": BOT, "text": text}}


def file(**fields: Any) -> dict[str, Any]:
    """A file as messages carry it (Bot API, Document, Voice …)."""
    return {"file_id": "f", "file_unique_id": "u", "file_size": 1000, **fields}
