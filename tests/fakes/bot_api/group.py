"""A group of people, with the bot in it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.correspondent import Correspondent
from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.membership import close_to_bot, membership_changed, service_message
from tests.fakes.bot_api.privacy import is_for_bot

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import Chat, Message, User

# In whose name a supergroup itself speaks.
_ANONYMOUS: User = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
# Supergroups have ids below this one, basic groups above.
_SUPERGROUP_IDS = -1_000_000_000_000


class Group(Correspondent):
    """A group; `user` is the member who writes and presses buttons, and adds and removes the bot."""

    def as_member(self, member: Correspondent) -> Group:
        """Return the same group as another member sees it and writes in it."""
        return Group(self._account, self._conversation, member.user)

    async def adds_bot(self) -> int:
        """Take the bot in: its new membership, then the service message. Returns the first update_id."""
        self._conversation.refusal = None
        update_id = await self._changed("left", "member")
        await service_message(self._account, self._conversation, self.user, {"new_chat_members": [self._account.user]})
        return update_id

    async def is_founded_with_bot(self) -> int:
        """Found the group with the bot as a member from the start. Returns the first update_id."""
        self._conversation.refusal = None
        update_id = await self._changed("left", "member")
        await service_message(self._account, self._conversation, self.user, {"group_chat_created": True})
        return update_id

    async def removes_bot(self) -> int:
        """Throw the bot out: it is refused with 403 from now on. Returns the first update_id."""
        close_to_bot(self._conversation, Refusal.KICKED)
        update_id = await self._changed("member", "kicked")
        await service_message(self._account, self._conversation, self.user, {"left_chat_member": self._account.user})
        return update_id

    async def becomes_supergroup(self, chat_id: int, *, is_bot_told: bool = True) -> Group:
        """Give the group its new id; the bot is told by two service messages, and by what the old id answers.

        `is_bot_told=False`: the updates are lost, so that a refused call is the first that the bot hears of it.
        """
        old = self._conversation.chat
        if old["type"] != "group" or chat_id >= _SUPERGROUP_IDS:
            raise ValueError(f"{old['type']} {old['id']} cannot become supergroup {chat_id}")
        chat: Chat = {"id": chat_id, "type": "supergroup", "title": old["title"]}
        new = Group(self._account, self._account.open_chat(chat, is_open=True), self.user)
        self._conversation.refusal = ApiError(400, Refusal.UPGRADED, {"migrate_to_chat_id": chat_id})
        if is_bot_told:
            await service_message(self._account, self._conversation, self.user, {"migrate_to_chat_id": chat_id})
            await service_message(
                self._account,
                new._conversation,
                _ANONYMOUS,
                {"migrate_from_chat_id": self.chat_id, "sender_chat": chat},
            )
        return new

    async def _changed(self, before: str, after: str) -> int:
        change = membership_changed(self._account, self._conversation, self.user, (before, after))
        return await self._account.happen(change)

    async def _come_in(self) -> None:
        self._account.meet(self.user["id"])

    async def _tell(self, kind: str, message: Message) -> int:
        is_there = self._conversation.refusal is None
        if is_there and (self._account.reads_all_groups or is_for_bot(message, self._account.user)):
            return await super()._tell(kind, message)
        return 0


def group_chat(chat_id: int, title: str) -> Chat:
    """Return a group; what kind of group it is shows in its id."""
    return {"id": chat_id, "type": "supergroup" if chat_id < _SUPERGROUP_IDS else "group", "title": title}
