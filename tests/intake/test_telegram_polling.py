"""Polling, against a Bot API server over real HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs
from telegram import Bot

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.register import Register
from services.intake.telegram.receive import Poller, inbound_message, receiving_bot
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.intake.kept import Kept

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture
async def bot(make_catalogue: MakeCatalogue, bot_api: BotApiServer) -> AsyncIterator[Bot]:
    settings = make_catalogue(TELEGRAM_TOKEN=bot_api.token, TELEGRAM_BASE_URL=bot_api.base_url).settings.telegram
    bot = receiving_bot(settings)
    yield bot
    await bot.initialize()
    await bot.shutdown()


@asynccontextmanager
async def polling(bot: Bot, inbound: InboundLog) -> AsyncIterator[asyncio.Task[None]]:
    """A running poller that hardly waits after a fault; it is stopped in order at the end."""
    stop = asyncio.Event()
    task = asyncio.create_task(Poller(bot, inbound, stop, backoff_seconds=(0.01,)).run())
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(2):
            await task


def offsets(bot_api: BotApiServer) -> list[int]:
    """What the polls have confirmed so far (0: nothing)."""
    return [call.parameters.get("offset", 0) for call in bot_api.calls_of("getUpdates")]


async def test_the_offset_moves_only_after_the_commit(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, kept: Kept
) -> None:
    """While the commit is under way Telegram still has the update; afterwards it is confirmed."""
    kept.open.clear()
    update_id = await erika.says("Mehr Bäume")
    async with polling(bot, inbound):
        await kept.reached.wait()
        assert (offsets(bot_api), bot_api.pending_updates) == ([0], (update_id,))

        kept.open.set()
        await bot_api.all_confirmed()
    assert list(kept.messages) == [str(update_id)]
    assert not bot_api.violations


async def test_a_fault_of_the_store_moves_no_offset(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, kept: Kept
) -> None:
    """What could not be committed is fetched again until it can be."""
    kept.faults += [StoreUnavailable("down"), StoreUnavailable("down")]
    update_id = await erika.says("Mehr Bäume")
    async with polling(bot, inbound):
        await bot_api.all_confirmed()
    assert offsets(bot_api)[:4] == [0, 0, 0, update_id + 1]
    assert list(kept.messages) == [str(update_id)]


async def test_an_update_that_comes_a_thousand_times_is_one_row(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, register: Register
) -> None:
    """The same update_id again is the same message, poll after poll and all at once."""
    async with InboundLog(register.log) as log:
        update_id = await erika.says("Mehr Bäume")
        await bot_api.redeliver(update_id, times=20)
        async with polling(bot, log):
            await bot_api.delivered(update_id, times=20)
            receipts = await asyncio.gather(*(log.append(inbound_message(update_id, b"{}")) for _ in range(980)))
            await bot_api.all_confirmed()
    assert not any(receipt.new for receipt in receipts)
    assert (await register.counts())["messages"] == {"stored": 1}


async def test_a_burst_arrives_whole_and_in_order(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, kept: Kept
) -> None:
    """More updates than one poll brings are all kept, in their order."""
    ids = [str(await erika.says(f"Idee {number}")) for number in range(250)]
    async with polling(bot, inbound):
        await bot_api.all_confirmed()
    assert list(kept.messages) == ids


@pytest.mark.parametrize(
    "refusal",
    [(500, "Internal Server Error"), (502, "Bad Gateway"), (409, "Conflict: terminated by other getUpdates request")],
)
async def test_faults_of_telegram_are_waited_out(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, refusal: tuple[int, str]
) -> None:
    """After refusals of each kind the poller goes on as if nothing had been."""
    bot_api.answer_next("getUpdates", 3, *refusal)
    await erika.says("Mehr Bäume")
    async with polling(bot, inbound):
        await bot_api.all_confirmed()
    assert offsets(bot_api)[:4] == [0, 0, 0, 0]


async def test_a_flood_limit_is_kept_to_the_second(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog
) -> None:
    """After 429 no call is made before retry_after has passed."""
    bot_api.answer_next("getUpdates", parameters={"retry_after": 1})
    await erika.says("Mehr Bäume")
    clock = asyncio.get_running_loop().time
    async with polling(bot, inbound):
        await bot_api.called("getUpdates", 1)
        refused_at = clock()
        await bot_api.called("getUpdates", 2)
        assert clock() - refused_at > 0.95
        await bot_api.all_confirmed()


async def test_a_lost_answer_loses_nothing(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, kept: Kept
) -> None:
    """Updates whose answer broke off come again."""
    bot_api.lose_next_answer("getUpdates", 2)
    update_id = await erika.says("Mehr Bäume")
    async with polling(bot, inbound):
        await bot_api.all_confirmed()
    assert list(kept.messages) == [str(update_id)]


async def test_a_defect_of_ours_does_not_end_the_channel(
    bot: Bot, bot_api: BotApiServer, inbound: InboundLog, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody expected is waited out as well: the update stays with Telegram meanwhile."""
    good, calls = Bot.get_updates, iter([True, True])

    async def broken(self: Bot, **options: object) -> object:
        if next(calls, False):
            raise KeyError("an update of a kind that this library does not know")
        return await good(self, **options)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(Bot, "get_updates", broken)
    update_id = await bot_api.citizen(4711, "Erika").says("Mehr Bäume")
    async with polling(bot, inbound):
        await bot_api.all_confirmed()
    assert list(kept.messages) == [str(update_id)]


async def test_a_forgotten_webhook_is_taken_down_first(bot: Bot, bot_api: BotApiServer, inbound: InboundLog) -> None:
    """Polling beside a webhook is refused by Telegram, so the webhook goes before the first poll; updates stay."""
    async with polling(bot, inbound):
        await bot_api.polls(1)
    assert [call.method for call in bot_api.calls[:2]] == ["deleteWebhook", "getUpdates"]
    assert not bot_api.calls[0].parameters.get("drop_pending_updates")


async def test_a_rejected_token_ends_polling(
    make_catalogue: MakeCatalogue, bot_api: BotApiServer, inbound: InboundLog
) -> None:
    """A wrong token is told once, without the token, and not tried again."""
    wrong = "7531902468:BBwrong-token_of_nobody_at_all_00000"
    settings = make_catalogue(TELEGRAM_TOKEN=wrong, TELEGRAM_BASE_URL=bot_api.base_url).settings.telegram
    bot = receiving_bot(settings)
    with capture_logs() as logs:
        async with polling(bot, inbound) as task, asyncio.timeout(5):
            await task
    await bot.request.shutdown()
    assert [entry["event"] for entry in logs] == ["telegram.off"]
    assert wrong not in str(logs)


async def test_a_stop_cuts_a_long_poll_off(bot: Bot, bot_api: BotApiServer, inbound: InboundLog) -> None:
    """The half minute of a poll is not waited for."""
    clock = asyncio.get_running_loop().time
    async with polling(bot, inbound):
        await bot_api.polls(1)
        stopped_at = clock()
    assert clock() - stopped_at < 0.5
    await bot_api.polls(0)


async def test_the_token_is_in_no_log(
    bot: Bot, bot_api: BotApiServer, erika: Citizen, inbound: InboundLog, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither good polls nor failed ones write the token or a person's words to our own log."""
    caplog.set_level(logging.DEBUG)
    bot_api.answer_next("getUpdates", status=500, description="Internal Server Error")
    bot_api.lose_next_answer("getUpdates")
    await erika.says("Kanarienvogel")
    with capture_logs() as logs:
        async with polling(bot, inbound):
            await bot_api.all_confirmed()
    assert {entry["event"] for entry in logs} == {"telegram.retry", "telegram.stored"}
    ours = str(logs) + "".join(record.getMessage() for record in caplog.records if record.name.startswith("services"))
    assert bot_api.token not in ours
    assert "Kanarienvogel" not in ours
