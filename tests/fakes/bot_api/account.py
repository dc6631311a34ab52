"""Everything that Telegram knows about one bot: its chats, updates, files, commands and webhook."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.bot_api.conversation import Conversation
from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.files import FileStore
from tests.fakes.bot_api.updates import UpdateQueue
from tests.fakes.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.bot_api.webhook import WebhookDelivery
    from tests.fakes.bot_api.wire import BotCommand, Chat, Message, Update, User


def _bot_user() -> User:
    return {"id": 7_531_902_468, "is_bot": True, "first_name": "Ideenkanal", "username": "ideenkanal_test_bot"}


@dataclass(slots=True)
class Account:
    """One bot at Telegram; all of it lives in one event loop.

    `changes` is for calls, polls and updates; each conversation has its own. `about` holds what setMyName,
    setMyDescription and setMyShortDescription said, by kind and language.
    """

    token: str
    now: Callable[[], float] = time.time
    webhook_retry_s: float = 0.05
    user: User = field(default_factory=_bot_user)
    reads_all_groups: bool = False
    changes: Changes = field(default_factory=Changes)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    files: FileStore = field(default_factory=FileStore)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[BotCommand]] = field(default_factory=dict)
    about: dict[tuple[str, str], str] = field(default_factory=dict)
    open_queries: dict[str, Conversation] = field(default_factory=dict)
    webhook: WebhookDelivery | None = None
    poll_generation: int = 0
    open_polls: int = 0
    is_closing: bool = False
    _message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _query_ids: Iterator[int] = field(default_factory=lambda: itertools.count(secrets.randbelow(10**15) + 10**17))

    @property
    def unix_time(self) -> int:
        """The present in whole seconds, as every date of the Bot API is."""
        return int(self.now())

    def open_chat(self, chat: Chat, *, is_open: bool) -> Conversation:
        """Make a chat known; `is_open`: the bot may speak in it at once."""
        if chat["id"] in self.conversations:
            raise ValueError(f"chat {chat['id']} exists already")
        refusal = None if is_open else ApiError(400, Refusal.CHAT_NOT_FOUND)
        self.conversations[chat["id"]] = Conversation(chat, self.user["id"], refusal)
        return self.conversations[chat["id"]]

    def conversation(self, chat_id: int | str) -> Conversation:
        """Return the chat in which the bot may speak, or raise the ApiError that says why it may not."""
        found = self.conversations.get(chat_id) if isinstance(chat_id, int) else None
        if found is None:
            raise ApiError(400, Refusal.CHAT_NOT_FOUND)
        found.check_open()
        return found

    def meet(self, user_id: int) -> None:
        """Let the bot see a person in a group: it knows then whom it may not write to first."""
        private = self.conversations.get(user_id)
        if private and private.refusal and private.refusal.description == Refusal.CHAT_NOT_FOUND:
            private.refusal = ApiError(403, Refusal.CANNOT_INITIATE)

    def new_message(self, conversation: Conversation, sender: User) -> Message:
        """Return an empty message of `sender`, with id, date and chat; not kept yet."""
        return {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": conversation.chat,
            "date": self.unix_time,
        }

    def new_query_id(self) -> str:
        """Return the id of the next press of a button."""
        return str(next(self._query_ids))

    async def happen(self, update: Update) -> int:
        """Queue an update for the bot and return its id."""
        update_id = self.updates.add(update)
        await self.changes.announce()
        return update_id
