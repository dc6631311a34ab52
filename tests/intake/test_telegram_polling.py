"""Polling, against a Bot API server over real HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs
from telegram import Bot

from services.ideas.errors import StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.leases import Leases
from services.ideas.register import Register
from services.ideas.settings import Telegram
from services.ideas.store import Store
from services.intake.telegram.client import receiving_bot
from services.intake.telegram.receive import Poller, PollerState, inbound_message
from tests.conftest import SECRET, on_sqlite
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.intake.kept import Kept
from tests.intake.updates import CATALOGUE

# Which database holds the lease does not matter here.
pytestmark = on_sqlite
CANARY = "Kanarienvogel"


@dataclass(frozen=True)
class Polling:
    """A poller that runs."""

    poller: Poller
    task: asyncio.Task[None]


class Elsewhere(Leases):
    """The leases of another installation, which knows nothing of ours."""

    async def take(self, _name: str, _holder: str, _now: datetime, _duration: timedelta) -> bool:
        """Nobody else asks."""
        return True

    async def release(self, _name: str, _holder: str) -> None:
        """Nobody else waits."""


Poll = Callable[..., AbstractAsyncContextManager[Polling]]


def bot_of(base_url: str, token: str) -> Bot:
    return receiving_bot(Telegram(token=SecretStr(token), base_url=base_url))


@pytest.fixture
async def bot(bot_api: BotApiServer) -> AsyncIterator[Bot]:
    bot = bot_of(bot_api.base_url, bot_api.token)
    yield bot
    await bot.request.shutdown()


@pytest.fixture
def poll(bot: Bot, inbound: InboundLog, store: Store) -> Poll:
    """Runs a poller that hardly waits after a fault, and stops it in order at the end."""

    @asynccontextmanager
    async def polling(
        into: InboundLog = inbound, *, by: Bot = bot, leases: Leases | None = None
    ) -> AsyncIterator[Polling]:
        stop = asyncio.Event()
        poller = Poller(by, into, leases or Leases(store), stop, backoff_seconds=(0.01,))
        running = Polling(poller, asyncio.create_task(poller.run()))
        try:
            yield running
        finally:
            stop.set()
            async with asyncio.timeout(2):
                await running.task

    return polling


@pytest.fixture
async def odd_server() -> AsyncIterator[tuple[str, list[bytes], asyncio.Event]]:
    """Its base URL, what it answers to getUpdates one after another, and whether it has answered it all."""
    answers: list[bytes] = []
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("deleteWebhook"):
            return web.json_response({"ok": True, "result": True})
        if not answers:
            over.set()
            await asyncio.Event().wait()
        return web.Response(body=answers.pop(0), content_type="application/json")

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/bot", answers, over
    await runner.cleanup()


def offsets(bot_api: BotApiServer) -> list[int]:
    """What the polls have confirmed so far (0: nothing)."""
    return [call.parameters.get("offset", 0) for call in bot_api.calls_of("getUpdates")]


async def test_the_offset_moves_only_after_the_commit(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept
) -> None:
    """While the commit is under way Telegram still has the update; afterwards it is confirmed."""
    kept.open.clear()
    update_id = await erika.says("Mehr Bäume")
    async with poll() as polling:
        await kept.reached.wait()
        assert (offsets(bot_api), bot_api.pending_updates) == ([0], (update_id,))

        kept.open.set()
        await bot_api.all_confirmed()
        assert polling.poller.state is PollerState.READY
    assert list(kept.messages) == [str(update_id)]
    assert not bot_api.violations


async def test_a_fault_of_the_store_moves_no_offset(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept
) -> None:
    """What could not be committed is fetched again until it can be."""
    kept.faults += [StoreUnavailable("down"), StoreUnavailable("down")]
    update_id = await erika.says("Mehr Bäume")
    async with poll():
        await bot_api.all_confirmed()
    assert offsets(bot_api)[:4] == [0, 0, 0, update_id + 1]
    assert list(kept.messages) == [str(update_id)]


async def test_an_update_that_comes_a_thousand_times_is_one_row(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, store: Store
) -> None:
    """The same update_id again is the same message, poll after poll and all at once."""
    register = Register(store, CATALOGUE, SECRET)
    async with InboundLog(register.log) as log:
        update_id = await erika.says("Mehr Bäume")
        await bot_api.redeliver(update_id, times=20)
        again = inbound_message({"update_id": update_id})
        assert again is not None
        async with poll(log):
            await bot_api.delivered(update_id, times=20)
            receipts = await asyncio.gather(*(log.append(again) for _ in range(980)))
            await bot_api.all_confirmed()
    assert not any(receipt.new for receipt in receipts)
    assert (await register.counts())["messages"] == {"stored": 1}


async def test_a_burst_arrives_whole_and_in_order(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept
) -> None:
    """More updates than one poll brings are all kept, in their order and in their conversation."""
    ids = [str(await erika.says(f"Idee {number}")) for number in range(250)]
    async with poll():
        await bot_api.all_confirmed()
    assert list(kept.messages) == ids
    assert {message.conversation for message in kept.messages.values()} == {"telegram:4711"}


async def test_nobody_is_named_in_what_is_kept(poll: Poll, bot_api: BotApiServer, kept: Kept) -> None:
    """Whatever somebody sends, none of their names reaches the store."""
    person = bot_api.citizen(4711, CANARY, last_name=CANARY, username=CANARY)
    group = bot_api.group(-100123, CANARY, member=person, with_bot=False)
    for sent in (
        person.says("Mehr Bäume"),
        person.edits(1, "Noch mehr Bäume"),
        person.sends_document(b"%PDF-1.7", "Plan.pdf", "application/pdf", caption="Plan"),
        person.sends_photo(b"\xff\xd8\xff", caption="Hier"),
        person.sends_voice(b"OggS"),
        person.shares_live_location(50.5, 12.0),
        person.shares_contact("+49 371 000000", CANARY, last_name=CANARY, user_id=815_815),
        person.sends_poll(CANARY, [CANARY, "nein"]),
        person.blocks_bot(),
        group.adds_bot(),
        group.says("/hilfe"),
        group.removes_bot(),
    ):
        assert await sent
    async with poll():
        await bot_api.all_confirmed()
    kept_bytes = b"".join(kept.raws)
    assert len(kept.raws) >= 13
    for canary in (CANARY, "815815", "371 000000", bot_api.bot["username"]):
        assert canary.encode() not in kept_bytes


async def test_an_update_of_any_form_is_kept_and_confirmed(
    poll: Poll, kept: Kept, odd_server: tuple[str, list[bytes], asyncio.Event]
) -> None:
    """What no library can read does not come again for ever, and what is no update at all is passed over."""
    base_url, answers, over = odd_server
    updates = [{"update_id": 5, "message": {"chat": 7, "from": [], "text": {}}}, None, {"x": 1}, {"update_id": 6}]
    answers.append(json.dumps({"ok": True, "result": updates}).encode())
    bot = bot_of(base_url, "7531902468:AAtest")
    async with poll(by=bot):
        await over.wait()
    await bot.request.shutdown()
    assert list(kept.messages) == ["5", "6"]


@pytest.mark.parametrize(
    "answer", [b"<html>Kanarienvogel", b'{"ok": true, "result": {"x": "Kanarienvogel"}}', b"[" * 9999]
)
async def test_an_answer_that_says_nothing_is_waited_out(
    poll: Poll,
    kept: Kept,
    odd_server: tuple[str, list[bytes], asyncio.Event],
    answer: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A proxy's page, for one: the poller asks again, and no log shows what came."""
    base_url, answers, over = odd_server
    answers += [answer, b'{"ok": true, "result": [{"update_id": 5}]}']
    bot = bot_of(base_url, "7531902468:AAtest")
    with capture_logs() as logs:
        async with poll(by=bot):
            await over.wait()
    await bot.request.shutdown()
    assert list(kept.messages) == ["5"]
    assert CANARY not in str(logs) + caplog.text


@pytest.mark.parametrize(
    ("refusal", "times"),
    [
        ((500, "Internal Server Error"), 3),
        ((502, "Bad Gateway"), 3),
        ((409, "Conflict: terminated by other getUpdates request"), 2),
    ],
)
async def test_faults_of_telegram_are_waited_out(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, refusal: tuple[int, str], times: int
) -> None:
    """After refusals of each kind the poller goes on as if nothing had been."""
    bot_api.answer_next("getUpdates", times, *refusal)
    await erika.says("Mehr Bäume")
    async with poll():
        await bot_api.all_confirmed()
    assert offsets(bot_api)[: times + 1] == [0] * (times + 1)


async def test_a_flood_limit_is_kept_to_the_second(poll: Poll, bot_api: BotApiServer, erika: Citizen) -> None:
    """After 429 no call is made before retry_after has passed."""
    bot_api.answer_next("getUpdates", parameters={"retry_after": 1})
    await erika.says("Mehr Bäume")
    clock = asyncio.get_running_loop().time
    async with poll():
        await bot_api.called("getUpdates", 1)
        refused_at = clock()
        await bot_api.called("getUpdates", 2)
        assert clock() - refused_at > 0.95
        await bot_api.all_confirmed()


async def test_a_lost_answer_loses_nothing(poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept) -> None:
    """Updates whose answer broke off come again."""
    bot_api.lose_next_answer("getUpdates", 2)
    update_id = await erika.says("Mehr Bäume")
    async with poll():
        await bot_api.all_confirmed()
    assert list(kept.messages) == [str(update_id)]


async def test_a_defect_of_ours_does_not_end_the_channel(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept
) -> None:
    """An error that nobody expected is waited out as well: the update stays with Telegram meanwhile."""
    kept.faults += [RuntimeError("a defect"), RuntimeError("a defect"), RuntimeError("a defect")]
    update_id = await erika.says("Mehr Bäume")
    async with poll():
        await bot_api.all_confirmed()
    assert list(kept.messages) == [str(update_id)]


async def test_a_forgotten_webhook_is_taken_down_first(poll: Poll, bot_api: BotApiServer) -> None:
    """Polling beside a webhook is refused by Telegram, so the webhook goes before the first poll; updates stay."""
    async with poll():
        await bot_api.polls(1)
    assert [call.method for call in bot_api.calls[:2]] == ["deleteWebhook", "getUpdates"]
    assert not bot_api.calls[0].parameters.get("drop_pending_updates")


async def test_a_rejected_token_ends_polling(poll: Poll, bot_api: BotApiServer) -> None:
    """A wrong token is told once, without the token, and not tried again."""
    wrong = "7531902468:BBwrong-token_of_nobody_at_all_00000"
    bot = bot_of(bot_api.base_url, wrong)
    with capture_logs() as logs:
        async with poll(by=bot) as polling, asyncio.timeout(5):
            await polling.task
    await bot.request.shutdown()
    assert polling.poller.state is PollerState.OFF
    assert [entry["event"] for entry in logs] == ["telegram.off"]
    assert wrong not in str(logs)


async def test_a_stop_cuts_a_long_poll_off(poll: Poll, bot_api: BotApiServer) -> None:
    """The seconds of a poll are not waited for."""
    clock = asyncio.get_running_loop().time
    async with poll():
        await bot_api.polls(1)
        stopped_at = clock()
    assert clock() - stopped_at < 0.5
    await bot_api.polls(0)


async def test_of_two_processes_of_an_installation_one_polls(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept
) -> None:
    """The other waits, and takes over when the first one stops, without a conflict in between."""
    async with poll() as waiting_later:
        await bot_api.polls(1)
        async with poll() as second:
            await erika.says("Mehr Bäume")
            await bot_api.all_confirmed()
            states = {waiting_later.poller.state, second.poller.state}
    assert states == {PollerState.READY, PollerState.WAITING}
    assert len(kept.messages) == 1


async def test_whoever_waits_takes_over(poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept) -> None:
    """A process that stops gives its lease back, and the one that waited polls at once."""
    async with poll() as first:
        await bot_api.polls(1)
        second = poll()
        await second.__aenter__()
    assert first.task.done()
    update_id = await erika.says("Mehr Bäume")
    await bot_api.all_confirmed()
    await second.__aexit__(None, None, None)
    assert list(kept.messages) == [str(update_id)]


async def test_of_two_installations_with_one_token_one_stops(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, kept: Kept, store: Store
) -> None:
    """Each poll of one ends a poll of the other; after three times one of them leaves, and the other goes on."""
    with capture_logs() as logs:
        async with poll() as ours, poll(leases=Elsewhere(store)) as others:
            async with asyncio.timeout(5):
                await asyncio.wait({ours.task, others.task}, return_when=asyncio.FIRST_COMPLETED)
            update_id = await erika.says("Mehr Bäume")
            await bot_api.all_confirmed()
            stopped = [each for each in (ours, others) if each.poller.state is PollerState.CONFLICT]
            assert [each.task.done() for each in stopped] == [True]
    assert list(kept.messages) == [str(update_id)]
    assert [entry["log_level"] for entry in logs if entry["event"] == "telegram.conflict"] == ["error"]


async def test_the_token_is_in_no_log(
    poll: Poll, bot_api: BotApiServer, erika: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither good polls nor failed ones write the token or a person's words to our own log."""
    caplog.set_level(logging.DEBUG)
    bot_api.answer_next("getUpdates", status=500, description="Internal Server Error")
    bot_api.lose_next_answer("getUpdates")
    await erika.says(CANARY)
    with capture_logs() as logs:
        async with poll():
            await bot_api.all_confirmed()
    assert {entry["event"] for entry in logs} == {"telegram.retry", "telegram.stored"}
    ours = str(logs) + "".join(record.getMessage() for record in caplog.records if record.name.startswith("services"))
    assert bot_api.token not in ours
    assert CANARY not in ours
