"""The methods about a chat as a whole: what it is, and leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.requests import GetChat, LeaveChat
    from tests.fakes.bot_api.wire import ChatFullInfo, ChatMember, ChatMemberUpdated, Message, Update, User

# Refusals after which a chat is still known to the bot.
_STILL_READABLE = (Refusal.BLOCKED, Refusal.DEACTIVATED)


async def get_chat(account: Account, p: GetChat) -> ChatFullInfo:
    """Tell what a chat is, also of a person who has blocked the bot."""
    found = account.conversations.get(p["chat_id"]) if isinstance(p["chat_id"], int) else None
    if found is None or (found.refusal and found.refusal.description not in _STILL_READABLE):
        found = account.conversation(p["chat_id"])
    return {
        **found.chat,
        "accent_color_id": 3,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }


async def leave_chat(account: Account, p: LeaveChat) -> bool:
    """Leave a group; the bot hears of it like everybody."""
    conversation = account.conversation(p["chat_id"])
    if conversation.chat["type"] == "private":
        raise WrongParameterError(Refusal.PRIVATE_CHAT)
    close_to_bot(conversation, Refusal.NOT_MEMBER)
    await account.happen(membership_changed(account, conversation, account.user, ("member", "left")))
    await service_message(account, conversation, account.user, {"left_chat_member": account.user})
    return True


def close_to_bot(conversation: Conversation, refusal: Refusal) -> None:
    """Refuse the bot from now on; the real server says "group chat" or "supergroup chat"."""
    conversation.refusal = ApiError(403, refusal.format(kind=conversation.chat["type"]))


def membership_changed(account: Account, conversation: Conversation, by: User, change: tuple[str, str]) -> Update:
    """Return the update that tells the bot what it has become in a chat: from one status to another."""
    before, after = change
    changed: ChatMemberUpdated = {
        "chat": conversation.chat,
        "from": by,
        "date": account.unix_time,
        "old_chat_member": _member(account.user, before),
        "new_chat_member": _member(account.user, after),
    }
    return {"update_id": 0, "my_chat_member": changed}


async def service_message(account: Account, conversation: Conversation, by: User, content: dict[str, object]) -> int:
    """Let a chat say that something about it has changed; bots in privacy mode get these as well."""
    message = cast("Message", {**account.new_message(conversation, by), **content})
    conversation.add(message, is_spoken=False)
    return await account.happen({"update_id": 0, "message": message})


def _member(user: User, status: str) -> ChatMember:
    member = cast("ChatMember", {"status": status, "user": user})
    if status == "kicked":
        member["until_date"] = 0
    return member
