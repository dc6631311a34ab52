"""The webhook, as Telegram and as strangers call it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from telegram import Bot

from services.ideas.catalogue import Catalogue
from services.ideas.errors import ConfigurationError, StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.settings import Telegram
from services.intake.telegram.client import receiving_bot
from services.intake.telegram.webhook import SECRET_HEADER, WEBHOOK_PATH, Webhook, announce_webhook
from tests.fakes.bot_api import BotApiServer
from tests.intake.kept import Kept

SECRET = "a-secret-of-the-webhook"
PERSON = b'{"id": 4711, "is_bot": false, "first_name": "Kanarienvogel", "username": "Kanarienvogel"}'
CHAT = b'{"id": 4711, "type": "private", "first_name": "Kanarienvogel"}'
UPDATE = b'{"update_id": 731000001, "message": {"text": "B\xc3\xa4ume", "chat": %b, "from": %b}}' % (CHAT, PERSON)


@dataclass
class Door:
    """A running web server with the webhook, and a client for it."""

    url: str
    client: aiohttp.ClientSession

    async def post(self, raw: bytes = UPDATE, secret: str | None = SECRET) -> tuple[int, str]:
        """The status of the answer, and after how many seconds it asks to be tried again."""
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with self.client.post(self.url + WEBHOOK_PATH, data=raw, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After", "")


@pytest.fixture
def settings(bot_api: BotApiServer) -> Telegram:
    return settings_of(bot_api, bot_api.token)


def settings_of(bot_api: BotApiServer, token: str) -> Telegram:
    secret = SecretStr(SECRET)
    return Telegram(token=SecretStr(token), base_url=bot_api.base_url, mode="webhook", webhook_secret=secret)


@pytest.fixture
async def door(settings: Telegram, inbound: InboundLog) -> AsyncIterator[Door]:
    app = web.Application()
    app.add_routes(Webhook(settings, inbound).routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as client:
        yield Door(f"http://127.0.0.1:{runner.addresses[0][1]}", client)
    await runner.cleanup()


@pytest.fixture
async def bot(settings: Telegram, bot_api: BotApiServer) -> AsyncIterator[Bot]:
    bot = receiving_bot(settings)
    yield bot
    await bot.request.shutdown()
    assert not bot_api.violations


@pytest.mark.parametrize("offered", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "Geheimnis-ü-🚲"])
async def test_without_the_secret_nothing_is_kept(door: Door, kept: Kept, offered: str | None) -> None:
    """An absent, wrong, cut, lengthened or odd secret is 401 and leaves no row."""
    assert await door.post(secret=offered) == (401, "")
    assert not kept.messages


async def test_the_200_waits_for_the_commit(door: Door, kept: Kept) -> None:
    """While the commit is under way there is no answer; after it, 200, and the update is kept without names."""
    kept.open.clear()
    answer = asyncio.create_task(door.post())
    await kept.reached.wait()
    done, _ = await asyncio.wait({answer}, timeout=0.1)
    assert not done

    kept.open.set()
    assert await answer == (200, "")
    (message,) = kept.messages.values()
    assert (message.external_id, message.conversation) == ("731000001", "telegram:4711")
    said = {"chat": {"id": 4711, "type": "private"}, "from": {"id": 4711, "is_bot": False}, "text": "Bäume"}
    assert json.loads(message.raw) == {"update_id": 731000001, "message": said}


async def test_a_fault_of_the_store_is_503(door: Door, kept: Kept) -> None:
    """What could not be kept is asked for again, and taken then."""
    kept.faults.append(StoreUnavailable("down"))
    assert await door.post() == (503, "5")
    assert not kept.messages
    assert await door.post() == (200, "")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": 1.5}',
        b'{"update_id": 1e999}',
        b'{"update_id": true}',
        b'{"update_id": null}',
        b"[" * 100_000,
    ],
)
async def test_what_is_no_update_is_400(door: Door, kept: Kept, raw: bytes) -> None:
    """Junk under the right secret is refused and not kept."""
    assert await door.post(raw) == (400, "")
    assert not kept.messages


async def test_the_same_update_again_is_one_row(door: Door, kept: Kept) -> None:
    """A repeated delivery is answered with 200 and changes nothing."""
    assert [await door.post() for _ in range(3)] == [(200, "")] * 3
    assert len(kept.messages) == 1


async def test_telegram_delivers_after_the_announcement(
    door: Door, bot: Bot, bot_api: BotApiServer, settings: Telegram, kept: Kept
) -> None:
    """The address is announced with the secret, and from then on each update comes in, after a fault once more."""
    kept.faults.append(StoreUnavailable("down"))
    await announce_webhook(bot, settings, door.url + "/", asyncio.Event())
    update_id = await bot_api.citizen(4711, "Erika").says("Mehr Bäume")
    await bot_api.all_confirmed()
    (call,) = bot_api.calls_of("setWebhook")
    assert (call.parameters["url"], call.parameters["secret_token"]) == (door.url + WEBHOOK_PATH, SECRET)
    assert list(kept.messages) == [str(update_id)]


async def test_a_refused_announcement_ends_with_the_service(
    bot: Bot, bot_api: BotApiServer, settings: Telegram
) -> None:
    """A fault is waited out, but not beyond the stop."""
    bot_api.answer_next("setWebhook", 5, status=500, description="Internal Server Error")
    stop = asyncio.Event()
    announcing = asyncio.create_task(announce_webhook(bot, settings, "https://example.org", stop))
    await bot_api.called("setWebhook")
    stop.set()
    async with asyncio.timeout(2):
        await announcing


async def test_a_rejected_token_is_not_tried_again(bot_api: BotApiServer) -> None:
    """With a wrong token the announcement ends at once."""
    settings = settings_of(bot_api, "7531902468:BBwrong-token_of_nobody_at_all_00000")
    bot = receiving_bot(settings)
    async with asyncio.timeout(5):
        await announce_webhook(bot, settings, "https://example.org", asyncio.Event())
    await bot.request.shutdown()
    assert not bot_api.calls


def test_without_a_secret_there_is_no_webhook(inbound: InboundLog) -> None:
    """A webhook that would take ideas from anyone refuses to exist."""
    with pytest.raises(ValueError, match=r"telegram\.webhook_secret"):
        Webhook(Telegram(webhook_secret=SecretStr("")), inbound)


def test_the_configuration_demands_the_secret(make_catalogue: Callable[..., Catalogue]) -> None:
    """The service does not start in webhook mode without a good secret."""
    with pytest.raises(ConfigurationError, match="IDEENKANAL_TELEGRAM_WEBHOOK_SECRET"):
        make_catalogue(TELEGRAM_MODE="webhook", TELEGRAM_WEBHOOK_SECRET="short")
