"""What somebody sees in a chat with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.transcript import Entry, entry, is_service

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.buttons import ReplyKeyboardMarkup
    from tests.fakes.bot_api.conversation import Conversation, Notice
    from tests.fakes.bot_api.wire import Message, User


class Reader:
    """Somebody who looks at one chat."""

    def __init__(self, account: Account, conversation: Conversation, user: User) -> None:
        self.user = user
        self._account = account
        self._conversation = conversation

    @property
    def chat_id(self) -> int:
        """The chat's id, which is a citizen's user id as well."""
        return self._conversation.chat["id"]

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the bot sent here and did not delete, in its present wording."""
        return self._conversation.bot_messages

    @property
    def written(self) -> tuple[Message, ...]:
        """What this person wrote here and did not delete, in its present wording."""
        return tuple(
            each
            for each in self._conversation.messages
            if each["from"]["id"] == self.user["id"] and not is_service(each)
        )

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
        return tuple(self._conversation.notices)

    def transcript(self) -> list[Entry]:
        """Return the chat as it reads now, oldest message first."""
        return [entry(self._conversation, each) for each in self._conversation.messages]

    async def next_message(self, timeout: float = 5) -> Message:  # noqa: ASYNC109  a test says how long it waits
        """Return the next message of the bot that was not returned before; TimeoutError after `timeout` seconds."""
        return await self._conversation.next_bot_message(timeout)

    async def next_notice(self, timeout: float = 5) -> Notice:  # noqa: ASYNC109  a test says how long it waits
        """Wait until the bot has answered the latest press of a button, and return its answer."""
        waits = self._conversation.open_presses
        await self._conversation.changes.expect(lambda: not waits, "an answer to the callback query", timeout_s=timeout)
        return self.notices[-1]

    async def received(self, count: int, *, timeout_s: float = 5) -> tuple[Message, ...]:
        """Return the bot's messages once it has sent `count` in all, deleted ones included."""
        await self._conversation.changes.expect(
            lambda: self._conversation.sent_count() >= count, f"{count} messages", timeout_s=timeout_s
        )
        return self.messages

    async def reads(self, text: str, *, timeout_s: float = 5) -> Message:
        """Return a message of the bot, new or edited, once one stands here that contains `text`."""
        await self._conversation.changes.expect(
            lambda: self._showing(text) is not None, f"a message with {text!r}", timeout_s=timeout_s
        )
        found = self._showing(text)
        if found is None:
            raise TimeoutError(f"a message with {text!r} was gone at once")
        return found

    def _showing(self, text: str) -> Message | None:
        wordings = ((each.get("text") or each.get("caption", ""), each) for each in reversed(self.messages))
        return next((each for wording, each in wordings if text in wording), None)
