from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from telegram import (
    Bot,
)
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from tests.fakes.bot_api import BotApiServer, Citizen


async def test_the_bot_learns_who_it_is(server: BotApiServer, bot: Bot) -> None:
    """GetMe tells the library a bot with an id and a user name, and calls of a correct client are no violations."""
    assert (bot.bot.is_bot, bot.username, server.violations) == (True, server.bot["username"], [])


async def test_a_wrong_token_is_refused(server: BotApiServer) -> None:
    """A wrong token is answered with 401 and noted as a violation."""
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=server.base_url) as stranger:
            await stranger.get_me()
    assert server.violations == ["wrong token"]


async def test_commands_are_kept_by_language(server: BotApiServer, bot: Bot) -> None:
    """Commands set for a language can be read there, and an ill-formed one is refused."""
    await bot.set_my_commands([("start", "Beginnen")], language_code="de")

    assert (server.commands("de"), server.commands()) == ([{"command": "start", "description": "Beginnen"}], [])
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([("Start!", "Beginnen")])


async def test_a_scripted_refusal_comes_once_and_does_nothing(
    server: BotApiServer, bot: Bot, erika: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scripted 429 carries retry_after, nothing is sent, and the next call succeeds."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library warns of whole seconds
    await erika.says("Hallo")
    server.answer_next("sendMessage", 1, 429, "Too Many Requests: retry after 5", {"retry_after": 5})

    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(erika.chat_id, "eins")
    await bot.send_message(erika.chat_id, "zwei")

    assert refused.value.retry_after == timedelta(seconds=5)
    assert [each["text"] for each in erika.messages] == ["zwei"]
    assert [each.is_carried_out for each in server.calls_of("sendMessage")] == [False, True]


async def test_a_held_call_goes_on_when_released(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A held call does nothing until it is released, and is then carried out."""
    await erika.says("Hallo")
    hang = server.hang_next("sendMessage")
    sending = asyncio.create_task(bot.send_message(erika.chat_id, "eins"))
    await hang.reached()
    before = erika.messages
    hang.release()

    assert (before, (await sending).text) == ((), "eins")


async def test_a_lost_answer_leaves_the_message_sent(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """When an answer is lost, the client sees a network error though the message was sent."""
    await erika.says("Hallo")
    server.lose_next_answer("sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(erika.chat_id, "eins")

    assert [each["text"] for each in erika.messages] == ["eins"]


@pytest.mark.parametrize(
    ("method", "parameters", "status", "violation"),
    [
        ("sendMessage", {"chat_id": 4711, "text": "x", "disable_web_page_preview": True}, 400, "not a field"),
        ("sendMessage", {"chat_id": 4711, "text": 5}, 400, "int instead of str"),
        ("sendMessage", {"chat_id": 4711}, 400, "missing"),
        ("getUpdates", {"timeout": "bald"}, 400, "str instead of int"),
        ("setMyCommands", {"commands": [{"command": "start"}]}, 400, "commands[0].description: missing"),
        ("sendTelegram", {}, 404, "unknown method"),
    ],
)
async def test_what_no_correct_client_sends_is_noted(
    server: BotApiServer, method: str, parameters: dict[str, object], status: int, violation: str
) -> None:
    """Unknown methods, unknown parameters and wrong types are refused and noted as violations."""
    address = f"{server.base_url}{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(address, json=parameters) as answer:
        body = await answer.json()

    assert (answer.status, body["ok"], body["error_code"]) == (status, False, status)
    assert violation in server.violations[0]


async def test_parameters_may_stand_in_the_query(server: BotApiServer, erika: Citizen) -> None:
    """A GET with parameters in the query does the same as a POST, in any case of the method's name."""
    await erika.says("Hallo")
    address = f"{server.base_url}{server.token}/SENDMESSAGE"
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, params={"chat_id": 4711, "text": "1"}) as answer,
    ):
        assert (await answer.json())["result"]["text"] == "1"


async def test_what_has_arrived_is_done_though_the_client_is_gone(
    server: BotApiServer, bot: Bot, erika: Citizen
) -> None:
    """A request that has arrived is carried out even if the client gives up before the answer."""
    await erika.says("Hallo")
    hang = server.hang_next("sendMessage")
    sending = asyncio.create_task(bot.send_message(erika.chat_id, "eins"))
    await hang.reached()
    sending.cancel()
    await asyncio.wait([sending])
    hang.release()

    assert (await erika.next_message())["text"] == "eins"
