"""What people see of the bot before they write to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from telegram import Bot

from services.ideas.settings import Telegram
from services.intake.telegram.client import receiving_bot
from services.intake.telegram.profile import announce_profile
from tests.fakes.bot_api import BotApiServer
from tests.intake.updates import CATALOGUE

TEXTS = CATALOGUE.texts
PRIVATE_CHATS = '{"type": "all_private_chats"}'


@pytest.fixture
async def bot(bot_api: BotApiServer) -> AsyncIterator[Bot]:
    bot = receiving_bot(Telegram(token=SecretStr(bot_api.token), base_url=bot_api.base_url))
    yield bot
    await bot.request.shutdown()


async def announce(bot: Bot) -> None:
    """Announce the profile, hardly waiting after a fault."""
    async with asyncio.timeout(5):
        await announce_profile(bot, TEXTS, asyncio.Event(), backoff_seconds=(0.01,))


@pytest.mark.parametrize(("code", "language"), [("", "de"), ("en", "en")])
async def test_menu_and_descriptions_are_those_of_the_texts(
    bot: Bot, bot_api: BotApiServer, code: str, language: str
) -> None:
    """In the region's own language for everybody, and in each other one for phones that have it."""
    await announce(bot)
    words = TEXTS.words(language)
    menu = [{"command": form.name, "description": form.description} for form in words.commands.values()]
    assert sorted(map(str, bot_api.commands(code, PRIVATE_CHATS))) == sorted(map(str, menu))
    assert bot_api.about("description", code) == words.description
    assert bot_api.about("short_description", code) == words.short_description
    assert not bot_api.violations


async def test_groups_get_no_menu(bot: Bot, bot_api: BotApiServer) -> None:
    """What people can ask for in private is nothing for a group."""
    await announce(bot)
    assert bot_api.commands() == []


async def test_what_is_set_already_is_not_set_again(bot: Bot, bot_api: BotApiServer) -> None:
    """A start changes nothing at Telegram where nothing has changed here."""
    await announce(bot)
    before = len([call for call in bot_api.calls if call.method.startswith("set")])
    await announce(bot)
    assert len([call for call in bot_api.calls if call.method.startswith("set")]) == before == 6


async def test_faults_are_waited_out(bot: Bot, bot_api: BotApiServer) -> None:
    """Whatever Telegram answers meanwhile, the profile is complete in the end."""
    bot_api.answer_next("setMyCommands", 2, status=500, description="Internal Server Error")
    bot_api.page_next("setMyDescription")
    bot_api.drop_next("getMyShortDescription")
    await announce(bot)
    assert bot_api.about("short_description", "en") == TEXTS.words("en").short_description


async def test_it_ends_with_the_service(bot: Bot, bot_api: BotApiServer) -> None:
    """A fault is not waited out beyond the stop."""
    bot_api.answer_next("getMyCommands", status=500, description="Internal Server Error")
    stop = asyncio.Event()
    announcing = asyncio.create_task(announce_profile(bot, TEXTS, stop, backoff_seconds=(60,)))
    await bot_api.called("getMyCommands")
    stop.set()
    async with asyncio.timeout(2):
        await announcing


@pytest.mark.parametrize(
    ("status", "description", "event"),
    [
        (400, "Bad Request: BOT_COMMAND_INVALID", "telegram.profile_refused"),
        (401, "Unauthorized", "telegram.off"),
    ],
)
async def test_what_no_repetition_mends_is_told_once(
    bot: Bot, bot_api: BotApiServer, status: int, description: str, event: str
) -> None:
    """A text that Telegram does not take, or a rejected token, holds nothing else up."""
    bot_api.answer_next("setMyCommands", status=status, description=description)
    with capture_logs() as logs:
        await announce(bot)
    assert [entry["event"] for entry in logs] == [event]
    assert len(bot_api.calls_of("setMyCommands")) == 1
