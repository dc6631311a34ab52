"""A stored Telegram update, read: an idea, something the bot is asked, or nothing to do.

Which message is which is said with python-telegram-bot's filters, in a table; the library's Application is not used,
because it needs the network to start and swallows what a handler raises.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

from telegram import Message, Update
from telegram.ext import filters

from services.ideas.model import InboundMessage, Nothing, Reading, Request, Sender, Submission
from services.ideas.reference import parse_reference
from services.intake.channel import ReadMessage
from services.intake.telegram.receive import CHANNEL

# A reference number among other words.
_REFERENCE = re.compile(r"[A-Za-z]{2,5}[-\s]*\d{4}[-\s]*\d{4,7}[-\s]*\d")


def _start(message: Message) -> Reading:
    return Request(_sender(message), "welcome")


def _help(message: Message) -> Reading:
    return Request(_sender(message), "help")


def _status(message: Message) -> Reading:
    asked = " ".join((message.text or "").split()[1:])[:80]
    found = _REFERENCE.search(asked)
    return Request(
        _sender(message), "status", {"asked": parse_reference(found.group() if found else asked) or asked[:40]}
    )


def _unknown_command(message: Message) -> Reading:
    # "/idee In Plauen fehlt ein Radweg": whoever writes more than a command has said something.
    _, _, words = (message.text or "").partition(" ")
    return Submission(_sender(message), "", words.strip()) if words.strip() else _help(message)


def _idea(message: Message) -> Reading:
    return Submission(_sender(message), "", (message.text or message.caption or "").strip())


def _sender(message: Message) -> Sender:
    return Sender(CHANNEL, str(message.chat.id), verified=True)


def _command(*names: str) -> filters.BaseFilter:
    return filters.COMMAND & filters.Regex(rf"(?i)^/(?:{'|'.join(names)})(?:@\w+)?(?:\s|$)")


# The first filter that matches decides. What the bot cannot read yet (a sticker, a voice note) gets the help text.
_CONVERSATION: tuple[tuple[filters.BaseFilter, Callable[[Message], Reading]], ...] = (
    (_command("start"), _start),
    (_command("hilfe", "help"), _help),
    (_command("status"), _status),
    (filters.COMMAND, _unknown_command),
    (filters.TEXT | filters.CAPTION, _idea),
    (filters.ALL, _help),
)


class TelegramReader:
    """The reading end of the Telegram channel."""

    name = CHANNEL

    async def read_message(self, message: InboundMessage) -> ReadMessage:
        """The update's reading, made beside the event loop."""
        return ReadMessage(await asyncio.to_thread(self.read, message), message.envelope)

    def read(self, message: InboundMessage) -> Reading:
        """What an update asks for. Only private chats are listened to, and only messages as they were first sent."""
        update = Update.de_json(json.loads(message.raw))
        if update.message is None:
            return Nothing("no new message")
        if not filters.ChatType.PRIVATE.check_update(update) or filters.StatusUpdate.ALL.check_update(update):
            return Nothing("not addressed to the bot")
        answer = next(read for matches, read in _CONVERSATION if matches.check_update(update))
        return answer(update.message)
