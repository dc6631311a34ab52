"""The whole service with Telegram's updates coming by webhook."""

from __future__ import annotations

import socket

import aiohttp
import pytest

from tests.fakes.bot_api import BotApiServer
from tests.service import Service


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_updates_by_webhook_make_ideas(settings: dict[str, str], telegram: BotApiServer) -> None:
    """The service tells Telegram its address and secret, takes what is posted there, and answers in the chat."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    webhook = {
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": "at-least-sixteen-characters",
        "WEB_PORT": str(port),
        "WEB_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    async with Service(settings | webhook) as service:
        await service.logged("telegram.webhook_set")
        erika = telegram.citizen(chat_id=4711, first_name="Erika", language_code="de")
        await erika.says("In Freiberg fehlen Radwege zum Bahnhof.")
        await erika.reads("SWS-", timeout_s=60)

        async with aiohttp.ClientSession() as stranger:
            answer = await stranger.post(f"http://127.0.0.1:{port}/telegram/webhook", json={"update_id": 1})
            assert answer.status == 401
    assert telegram.violations == []
