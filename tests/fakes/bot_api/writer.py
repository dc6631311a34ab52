"""What somebody writes in a chat with the bot: text, edits, forwarded text, pressed buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tests.fakes.bot_api.conversation import quoted
from tests.fakes.bot_api.markup import utf16_length
from tests.fakes.bot_api.reader import Reader
from tests.fakes.bot_api.text import written_entities

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import CallbackQuery, Message, MessageOrigin, Update

# A phone sends a longer text as several messages. (Captions of paying customers are as long.)
_LONGEST_UNITS = 4096


class Writer(Reader):
    """Somebody who writes in one chat; each method returns the update_id, 0 where Telegram tells the bot nothing."""

    async def says(self, text: str, *, reply_to: Message | None = None) -> int:
        """Write `text`, as an answer to any message if one is given."""
        return await self._send(_worded(self._new_message(reply_to), "text", text))

    async def forwards(self, text: str, origin: MessageOrigin) -> int:
        """Pass a text on that somebody else wrote."""
        message = _worded(self._new_message(), "text", text)
        message["forward_origin"] = origin
        return await self._send(message)

    async def edits(self, message_id: int, text: str) -> int:
        """Reword an own text, or the caption of an own file."""
        before = self._own_message(message_id)
        return await self._replace(_worded(before, "text" if "text" in before else "caption", text))

    async def presses(self, message: Message, label: str) -> int:
        """Press the button that reads `label` under a message of the bot, as it was when the person saw it."""
        rows = message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
        data = next((each.get("callback_data") for row in rows for each in row if each["text"] == label), None)
        if data is None:
            raise LookupError(f"no button {label!r} with callback_data under message {message['message_id']}")
        query: CallbackQuery = {
            "id": self._account.new_query_id(),
            "from": self.user,
            "message": self._conversation.message(message["message_id"]) or message,
            "chat_instance": str(self.chat_id * 7919),
            "data": data,
        }
        self._account.open_queries[query["id"]] = self._conversation
        self._conversation.open_presses.add(query["id"])
        return await self._account.happen({"update_id": 0, "callback_query": query})

    async def deletes(self, message_id: int) -> None:
        """Take a message away for everyone; the bot is not told."""
        if not self._conversation.remove(message_id):
            raise LookupError(f"no message {message_id} in this chat")
        await self._conversation.changes.announce()

    async def _send(self, message: Message) -> int:
        await self._come_in()
        self._conversation.add(message)
        return await self._tell("message", message)

    async def _replace(self, message: Message) -> int:
        after: Message = {**message, "edit_date": self._account.unix_time}
        self._conversation.replace(after)
        return await self._tell("edited_message", after)

    async def _come_in(self) -> None:
        """Do what writing in this kind of chat takes."""
        raise NotImplementedError

    async def _tell(self, kind: str, message: Message) -> int:
        """Make an update of it, if this kind of chat has the bot told."""
        return await self._account.happen(cast("Update", {"update_id": 0, kind: message}))

    def _new_message(self, reply_to: Message | None = None) -> Message:
        message = self._account.new_message(self._conversation, self.user)
        if reply_to is not None:
            message["reply_to_message"] = quoted(reply_to)
        return message

    def _own_message(self, message_id: int) -> Message:
        found = self._conversation.message(message_id)
        if found is None or found["from"]["id"] != self.user["id"]:
            raise LookupError(f"no message {message_id} of this person")
        return found

    async def _send_content(
        self, field: str, content: object, *, caption: str = "", reply_to: Message | None = None, **more: object
    ) -> int:
        """Send a message that carries `content` in the named field, and `more` in others."""
        message = self._new_message(reply_to)
        carried = cast("Message", {**message, **more, field: content})
        return await self._send(_worded(carried, "caption", caption))


def _worded(message: Message, field: str, wording: str) -> Message:
    """Return a message with another text or caption, and with what the server finds in it."""
    if utf16_length(wording) > _LONGEST_UNITS or (field == "text" and not wording.strip()):
        raise ValueError("no person can send such a text")
    entities = "entities" if field == "text" else "caption_entities"
    fields = {name: value for name, value in message.items() if name not in {field, entities}}
    if wording:
        fields[field] = wording
        if found := written_entities(wording):
            fields[entities] = found
    return cast("Message", fields)
