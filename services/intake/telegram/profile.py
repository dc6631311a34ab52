"""What people see of the bot before they write to it: its menu and its descriptions, as the texts have them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import BadRequest, InvalidToken, TelegramError

from services.ideas.texts import OWN_LANGUAGE, Texts
from services.ideas.waiting import wait_for
from services.ideas.words import Command, Words
from services.intake.telegram.client import BACKOFF_SECONDS, pause_after, tell_rejected

# In groups the bot has nothing to offer.
_SCOPE = BotCommandScopeAllPrivateChats()
_ISO_639_1_LENGTH = 2

log = structlog.get_logger(__name__)


async def announce_profile(
    bot: Bot, texts: Texts, stop: asyncio.Event, *, backoff_seconds: Sequence[float] = BACKOFF_SECONDS
) -> None:
    """Set whatever differs; a fault is tried again until it works or the service stops."""
    failures = 0
    while not stop.is_set():
        try:
            for language in texts.languages:
                await _announce(bot, texts.words(language), language)
        except InvalidToken:
            return tell_rejected()
        except BadRequest:
            log.error("telegram.profile_refused")  # noqa: TRY400 - what it answers stands nowhere else, and is no defect
            return None
        except TelegramError as error:
            pause = pause_after(error, failures, backoff_seconds)
            failures += 1
            log.warning("telegram.profile_waits", error=type(error).__name__, seconds=pause)
            await wait_for(stop, pause)
        else:
            log.info("telegram.profile_set")
            return None
    return None


async def _announce(bot: Bot, words: Words, language: str) -> None:
    """Say it in one language: the region's own is everybody's for whom there is no other (Bot API, setMyCommands)."""
    if language != OWN_LANGUAGE and len(language) != _ISO_639_1_LENGTH:
        return  # no phone has Leichte Sprache
    code = "" if language == OWN_LANGUAGE else language
    commands = tuple(BotCommand(words.commands[each].name, words.commands[each].description) for each in Command)
    if await bot.get_my_commands(_SCOPE, code) != commands:
        await bot.set_my_commands(commands, _SCOPE, code)
    if (await bot.get_my_description(code)).description != words.description:
        await bot.set_my_description(words.description, code)
    if (await bot.get_my_short_description(code)).short_description != words.short_description:
        await bot.set_my_short_description(words.short_description, code)
