from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest

from tests.fakes.bot_api import SECRET_HEADER, BotApiServer, Citizen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SECRET = "geheim-1"


class _Receiver:
    """A webhook that answers with the scripted statuses, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.requests: list[tuple[int, str | None, str]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.requests.append((update["update_id"], request.headers.get(SECRET_HEADER), request.content_type))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[_Receiver]:
    receiver = _Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_an_update_is_posted_with_the_secret(
    server: BotApiServer, bot: Bot, erika: Citizen, receiver: _Receiver
) -> None:
    """An update is posted once as JSON with the secret token, and is then no longer pending."""
    await bot.set_webhook(receiver.url, secret_token=_SECRET)
    update_id = await erika.says("Radweg")
    await server.all_confirmed()

    assert receiver.requests == [(update_id, _SECRET, "application/json")]


async def test_what_was_pending_before_the_webhook_is_posted(
    server: BotApiServer, bot: Bot, erika: Citizen, receiver: _Receiver
) -> None:
    """What was written before the webhook was set is delivered to it, in order."""
    ids = [await erika.says("eins"), await erika.says("zwei")]
    await bot.set_webhook(receiver.url)
    await server.all_confirmed()

    assert [each[0] for each in receiver.requests] == ids


async def test_a_failed_delivery_is_repeated_before_the_next_of_its_chat(
    server: BotApiServer, bot: Bot, erika: Citizen, receiver: _Receiver
) -> None:
    """Anything but 2xx brings the same update again, before later ones of that chat, and getWebhookInfo tells it."""
    receiver.statuses = [500, 302]
    await bot.set_webhook(receiver.url)
    first, second = await erika.says("eins"), await erika.says("zwei")
    await server.all_confirmed()
    info = await bot.get_webhook_info()

    assert [each[0] for each in receiver.requests] == [first, first, first, second]
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"


async def test_a_failing_chat_does_not_hold_up_another(
    server: BotApiServer, bot: Bot, erika: Citizen, receiver: _Receiver
) -> None:
    """While the update of one chat is repeated, that of another is delivered."""
    receiver.statuses = [500]
    await bot.set_webhook(receiver.url)
    first = await erika.says("eins")
    other = await server.citizen(chat_id=4712, first_name="Max").says("zwei")
    await server.all_confirmed()

    assert [each[0] for each in receiver.requests] == [first, other, first]


async def test_a_redelivered_update_is_posted_again(
    server: BotApiServer, bot: Bot, erika: Citizen, receiver: _Receiver
) -> None:
    """A scripted redelivery posts the same update that often again."""
    await bot.set_webhook(receiver.url)
    update_id = await erika.says("eins")
    await server.delivered(update_id)

    await server.redeliver(update_id, times=2)
    await server.delivered(update_id, times=3)

    assert [each[0] for each in receiver.requests] == [update_id] * 3


async def test_without_a_webhook_updates_wait_for_getupdates(bot: Bot, erika: Citizen, receiver: _Receiver) -> None:
    """After deleteWebhook nothing is posted, and getUpdates hands the updates out."""
    await bot.set_webhook(receiver.url)
    await bot.delete_webhook()
    update_id = await erika.says("eins")

    assert [each.update_id for each in await bot.get_updates()] == [update_id]
    assert (receiver.requests, (await bot.get_webhook_info()).url) == ([], "")


async def test_pending_updates_can_be_dropped(server: BotApiServer, bot: Bot, erika: Citizen) -> None:
    """drop_pending_updates forgets what was not delivered."""
    await erika.says("eins")
    await bot.delete_webhook(drop_pending_updates=True)

    assert server.pending_updates == ()


@pytest.mark.parametrize(
    ("url", "secret", "description"),
    [
        ("ftp://127.0.0.1/hook", "x", "An HTTPS URL must be provided"),
        ("https://", "x", "Invalid webhook URL"),
        ("https://example.org", "mit leer", "Secret token contains unallowed characters"),
        ("https://example.org", "x" * 257, "Secret token is too long"),
    ],
)
async def test_an_impossible_webhook_is_refused(bot: Bot, url: str, secret: str, description: str) -> None:
    """URL and secret token of a webhook are checked."""
    with pytest.raises(BadRequest, match=f"(?i){description}"):
        await bot.set_webhook(url, secret_token=secret)
