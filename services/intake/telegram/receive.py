"""Telegram updates: committed to the inbound log before the offset moves (polling) or before the 200 (webhook).

The library's own Updater confirms from memory; a kill then loses up to a batch of a hundred.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from services.ideas.errors import StoreError
from services.ideas.inbound import InboundLog
from services.ideas.model import InboundMessage
from services.ideas.settings import Telegram
from services.ideas.waiting import wait_for

CHANNEL = "telegram"
WEBHOOK_PATH = "/telegram/webhook"
_NO_UPDATE = "expected an Update object of the Bot API"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
_LONG_POLL_SECONDS = 25
_BACKOFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
_REJECTED = "the token was rejected: set telegram.token anew and restart"

log = structlog.get_logger(__name__)


def receiving_bot(settings: Telegram) -> Bot:
    """A Bot API client for receiving."""
    return Bot(
        settings.token.get_secret_value(),
        base_url=settings.base_url,
        request=HTTPXRequest(connection_pool_size=16, read_timeout=20, connect_timeout=10),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=_LONG_POLL_SECONDS + 10),
    )


def inbound_message(update_id: int, raw: bytes) -> InboundMessage:
    """An update as the inbound log keeps it: `update_id` is unique for the bot (Bot API, Update)."""
    return InboundMessage(CHANNEL, str(update_id), {}, raw, datetime.now(UTC))


class Poller:
    """Polls with getUpdates until it is told to stop; `backoff_seconds` are its pauses in a row of failures."""

    def __init__(
        self,
        bot: Bot,
        inbound: InboundLog,
        stop: asyncio.Event,
        *,
        backoff_seconds: Sequence[float] = _BACKOFF_SECONDS,
    ) -> None:
        self._bot = bot
        self._inbound = inbound
        self._stop = stop
        self._backoff_seconds = backoff_seconds
        self._webhook_is_off = False
        # None asks for everything unconfirmed: what was committed before a kill comes again, and is known.
        self._offset: int | None = None

    async def run(self) -> None:
        """Fetch, commit, and only then confirm. Whatever goes wrong is waited out; what was fetched comes again."""
        failures = 0
        while not self._stop.is_set():
            try:
                await self._unless_stopped(self._poll())
                failures = 0
            except InvalidToken:
                log.error("telegram.off", reason=_REJECTED)  # noqa: TRY400 - the trace would show the token
                return
            except Exception as error:  # noqa: BLE001 - the loop goes on, and the updates are kept by Telegram
                pause = _pause(error, failures, self._backoff_seconds)
                failures += 1
                log.warning("telegram.retry", error=type(error).__name__, seconds=pause)
                await wait_for(self._stop, pause)

    async def _poll(self) -> None:
        self._webhook_is_off = self._webhook_is_off or await self._bot.delete_webhook()
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=_LONG_POLL_SECONDS, allowed_updates=ALLOWED_UPDATES
        )
        messages = [inbound_message(update.update_id, update.to_json().encode()) for update in updates]
        # Together, so that one group commit takes them all; the offset moves only after the last one.
        receipts = await asyncio.gather(*(self._inbound.append(message) for message in messages))
        if updates:
            self._offset = max(update.update_id for update in updates) + 1
            log.info("telegram.stored", updates=len(updates), new=sum(receipt.new for receipt in receipts))

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        # A long poll lasts half a minute; what is cut off has not moved the offset, and comes again.
        task, stopped = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.wait({task, stopped})


def _pause(error: Exception, failures: int, backoff_seconds: Sequence[float]) -> float:
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return float(after if isinstance(after, int) else after.total_seconds())
    if isinstance(error, Conflict):
        return backoff_seconds[-1]
    return backoff_seconds[min(failures, len(backoff_seconds) - 1)]


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
        raw = await request.read()
        try:
            update_id = json.loads(raw)["update_id"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise web.HTTPBadRequest(text=_NO_UPDATE) from error
        if type(update_id) is not int:
            raise web.HTTPBadRequest(text=_NO_UPDATE)
        try:
            await self._inbound.append(inbound_message(update_id, raw))
        except StoreError as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from error
        return web.Response()


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
            log.error("telegram.off", reason=_REJECTED)  # noqa: TRY400 - the trace would show the token
            return
        except TelegramError as error:
            pause = _pause(error, failures, _BACKOFF_SECONDS)
            failures += 1
            log.warning("telegram.webhook_refused", error=type(error).__name__, seconds=pause)
            await wait_for(stop, pause)
        else:
            log.info("telegram.webhook_set")
            return
