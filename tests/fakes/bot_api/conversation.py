"""One chat between the bot and a person or a group: what was said in it, and whether the bot may still speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import ApiError, Refusal

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import Chat, Message, ReplyKeyboardMarkup, ReplyMarkup
    from tests.fakes.changes import Changes


class Conversation:
    """The messages of one chat as its people see them."""

    def __init__(self, chat: Chat, changes: Changes, *, is_open: bool) -> None:
        self.chat = chat
        self.is_open = is_open
        self.refusal: ApiError | None = None
        self.keyboard: ReplyKeyboardMarkup | None = None
        self.actions: list[str] = []
        self._changes = changes
        self._messages: dict[int, Message] = {}
        self._from_bot: list[int] = []
        self._read = 0

    @property
    def bot_messages(self) -> tuple[Message, ...]:
        """What the bot sent and did not delete, oldest first, as it reads now."""
        return tuple(self._messages[each] for each in self._from_bot if each in self._messages)

    async def next_bot_message(self, timeout_s: float) -> Message:
        """Return the first message of the bot that this method has not returned yet."""
        await self._changes.expect(
            lambda: self._unread() is not None, f"a message to chat {self.chat['id']}", timeout_s=timeout_s
        )
        position = self._unread()
        if position is None:
            raise TimeoutError(f"a message to chat {self.chat['id']} was taken by another reader")
        self._read = position + 1
        return self._messages[self._from_bot[position]]

    def check_open(self) -> None:
        """Raise ApiError where the bot may not speak: never written to (400), or blocked (403)."""
        if not self.is_open:
            raise ApiError(400, Refusal.CHAT_NOT_FOUND)
        if self.refusal is not None:
            raise self.refusal

    def add(self, message: Message) -> None:
        """Keep a message of either side."""
        self._messages[message["message_id"]] = message
        if message["from"]["is_bot"]:
            self._from_bot.append(message["message_id"])

    def replace(self, message: Message) -> None:
        """Keep the edited form of a message."""
        self._messages[message["message_id"]] = message

    def message(self, message_id: int) -> Message | None:
        """Return the message of this id."""
        return self._messages.get(message_id)

    def remove(self, message_id: int) -> bool:
        """Delete a message for everyone; False where there is none."""
        return self._messages.pop(message_id, None) is not None

    def show_keyboard(self, markup: ReplyMarkup | None) -> None:
        """Put up or take down the keyboard that a reply_markup asks for."""
        if markup is None:
            return
        if "keyboard" in markup:
            self.keyboard = markup
        elif "remove_keyboard" in markup:
            self.keyboard = None

    def _unread(self) -> int | None:
        """Return where the next unread message of the bot stands, passing over those that it deleted."""
        positions = range(self._read, len(self._from_bot))
        return next((each for each in positions if self._from_bot[each] in self._messages), None)
