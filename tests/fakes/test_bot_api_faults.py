"""Faults that a test can order: refusals, lost and slow answers, broken downloads, and a share of everything."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from tests.fakes.bot_api import BotApiServer, Citizen


async def test_a_flood_limit_of_one_chat_leaves_the_others_alone(
    server: BotApiServer, bot: Bot, erika: Citizen
) -> None:
    """429 for one chat comes as often as ordered, for whatever is sent there, and nowhere else."""
    max_ = server.citizen(4712, "Max")
    for each in (erika, max_):
        await each.says("Hallo")
    server.flood(7, 2, chat_id=erika.chat_id)

    await bot.send_message(max_.chat_id, "eins")
    for attempt in (bot.send_message(erika.chat_id, "eins"), bot.send_chat_action(erika.chat_id, "typing")):
        with pytest.raises(RetryAfter):
            await attempt
    await bot.send_message(erika.chat_id, "zwei")

    assert ([each["text"] for each in erika.messages], len(max_.messages)) == (["zwei"], 1)


async def test_a_flood_limit_of_all_spares_polling(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """429 for everything does not touch getUpdates, and the seconds stand in a header as well."""
    await erika.says("Hallo")
    server.flood(7)
    await bot.get_updates()
    address = f"{server.base_url}{server.token}/sendMessage"
    async with aiohttp.ClientSession() as session, session.post(address, json={"chat_id": 4711, "text": "x"}) as answer:
        body = await answer.json()

    assert (answer.status, answer.headers["Retry-After"], body["parameters"]) == (429, "7", {"retry_after": 7})


async def test_a_dropped_call_did_nothing(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A dropped connection looks like a lost answer, but nothing was carried out."""
    await erika.says("Hallo")
    server.drop_next("sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(erika.chat_id, "eins")
    assert (erika.messages, [each.is_carried_out for each in server.calls_of("sendMessage")]) == ((), [False])


@pytest.mark.parametrize("method", ["sendMessage", "*"])
async def test_a_proxy_may_answer_with_a_page(server: BotApiServer, bot: Bot, erika: Citizen, method: str) -> None:
    """An answer in HTML, which no client can read, comes without anything being done."""
    await erika.says("Hallo")
    server.page_next(method)

    with pytest.raises(NetworkError):
        await bot.send_message(erika.chat_id, "eins")
    assert erika.messages == ()


async def test_a_slow_answer_comes_after_the_work(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A slow call is carried out at once; only its answer takes the ordered time."""
    await erika.says("Hallo")
    server.slow_next("sendMessage", 0.05)
    clock = asyncio.get_running_loop().time
    begun = clock()
    sending = asyncio.create_task(bot.send_message(erika.chat_id, "eins"))
    await erika.received(1)

    assert not sending.done()
    await sending
    assert clock() - begun >= 0.05


async def test_a_download_can_fail_in_every_way(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """Fetching a file can be refused, held, dropped and cut in the middle; the next attempt succeeds."""
    await erika.sends_document(b"%PDF-1.7", "Plan.pdf", "application/pdf")
    file = await bot.get_file(erika.written[0]["document"]["file_id"])
    server.answer_next("download", 1, 404, "Not Found")
    server.answer_next("download", 1, 500, "Internal Server Error")
    server.cut_next_download()
    server.drop_next("download")
    for _ in range(4):
        with pytest.raises(TelegramError):
            await file.download_as_bytearray()
    hang = server.hang_next("download")
    fetching = asyncio.create_task(file.download_as_bytearray())
    await hang.reached()
    hang.release()

    assert bytes(await fetching) == b"%PDF-1.7"
    assert [each.is_carried_out for each in server.calls_of("download")] == [False] * 4 + [True]


async def test_chance_strikes_as_often_as_ordered(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A share of calls goes wrong in five ways, the same ones for the same seed, and none after the rate is 0."""
    await erika.says("Hallo")
    server.random_faults(0.5, 7)
    failed = 0
    for number in range(60):
        try:
            await bot.send_message(erika.chat_id, f"Nummer {number}")
        except (TelegramError, RetryAfter):
            failed += 1
    server.random_faults(0, 7)
    await bot.send_message(erika.chat_id, "letzte")

    came = server.faults_by_chance
    assert (set(came), came.total()) == ({"429", "500", "502", "dropped", "lost"}, failed)
    assert 15 < failed < 45
    assert len(erika.messages) == 61 - failed + came["lost"]


async def test_a_share_of_updates_comes_twice(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """Updates are repeated by chance after their confirmation, in order, and each at most once."""
    server.redeliver_random(0.3, 7)
    ids = [await erika.says(f"Nummer {number}") for number in range(20)]
    first = [each.update_id for each in await bot.get_updates()]
    again = [each.update_id for each in await bot.get_updates(offset=ids[-1] + 1)]
    await server.all_handed_out()

    assert first == ids
    assert set(again) < set(ids)
    assert again == sorted(set(again)) != []


async def test_a_scripted_refusal_keeps_to_its_chat(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A refusal for one chat waits for a call to that chat."""
    max_ = server.citizen(4712, "Max")
    for each in (erika, max_):
        await each.says("Hallo")
    server.answer_next("sendMessage", 1, 400, "Bad Request: nein", chat_id=max_.chat_id)

    await bot.send_message(erika.chat_id, "eins")
    with pytest.raises(BadRequest, match="Nein"):
        await bot.send_message(max_.chat_id, "eins")
