"""A stored Telegram update, read: what a person says or asks, what happens in a group, or nothing to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.ideas.catalogue import Catalogue
from services.ideas.chat import Button
from services.ideas.model import InboundMessage
from services.ideas.readings import Asked, Nothing, Presence, Pressed, Reading, Request
from services.intake.channel import ReadMessage
from services.intake.telegram import CHANNEL
from services.intake.telegram.groups import GROUPS, read_group_membership, read_group_message
from services.intake.telegram.minimise import PRIVATE, minimised
from services.intake.telegram.phrases import Phrases
from services.intake.telegram.private import read_edit, read_private
from services.intake.telegram.said import Said, sender_of

_NOT_FOR_US = Nothing("not addressed to us")
# What a person's blocking and unblocking makes of the bot in their chat (Bot API, ChatMember).
_PRESENT = {"member": True, "kicked": False}


class TelegramReader:
    """The reading end of the Telegram channel, for one region's texts, topics and limits."""

    name = CHANNEL

    def __init__(self, catalogue: Catalogue) -> None:
        self._languages = catalogue.texts.languages
        self._phrases = Phrases(catalogue.texts, catalogue.topics)
        self._most_file_bytes = catalogue.settings.telegram.most_file_bytes

    async def read_message(self, message: InboundMessage) -> ReadMessage:
        """The update's reading; it takes no time worth a thread."""
        return ReadMessage(self.read(message), message.envelope)

    def read(self, message: InboundMessage) -> Reading:
        """What an update says. What was stored before updates were minimised is read in the same form."""
        update = minimised(json.loads(message.raw))
        match update:
            case {"message": content} | {"edited_message": content}:
                return self._message(content, message, is_edited="edited_message" in update)
            case {"callback_query": query}:
                return self._pressed(query)
            case {"my_chat_member": change}:
                return self._membership(change)
        return _NOT_FOR_US

    def _message(self, content: Mapping[str, Any], message: InboundMessage, *, is_edited: bool) -> Reading:
        chat = content.get("chat", {}).get("type")
        if chat == PRIVATE:
            said = Said.of(content, message.received_at, self._languages)
            if is_edited:
                return read_edit(said, self._phrases)
            return read_private(said, self._phrases, self._most_file_bytes)
        return read_group_message(content) if chat in GROUPS and not is_edited else _NOT_FOR_US

    def _pressed(self, query: Mapping[str, Any]) -> Reading:
        """A button, which may be so old that its message cannot be seen any more or its data says nothing to us."""
        message, person = query.get("message", {}), query.get("from", {})
        chat = message.get("chat", {"id": person.get("id"), "type": PRIVATE})
        if chat.get("type") != PRIVATE or "id" not in query or "id" not in person:
            return _NOT_FOR_US
        sender = sender_of(person["id"], person, self._languages)
        button = Button.decode(query.get("data", ""))
        if button is None or "message_id" not in message:
            answers = {"answers": message["message_id"]} if "message_id" in message else {}
            return Request(sender, "not_possible", {"reason": "nothing", "query": query["id"], **answers})
        return Asked(sender, button, pressed=Pressed(message["message_id"], query["id"]))

    def _membership(self, change: Mapping[str, Any]) -> Reading:
        chat = change.get("chat", {})
        if chat.get("type") in GROUPS:
            return read_group_membership(change)
        status = change.get("new_chat_member", {}).get("status")
        if chat.get("type") != PRIVATE or status not in _PRESENT:
            return _NOT_FOR_US
        sender = sender_of(chat["id"], change.get("from", {}), self._languages)
        return Presence(sender, is_present=_PRESENT[status])
