"""The methods around the bot itself: who it is, its commands, files that it fetches, buttons that it answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.fakes.bot_api.account import Notice
from tests.fakes.bot_api.errors import ApiError, Refusal

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.requests import AnswerCallbackQuery, GetFile, GetMe, SetMyCommands
    from tests.fakes.bot_api.wire import BotCommandScope, File, User

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_NOTICE_LENGTH = 200


async def get_me(account: Account, _: GetMe) -> User:
    """Return the bot with the abilities that only getMe tells."""
    return {
        **account.user,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_file(account: Account, p: GetFile) -> File:
    """Where a file can be fetched."""
    return account.files.of_id(p["file_id"]).file()


async def set_my_commands(account: Account, p: SetMyCommands) -> bool:
    """Return the commands in the client's menu, by scope and language."""
    if len(p["commands"]) > _MOST_COMMANDS:
        raise ApiError(400, Refusal.TOO_MANY_COMMANDS)
    for each in p["commands"]:
        if not _COMMAND.fullmatch(each["command"]):
            raise ApiError(400, Refusal.COMMAND)
        if not 1 <= len(each["description"]) <= 256:
            raise ApiError(400, Refusal.COMMAND_DESCRIPTION)
    default: BotCommandScope = {"type": "default"}
    scope = json.dumps(p.get("scope", default), sort_keys=True)
    account.commands[scope, p.get("language_code", "")] = p["commands"]
    await account.changes.announce()
    return True


async def answer_callback_query(account: Account, p: AnswerCallbackQuery) -> bool:
    """End the waiting of the person who pressed a button; each press is answered once."""
    text = p.get("text", "")
    if len(text) > _NOTICE_LENGTH:
        raise ApiError(400, Refusal.NOTICE_TOO_LONG)
    chat_id = account.open_queries.pop(p["callback_query_id"], None)
    if chat_id is None:
        raise ApiError(400, Refusal.QUERY_INVALID)
    account.notices.setdefault(chat_id, []).append(Notice(text, p.get("show_alert", False)))
    await account.changes.announce()
    return True
