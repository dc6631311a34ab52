"""People on the other side: a citizen in a private chat, and a group in which the bot is a member."""

from __future__ import annotations

import itertools
import secrets
from typing import TYPE_CHECKING, cast

from tests.fakes.bot_api.account import Account, Notice
from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.text import written_entities

if TYPE_CHECKING:
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.wire import (
        CallbackQuery,
        Chat,
        ChatMember,
        Message,
        PhotoSize,
        ReplyKeyboardMarkup,
        Update,
        User,
    )

# The longest side in pixels of the sizes in which a photo is offered.
_PHOTO_SIDES = (90, 320, 800, 1280)


class Correspondent:
    """Someone who writes to the bot in one chat and reads what it sends there."""

    def __init__(self, account: Account, conversation: Conversation, user: User) -> None:
        self.user = user
        self._account = account
        self._conversation = conversation
        self._query_ids = itertools.count(secrets.randbelow(10**15) + 10**17)

    @property
    def chat_id(self) -> int:
        """The chat's id, which is a citizen's user id as well."""
        return self._conversation.chat["id"]

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the bot sent here and did not delete, in its present wording."""
        return self._conversation.bot_messages

    @property
    def keyboard(self) -> ReplyKeyboardMarkup | None:
        """The buttons that stand in place of the keyboard."""
        return self._conversation.keyboard

    @property
    def actions(self) -> tuple[str, ...]:
        """The chat actions seen so far, such as "typing"."""
        return tuple(self._conversation.actions)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """How the bot answered presses of buttons in this chat."""
        return tuple(self._account.notices.get(self.chat_id, ()))

    async def next_message(self, timeout: float = 5) -> Message:  # noqa: ASYNC109  a test says how long it waits
        """Return the next message of the bot that was not returned before; TimeoutError after `timeout` seconds."""
        return await self._conversation.next_bot_message(timeout)

    async def next_notice(self, timeout: float = 5) -> Notice:  # noqa: ASYNC109  a test says how long it waits
        """Wait until the bot has answered the latest press of a button, and return its answer."""
        waits = self._account.open_queries
        await self._account.changes.expect(
            lambda: self.chat_id not in waits.values(), "an answer to the callback query", timeout_s=timeout
        )
        return self.notices[-1]

    async def says(self, text: str, *, reply_to: Message | None = None) -> int:
        """Write `text`; returns the update_id."""
        message = self._new_message(reply_to)
        message["text"] = text
        if entities := written_entities(text):
            message["entities"] = entities
        return await self._send(message)

    async def sends_document(
        self, content: bytes, file_name: str, mime_type: str, *, caption: str = "", file_size: int | None = None
    ) -> int:
        """Send a file; `file_size` in bytes declares another size than the content has. Returns the update_id."""
        message = self._new_message()
        message["document"] = self._account.files.keep(content, file_name, mime_type, file_size).document()
        return await self._send(_captioned(message, caption))

    async def sends_photo(self, content: bytes, *, caption: str = "", width: int = 1600, height: int = 1200) -> int:
        """Send a photo of that many pixels; every offered size holds the same bytes. Returns the update_id."""
        message = self._new_message()
        message["photo"] = self._photo_sizes(content, width, height)
        return await self._send(_captioned(message, caption))

    async def shares_location(self, latitude: float, longitude: float) -> int:
        """Share a point, in degrees; returns the update_id."""
        message = self._new_message()
        message["location"] = {"latitude": latitude, "longitude": longitude}
        return await self._send(message)

    async def edits(self, message_id: int, text: str) -> int:
        """Reword an own message; returns the update_id."""
        before = self._conversation.message(message_id)
        if before is None or before["from"]["is_bot"]:
            raise LookupError(f"no message {message_id} of this person")
        message: Message = {**before, "text": text, "edit_date": self._account.unix_time}
        self._conversation.replace(message)
        return await self._account.happen(_update(edited_message=message))

    async def presses(self, message: Message, label: str) -> int:
        """Press the button that reads `label` under a message of the bot; returns the update_id."""
        rows = message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
        data = next((each.get("callback_data") for row in rows for each in row if each["text"] == label), None)
        if data is None:
            raise LookupError(f"no button {label!r} with callback_data under message {message['message_id']}")
        query: CallbackQuery = {
            "id": str(next(self._query_ids)),
            "from": self.user,
            "message": message,
            "chat_instance": str(self.chat_id * 7919),
            "data": data,
        }
        self._account.open_queries[query["id"]] = self.chat_id
        return await self._account.happen(_update(callback_query=query))

    async def _send(self, message: Message) -> int:
        self._conversation.is_open = True
        self._conversation.refusal = None
        self._conversation.add(message)
        return await self._account.happen(_update(message=message))

    def _new_message(self, reply_to: Message | None = None) -> Message:
        message = self._account.new_message(self._conversation, self.user)
        if reply_to is not None:
            message["reply_to_message"] = reply_to
        return message

    def _photo_sizes(self, content: bytes, width: int, height: int) -> list[PhotoSize]:
        longest = max(width, height)
        sides = [side for side in _PHOTO_SIDES if side < longest] or [longest]
        return [
            self._account.files.keep(content, "photo.jpg", "image/jpeg").photo_size(
                round(width * side / longest), round(height * side / longest)
            )
            for side in sides
        ]

    async def _member_status(self, before: str, after: str) -> int:
        bot = self._account.user
        update: Update = {
            "update_id": 0,
            "my_chat_member": {
                "chat": self._conversation.chat,
                "from": self.user,
                "date": self._account.unix_time,
                "old_chat_member": _member(bot, before),
                "new_chat_member": _member(bot, after),
            },
        }
        return await self._account.happen(update)


class Citizen(Correspondent):
    """A person in a private chat; the bot may speak only after the person did."""

    async def blocks_bot(self) -> int:
        """Block the bot: it is refused with 403 from now on, until the person writes again. Returns the update_id."""
        self._conversation.refusal = ApiError(403, Refusal.BLOCKED)
        return await self._member_status("member", "kicked")


class Group(Correspondent):
    """A group that the bot was added to; `user` is the member who writes and presses buttons."""

    async def removes_bot(self) -> int:
        """Throw the bot out: it is refused with 403 from now on. Returns the update_id."""
        self._conversation.refusal = ApiError(403, Refusal.KICKED)
        return await self._member_status("member", "kicked")


def private_chat(user: User) -> Chat:
    """Return the chat that a person has with the bot."""
    chat: Chat = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
    if "last_name" in user:
        chat["last_name"] = user["last_name"]
    if "username" in user:
        chat["username"] = user["username"]
    return chat


def _captioned(message: Message, caption: str) -> Message:
    if caption:
        message["caption"] = caption
        if entities := written_entities(caption):
            message["caption_entities"] = entities
    return message


def _update(**content: object) -> Update:
    return cast("Update", {"update_id": 0, **content})


def _member(user: User, status: str) -> ChatMember:
    member = cast("ChatMember", {"status": status, "user": user})
    if status == "kicked":
        member["until_date"] = 0
    return member
