"""A person in a private chat with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.correspondent import Correspondent
from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.membership import membership_changed

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import Chat, Update, User


class Citizen(Correspondent):
    """A person; the bot may speak only after the person did."""

    async def blocks_bot(self) -> int:
        """Block the bot: it is refused with 403 until the person unblocks it. Returns the update_id."""
        self._conversation.refusal = ApiError(403, Refusal.BLOCKED)
        return await self._account.happen(self._membership("member", "kicked"))

    async def unblocks_bot(self) -> int:
        """Let the bot speak again; whoever writes after a block has done so first. Returns the update_id."""
        self._conversation.refusal = None
        return await self._account.happen(self._membership("kicked", "member"))

    def deletes_account(self) -> None:
        """Leave Telegram: the bot is refused with 403 for ever, and is not told."""
        self._conversation.refusal = ApiError(403, Refusal.DEACTIVATED)

    async def _come_in(self) -> None:
        refusal = self._conversation.refusal
        if refusal and refusal.description == Refusal.DEACTIVATED:
            raise LookupError("this person has left Telegram")
        if refusal and refusal.description == Refusal.BLOCKED:
            await self.unblocks_bot()
        self._conversation.refusal = None

    def _membership(self, before: str, after: str) -> Update:
        return membership_changed(self._account, self._conversation, self.user, (before, after))


def private_chat(user: User) -> Chat:
    """Return the chat that a person has with the bot."""
    chat: Chat = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
    if "last_name" in user:
        chat["last_name"] = user["last_name"]
    if "username" in user:
        chat["username"] = user["username"]
    return chat
