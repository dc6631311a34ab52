"""Which messages of a group reach a bot in privacy mode, the mode in which every bot starts.

core.telegram.org/bots/features#privacy-mode: commands that are meant for it, commands meant for nobody in particular
(if it spoke last; a group here has one bot), and answers to its own messages; service messages always. A plain
@mention is not in that list, and bots do not get it (tdesktop #2117, telegraf #545, chatgpt-telegram-bot #39), though
BotFather says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import Message, User


def is_for_bot(message: Message, bot: User) -> bool:
    """Whether a person's message is handed to a bot that may not read everything."""
    replied = message.get("reply_to_message")
    if replied and replied["from"]["id"] == bot["id"]:
        return True
    return any(name.lower() in {"", bot["username"].lower()} for name in _called_by_command(message))


def _called_by_command(message: Message) -> list[str]:
    """Return whom the commands in a message are for, "" for one that names nobody."""
    text = (message.get("text") or message.get("caption", "")).encode("utf-16-le")
    entities = message.get("entities") or message.get("caption_entities", [])
    return [
        text[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le").partition("@")[2]
        for each in entities
        if each["type"] == "bot_command"
    ]
