"""One chat between the bot and a person or a group: what was said in it, and whether the bot may still speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.changes import Changes

if TYPE_CHECKING:
    from tests.fakes.bot_api.buttons import ReplyKeyboardMarkup, ReplyMarkup
    from tests.fakes.bot_api.errors import ApiError
    from tests.fakes.bot_api.wire import Chat, Message


@dataclass(frozen=True, slots=True)
class Notice:
    """How the bot answered the press of a button."""

    text: str
    show_alert: bool


class Conversation:
    """The messages of one chat as its people see them; `refusal` is what the bot gets instead of being heard."""

    def __init__(self, chat: Chat, bot_id: int, refusal: ApiError | None) -> None:
        self.chat = chat
        self.refusal = refusal
        self.changes = Changes()
        self.keyboard: ReplyKeyboardMarkup | None = None
        self.actions: list[str] = []
        self.notices: list[Notice] = []
        self.open_presses: set[str] = set()
        self._bot_id = bot_id
        self._messages: dict[int, Message] = {}
        self._reworded: set[int] = set()
        self._from_bot: list[int] = []
        self._read = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that was said and not deleted, oldest first, as it reads now."""
        return tuple(self._messages.values())

    @property
    def bot_messages(self) -> tuple[Message, ...]:
        """What the bot sent and did not delete, oldest first, as it reads now."""
        return tuple(self._messages[each] for each in self._from_bot if each in self._messages)

    async def next_bot_message(self, timeout_s: float) -> Message:
        """Return the first message of the bot that this method has not returned yet."""
        await self.changes.expect(
            lambda: self._unread() is not None, f"a message to chat {self.chat['id']}", timeout_s=timeout_s
        )
        position = self._unread()
        if position is None:
            raise TimeoutError(f"a message to chat {self.chat['id']} was taken by another reader")
        self._read = position + 1
        return self._messages[self._from_bot[position]]

    def check_open(self) -> None:
        """Raise ApiError where the bot may not speak."""
        if self.refusal is not None:
            raise self.refusal.again()

    def is_of_bot(self, message: Message) -> bool:
        """Whether the bot itself sent this message."""
        return message["from"]["id"] == self._bot_id

    def is_reworded(self, message_id: int) -> bool:
        """Whether people see that this message was edited."""
        return message_id in self._reworded

    def add(self, message: Message, *, is_spoken: bool = True) -> None:
        """Keep a message of either side, or what the chat itself says in somebody's name."""
        self._messages[message["message_id"]] = message
        if is_spoken and self.is_of_bot(message):
            self._from_bot.append(message["message_id"])

    def replace(self, message: Message, *, is_reworded: bool = True) -> None:
        """Keep the edited form of a message; other buttons alone do not make it a reworded one."""
        self._messages[message["message_id"]] = message
        if is_reworded:
            self._reworded.add(message["message_id"])

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

    def sent_count(self) -> int:
        """Return how many messages the bot sent in all, deleted ones included."""
        return len(self._from_bot)

    def _unread(self) -> int | None:
        """Return where the next unread message of the bot stands, passing over those that it deleted."""
        positions = range(self._read, len(self._from_bot))
        return next((each for each in positions if self._from_bot[each] in self._messages), None)


def quoted(message: Message) -> Message:
    """Return a message as a reply carries it: without what it replies to itself."""
    plain: Message = {**message}
    plain.pop("reply_to_message", None)
    return plain
