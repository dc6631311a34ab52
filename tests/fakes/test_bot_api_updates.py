from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from telegram import (
    Bot,
)
from telegram.error import Conflict

from tests.fakes.bot_api import BotApiServer, Citizen

_LONG_POLL_S = 30


async def test_a_command_arrives_with_its_entity(bot: Bot, erika: Citizen) -> None:
    """A written command comes as an update with sender, chat, date in seconds and a bot_command entity."""
    update_id = await erika.says("/start Bürger")
    (update,) = await bot.get_updates()

    assert update.message is not None
    assert update.message.from_user is not None
    facts = (update.update_id, update.message.from_user.language_code, update.message.chat.id)
    assert facts == (update_id, "de", 4711)
    assert update.message.parse_entities() == {update.message.entities[0]: "/start"}


async def test_dates_are_whole_seconds(bot: Bot, erika: Citizen) -> None:
    """A message is dated in Unix seconds: the library reads the present from it."""
    before = datetime.now(UTC).replace(microsecond=0)
    await erika.says("Hallo")
    (update,) = await bot.get_updates()

    assert update.message is not None
    assert before <= update.message.date <= datetime.now(UTC)


async def test_entities_count_utf16_units(bot: Bot, erika: Citizen) -> None:
    """A character outside the BMP counts twice in the offset of what follows."""
    await erika.says("🚲 /idee")
    (update,) = await bot.get_updates()

    assert update.message is not None
    assert (update.message.entities[0].offset, update.message.entities[0].length) == (3, 5)


async def test_updates_come_again_until_confirmed(bot: Bot, erika: Citizen) -> None:
    """An update is handed out again until an offset beyond it confirms it."""
    first, second = await erika.says("eins"), await erika.says("zwei")

    seen = [[each.update_id for each in await bot.get_updates(offset=offset)] for offset in (None, first, first + 1)]

    assert seen == [[first, second], [first, second], [second]]


async def test_a_negative_offset_forgets_all_but_the_last(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A negative offset returns that many of the last updates and forgets those before."""
    _, last = await erika.says("eins"), await erika.says("zwei")

    assert [each.update_id for each in await bot.get_updates(offset=-1)] == [last]
    assert server.pending_updates == (last,)


async def test_the_limit_holds(bot: Bot, erika: Citizen) -> None:
    """No more updates are handed out than the limit allows."""
    ids = [await erika.says(f"Nummer {number}") for number in range(3)]

    assert [each.update_id for each in await bot.get_updates(limit=2)] == ids[:2]


async def test_a_long_poll_ends_with_the_first_update(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A long poll is answered as soon as something is written."""
    poll = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.polls(1)
    update_id = await erika.says("Guten Tag")

    async with asyncio.timeout(5):
        assert [each.update_id for each in await poll] == [update_id]


async def test_kinds_that_are_not_allowed_do_not_come(bot: Bot, erika: Citizen) -> None:
    """After allowed_updates, other kinds of updates are not queued."""
    await bot.get_updates(allowed_updates=["message"])
    said = await erika.says("Hallo")
    await erika.blocks_bot()

    assert [each.update_id for each in await bot.get_updates()] == [said]


async def test_a_second_poller_ends_the_first(server: BotApiServer, bot: Bot) -> None:
    """A second getUpdates ends the waiting one with 409 and the description of the real server."""
    first = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.polls(1)
    async with Bot(server.token, base_url=server.base_url) as other:
        await other.get_updates()

    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await first


async def test_polling_is_refused_beside_a_webhook(bot: Bot) -> None:
    """With a webhook set, getUpdates is answered with 409."""
    await bot.set_webhook("http://127.0.0.1:1/hook")

    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()


async def test_setting_a_webhook_ends_a_waiting_poll(server: BotApiServer, bot: Bot) -> None:
    """SetWebhook ends a waiting getUpdates with 409."""
    poll = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.polls(1)
    await bot.set_webhook("http://127.0.0.1:1/hook")

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_redelivered_update_comes_though_it_was_confirmed(
    server: BotApiServer, bot: Bot, erika: Citizen
) -> None:
    """A scripted redelivery hands the same update out again that often, whatever the offset."""
    update_id = await erika.says("Radweg")
    await bot.get_updates()
    await bot.get_updates(offset=update_id + 1)

    await server.redeliver(update_id, times=2)

    seen = [[each.update_id for each in await bot.get_updates(offset=update_id + 1)] for _ in range(3)]
    assert seen == [[update_id], [update_id], []]


async def test_a_poll_whose_client_is_gone_takes_nothing(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """An update is not handed out to a poller that closed its connection."""
    poll = asyncio.create_task(bot.get_updates(timeout=_LONG_POLL_S))
    await server.polls(1)
    poll.cancel()
    await asyncio.wait([poll])
    await server.polls(0)
    update_id = await erika.says("Guten Tag")

    assert server.deliveries(update_id) == 0


async def test_a_redelivery_comes_on_top_of_the_first_delivery(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """A redelivery scripted while the update was pending is handed out after its confirmation."""
    update_id = await erika.says("Radweg")
    await server.redeliver(update_id)

    seen = [
        [each.update_id for each in await bot.get_updates(offset=offset)] for offset in (None, *[update_id + 1] * 2)
    ]

    assert seen == [[update_id], [update_id], []]
