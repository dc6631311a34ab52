"""The methods by which a bot describes itself: its commands, its name, and what an empty chat and its profile say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import Refusal, WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.requests import (
        DeleteMyCommands,
        GetMyCommands,
        GetMyDescription,
        SetMyCommands,
        SetMyDescription,
        SetMyName,
        SetMyShortDescription,
    )
    from tests.fakes.bot_api.wire import BotCommand, BotCommandScope, BotDescription, BotShortDescription

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_MOST_COMMANDS = 100
_COMMAND_DESCRIPTION_LENGTH = 256
_NAME_LENGTH = 64
_DESCRIPTION_LENGTH = 512
_SHORT_DESCRIPTION_LENGTH = 120


async def set_my_commands(account: Account, p: SetMyCommands) -> bool:
    """Set the commands in the client's menu for a scope and a language."""
    if len(p["commands"]) > _MOST_COMMANDS:
        raise WrongParameterError(Refusal.TOO_MANY_COMMANDS)
    for each in p["commands"]:
        if not _COMMAND.fullmatch(each["command"]):
            raise WrongParameterError(Refusal.COMMAND)
        if not 1 <= len(each["description"]) <= _COMMAND_DESCRIPTION_LENGTH:
            raise WrongParameterError(Refusal.COMMAND_DESCRIPTION)
    account.commands[_audience(p)] = p["commands"]
    await account.changes.announce()
    return True


async def get_my_commands(account: Account, p: GetMyCommands) -> list[BotCommand]:
    """Return the commands of exactly this scope and language."""
    return account.commands.get(_audience(p), [])


async def delete_my_commands(account: Account, p: DeleteMyCommands) -> bool:
    """Take the commands of a scope and language back."""
    account.commands.pop(_audience(p), None)
    await account.changes.announce()
    return True


async def set_my_name(account: Account, p: SetMyName) -> bool:
    """Set the bot's name for a language."""
    return _tell(account, ("name", p.get("language_code", "")), p.get("name", ""))


async def set_my_description(account: Account, p: SetMyDescription) -> bool:
    """Set what a chat shows in which nothing was said yet."""
    return _tell(account, ("description", p.get("language_code", "")), p.get("description", ""))


async def set_my_short_description(account: Account, p: SetMyShortDescription) -> bool:
    """Set what the bot's profile shows."""
    return _tell(account, ("short_description", p.get("language_code", "")), p.get("short_description", ""))


async def get_my_description(account: Account, p: GetMyDescription) -> BotDescription:
    """Return the description of exactly this language."""
    return {"description": account.about.get(("description", p.get("language_code", "")), "")}


async def get_my_short_description(account: Account, p: GetMyDescription) -> BotShortDescription:
    """Return the short description of exactly this language."""
    return {"short_description": account.about.get(("short_description", p.get("language_code", "")), "")}


# The lengths are documented; how the real server words its refusal is not known, the wording here is our own.
_LENGTHS = {
    "name": (_NAME_LENGTH, Refusal.NAME_TOO_LONG),
    "description": (_DESCRIPTION_LENGTH, Refusal.DESCRIPTION_TOO_LONG),
    "short_description": (_SHORT_DESCRIPTION_LENGTH, Refusal.SHORT_DESCRIPTION_TOO_LONG),
}


def _tell(account: Account, where: tuple[str, str], text: str) -> bool:
    kind, language = where
    longest, refusal = _LENGTHS[kind]
    _check_language(language)
    if len(text) > longest:
        raise WrongParameterError(refusal)
    account.about[where] = text
    return True


def _audience(p: SetMyCommands | GetMyCommands | DeleteMyCommands) -> tuple[str, str]:
    """Return scope and language as the key under which commands are kept."""
    default: BotCommandScope = {"type": "default"}
    scope = p.get("scope", default)
    if scope["type"] in {"chat", "chat_administrators", "chat_member"} and "chat_id" not in scope:
        raise WrongParameterError(Refusal.SCOPE_CHAT)
    language = p.get("language_code", "")
    _check_language(language)
    return json.dumps(scope, sort_keys=True), language


def _check_language(code: str) -> None:
    if not _LANGUAGE.fullmatch(code):
        raise WrongParameterError(Refusal.LANGUAGE)
