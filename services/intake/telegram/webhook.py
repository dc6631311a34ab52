"""Telegram updates by webhook: committed to the inbound log before the 200."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from services.ideas.errors import StoreError
from services.ideas.inbound import InboundLog
from services.ideas.settings import Telegram
from services.ideas.waiting import wait_for
from services.intake.telegram.client import ALLOWED_UPDATES, pause_after, tell_rejected
from services.intake.telegram.receive import inbound_message

WEBHOOK_PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

log = structlog.get_logger(__name__)


class Webhook:
    """The route that Telegram posts updates to. Anyone may find it, so the secret header decides."""

    def __init__(self, settings: Telegram, inbound: InboundLog) -> None:
        self._secret = settings.webhook_secret.get_secret_value().encode()
        if not self._secret:
            raise ValueError("a webhook without a secret takes ideas from anyone: set telegram.webhook_secret")
        self._inbound = inbound

    @property
    def routes(self) -> list[web.RouteDef]:
        """What to add to a web application."""
        return [web.post(WEBHOOK_PATH, self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        offered = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(offered, self._secret):
            raise web.HTTPUnauthorized
        message = inbound_message(_parsed(await request.read()))
        if message is None:
            raise web.HTTPBadRequest(text="expected an Update object of the Bot API")
        try:
            await self._inbound.append(message)
        except StoreError as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from error
        return web.Response()


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


async def announce_webhook(bot: Bot, settings: Telegram, public_url: str, stop: asyncio.Event) -> None:
    """Tell Telegram where to post updates; a fault is tried again until it works or the service stops."""
    failures = 0
    while not stop.is_set():
        try:
            await bot.set_webhook(
                public_url.rstrip("/") + WEBHOOK_PATH,
                secret_token=settings.webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED_UPDATES,
            )
        except InvalidToken:
            return tell_rejected()
        except TelegramError as error:
            pause = pause_after(error, failures)
            failures += 1
            log.warning("telegram.webhook_refused", error=type(error).__name__, seconds=pause)
            await wait_for(stop, pause)
        else:
            log.info("telegram.webhook_set")
            return None
    return None
