from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from telegram.error import TelegramError

from services.cli.logs import configure_logging
from services.ideas.settings import Telegram
from services.notifier.channels.telegram import sending_bot
from tests.fakes.bot_api import BotApiServer

ADDRESS = "erika.mustermann@example.org"
TOKEN = "7531902468:AAtest-token_of_the_test_server_00"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the program logs, configured as a service is; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logging(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_time_level_and_name(stream: io.StringIO) -> None:
    """Our own events carry their fields, a UTC time, a level and the logger's name."""
    structlog.get_logger("room").info("idea.read", reference="SWS-2026-0042-7", attempt=1)

    (event,) = events(stream)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "idea.read",
        "level": "info",
        "logger": "room",
        "reference": "SWS-2026-0042-7",
        "attempt": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        f"asked https://api.telegram.org/bot{TOKEN}/getMe",
        f"token {TOKEN}",
        f"to <{ADDRESS}>: unknown",
        f"recipient={ADDRESS};x",
        f"'{ADDRESS}'",
        "postgresql+asyncpg://ideen:erika.mustermann@db/ideen",
    ],
)
@pytest.mark.parametrize("shape", ["{}", ["{}"], {"deep": ["{}"]}, {"{}": 1}, ("{}",)], ids=str)
def test_neither_tokens_nor_addresses_reach_the_log(stream: io.StringIO, text: str, shape: Any) -> None:
    """A token and an address are replaced wherever they stand: in a text, a list, or a mapping."""
    filled = _filled(shape, text)

    structlog.get_logger("room").info("event", value=filled)
    logging.getLogger("library").warning("it says %s", filled)

    logged = stream.getvalue()
    assert len(events(stream)) == 2
    assert "AAtest" not in logged
    assert "mustermann" not in logged


def _filled(shape: Any, text: str) -> Any:
    if isinstance(shape, dict):
        return {_filled(key, text): _filled(value, text) for key, value in shape.items()}
    if isinstance(shape, list | tuple):
        return [_filled(value, text) for value in shape]
    return text if shape == "{}" else shape


def test_an_exception_tells_its_place_and_not_its_message(stream: io.StringIO) -> None:
    """Of an error the log holds type and frames: its message may be somebody's words."""
    try:
        int("the words of a citizen")
    except ValueError as error:
        structlog.get_logger("room").exception("room.defect", given=error)
        logging.getLogger("library").exception("failed")

    for event in events(stream):
        assert event["error"] == "ValueError"
        assert event["trace"][0].startswith("test_logs.py:")
    assert "citizen" not in stream.getvalue()


async def test_a_forgotten_task_tells_no_message_either(stream: io.StringIO) -> None:
    """Asyncio's complaint about an error that nobody fetched is kept, without the error's message."""
    loop = asyncio.get_running_loop()

    loop.default_exception_handler(
        {"message": "Task exception was never retrieved", "exception": ValueError("a citizen"), "task": "a citizen"}
    )

    (event,) = events(stream)
    assert (event["event"], event["error"]) == ("Task exception was never retrieved", "ValueError")
    assert "citizen" not in stream.getvalue()


@pytest.mark.parametrize(
    "sign", ["\r\n", "\x1b[2J", "\x9b2J", "\u2028", "\u0085", "\u202e", "\x00", "\ud800"], ids=ascii
)
def test_no_sign_breaks_the_line_or_steers_a_terminal(stream: io.StringIO, sign: str) -> None:
    """Line ends, escapes and signs that turn the direction of writing leave one line of plain ASCII."""
    structlog.get_logger("room").info("event", value=f'a{sign}{{"event": "forged"}}')

    logged = stream.getvalue()
    assert logged.count("\n") == 1
    assert logged.endswith("\n")
    assert all(" " <= character <= "~" for character in logged[:-1])
    assert json.loads(logged)["value"] == f'a{sign}{{"event": "forged"}}'


async def test_sending_by_telegram_logs_no_token(stream: io.StringIO) -> None:
    """Neither a message that is sent nor one that is refused leaves the token in the log."""
    async with BotApiServer(TOKEN) as server:
        await server.citizen(chat_id=4711, first_name="Anna").says("/start")
        bot = sending_bot(Telegram.model_validate({"token": TOKEN, "base_url": server.base_url}))
        async with bot.request:
            await bot.send_message(4711, "Guten Tag")
            server.answer_next("sendMessage", status=502, description="Bad Gateway")
            try:
                await bot.send_message(4711, "Guten Tag")
            except TelegramError as error:
                structlog.get_logger("room").exception("defect", given=error, text=str(error), bot=bot.base_url)

    assert "defect" in stream.getvalue()
    assert "AAtest" not in stream.getvalue()


def test_requests_are_not_logged_by_the_libraries(stream: io.StringIO) -> None:
    """The HTTP client, which tells every URL at INFO, is silent below WARNING."""
    for name in ("httpx", "httpcore", "apscheduler", "aiohttp.access"):
        logging.getLogger(name).info("POST /bot/sendMessage")

    assert stream.getvalue() == ""
