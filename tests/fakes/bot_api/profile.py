"""The methods around the bot itself: who it is, files that it fetches, buttons that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.conversation import Notice
from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.requests import AnswerCallbackQuery, GetFile, GetMe
    from tests.fakes.bot_api.wire import File, User

_NOTICE_LENGTH = 200


async def get_me(account: Account, _: GetMe) -> User:
    """Return the bot with the abilities that only getMe tells."""
    return {
        **account.user,
        "can_join_groups": True,
        "can_read_all_group_messages": account.reads_all_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_file(account: Account, p: GetFile) -> File:
    """Where a file can be fetched."""
    return account.files.of_id(p["file_id"]).file()


async def answer_callback_query(account: Account, p: AnswerCallbackQuery) -> bool:
    """End the waiting of the person who pressed a button; each press is answered once."""
    text = p.get("text", "")
    if len(text) > _NOTICE_LENGTH:
        raise WrongParameterError(Refusal.NOTICE_TOO_LONG)
    conversation = account.open_queries.pop(p["callback_query_id"], None)
    if conversation is None:
        raise ApiError(400, Refusal.QUERY_INVALID)
    conversation.open_presses.discard(p["callback_query_id"])
    conversation.notices.append(Notice(text, p.get("show_alert", False)))
    await conversation.changes.announce()
    return True
