"""Delivery of updates to a webhook: POST with the secret header, again after anything but 2xx, in order per chat."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.wire import Update

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# How long a webhook may take to answer.
_ANSWER_TIMEOUT_S = 60
_LONGEST_RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates go; `retry_s` is the wait before the first repetition, doubled with each failure."""

    url: str
    secret_token: str
    max_connections: int
    retry_s: float


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failed delivery, as getWebhookInfo shows it; `date` in Unix seconds."""

    date: int
    message: str


class WebhookDelivery:
    """A running delivery: up to `max_connections` at a time, one at a time for each chat."""

    def __init__(self, account: Account, webhook: Webhook) -> None:
        self.webhook = webhook
        self.last_failure: Failure | None = None
        self._account = account
        self._busy: set[int] = set()
        self._task = asyncio.create_task(self._run(), name="webhook delivery")

    async def stop(self) -> None:
        """Cut off what is on its way; what was not confirmed stays pending."""
        self._task.cancel()
        # A delivery that broke rather than being cut off is a fault of this server: let the test see it.
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as deliveries:
            while True:
                await self._account.changes.wait_for(lambda: self._next() is not None, timeout_s=None)
                update = self._next()
                if update is not None:
                    self._busy.add(_chat_id(update))
                    deliveries.create_task(self._deliver(session, update))

    def _next(self) -> Update | None:
        if len(self._busy) >= self.webhook.max_connections:
            return None
        waiting = (self._account.updates.update(each) for each in self._account.updates.waiting())
        return next((update for update in waiting if _chat_id(update) not in self._busy), None)

    async def _deliver(self, session: aiohttp.ClientSession, update: Update) -> None:
        retry_s = self.webhook.retry_s
        while failure := await self._post(session, update):
            self.last_failure = Failure(self._account.unix_time, failure)
            await self._account.changes.announce()
            await asyncio.sleep(retry_s)  # Telegram too waits longer after each failure
            retry_s = min(2 * retry_s, _LONGEST_RETRY_S)
        self._account.updates.delivered(update["update_id"])
        self._busy.remove(_chat_id(update))
        await self._account.changes.announce()

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> str:
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret_token:
            headers[SECRET_HEADER] = self.webhook.secret_token
        body = json.dumps(update, ensure_ascii=False).encode()
        timeout = aiohttp.ClientTimeout(total=_ANSWER_TIMEOUT_S)
        try:
            async with session.post(self.webhook.url, data=body, headers=headers, timeout=timeout) as answer:
                await answer.read()
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError as error:
            return "Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else "Connection closed"
        return (
            ""
            if answer.status in range(200, 300)
            else f"Wrong response from the webhook: {answer.status} {answer.reason}"
        )


def _chat_id(update: Update) -> int:
    """Return the chat whose updates keep their order; a pressed button queues with its person's chat."""
    if "callback_query" in update:
        return update["callback_query"]["from"]["id"]
    message = update.get("message") or update.get("edited_message") or update.get("my_chat_member")
    if message is None:
        raise LookupError(f"update {update['update_id']} has no chat")
    return message["chat"]["id"]
