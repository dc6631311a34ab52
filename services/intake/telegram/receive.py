"""Telegram updates by polling: committed to the inbound log before the offset moves.

The library's own Updater confirms from memory; a kill then loses up to a batch of a hundred.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken

from services.ideas.errors import StoreError
from services.ideas.inbound import InboundLog
from services.ideas.leases import Leases
from services.ideas.model import InboundMessage
from services.ideas.waiting import wait_for
from services.intake.telegram import CHANNEL
from services.intake.telegram.client import BACKOFF_SECONDS, fetch_updates, pause_after, tell_rejected
from services.intake.telegram.minimise import conversation_of, minimised
from services.intake.telegram.stopping import unless_stopped

POLLING = "telegram-polling"
# A lease outlasts the time in which it is not asked for again, a poll, and the commit of what it brings.
_LEASE = timedelta(seconds=45)
_FRESH_FOR_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 5.0
# Of two that poll with one token, each poll of one ends a poll of the other: whoever is ended this often leaves first,
# and then the other is left alone.
_MOST_CONFLICTS = 3
_CONFLICTS_COUNT_FOR_SECONDS = 900.0

log = structlog.get_logger(__name__)


def inbound_message(update: Any) -> InboundMessage | None:
    """An update as the inbound log keeps it, minimised; None for what is no update.

    Its `update_id` is unique for the bot (Bot API, Update).
    """
    kept = minimised(update)
    if "update_id" not in kept:
        return None
    raw = json.dumps(kept, separators=(",", ":")).encode("ascii")
    return InboundMessage(CHANNEL, str(kept["update_id"]), {}, raw, datetime.now(UTC), conversation_of(kept))


class PollerState(StrEnum):
    """How polling is.

    `WAITING`: another process of this installation polls, or a fault is waited out. `CONFLICT`: somebody else polls
    with the same token, and this poller has stopped for good. `OFF`: the token was rejected.
    """

    READY = "ready"
    WAITING = "waiting"
    CONFLICT = "conflict"
    OFF = "off"


class Poller:
    """Polls with getUpdates until it is told to stop; `backoff_seconds` are its pauses in a row of failures.

    Of all processes of an installation one polls, the one that has the lease.
    """

    def __init__(
        self,
        bot: Bot,
        inbound: InboundLog,
        leases: Leases,
        stop: asyncio.Event,
        *,
        backoff_seconds: Sequence[float] = BACKOFF_SECONDS,
    ) -> None:
        self.state = PollerState.WAITING
        self._bot = bot
        self._inbound = inbound
        self._leases = leases
        self._stop = stop
        self._backoff_seconds = backoff_seconds
        self._holder = secrets.token_hex(16)
        self._lease_is_fresh_until = 0.0
        self._webhook_is_off = False
        self._conflicts: list[float] = []
        # None asks for everything unconfirmed: what was committed before a kill comes again, and is known.
        self._offset: int | None = None

    async def run(self) -> None:
        """Fetch, commit, and only then confirm. Whatever goes wrong is waited out; what was fetched comes again."""
        failures = 0
        while not self._stop.is_set():
            try:
                if await self._has_lease():
                    await unless_stopped(self._poll(), self._stop)
                else:
                    self.state = PollerState.WAITING
                    await wait_for(self._stop, min(_ASK_AGAIN_SECONDS, self._backoff_seconds[-1]))
                failures = 0
            except InvalidToken:
                self.state = PollerState.OFF
                tell_rejected()
                break
            except Exception as error:  # noqa: BLE001 - the loop goes on, and the updates are kept by Telegram
                self.state = self._state_after(error)
                if self.state is PollerState.CONFLICT:
                    break
                await self._wait_after(error, failures)
                failures += 1
        await self._give_lease_back()

    async def _poll(self) -> None:
        if not self._webhook_is_off:
            self._webhook_is_off = await self._bot.delete_webhook()
            self.state = PollerState.READY
        messages = [inbound_message(update) for update in await fetch_updates(self._bot, self._offset)]
        self.state = PollerState.READY
        # Together, so that one group commit takes them all; the offset moves only after the last one.
        kept = [message for message in messages if message is not None]
        receipts = await asyncio.gather(*map(self._inbound.append, kept))
        if kept:
            self._offset = max(int(message.external_id) for message in kept) + 1
            log.info("telegram.stored", updates=len(kept), new=sum(receipt.new for receipt in receipts))

    async def _has_lease(self) -> bool:
        clock = asyncio.get_running_loop().time
        if clock() < self._lease_is_fresh_until:
            return True
        asked_at = clock()
        is_ours = await self._leases.take(POLLING, self._holder, datetime.now(UTC), _LEASE)
        self._lease_is_fresh_until = asked_at + _FRESH_FOR_SECONDS if is_ours else 0.0
        return is_ours

    async def _give_lease_back(self) -> None:
        try:
            await self._leases.release(POLLING, self._holder)
        except StoreError as error:  # then it runs out
            log.warning("telegram.lease_kept", reason=str(error))

    def _state_after(self, error: Exception) -> PollerState:
        if not isinstance(error, Conflict):
            return PollerState.WAITING
        now = asyncio.get_running_loop().time()
        recent = [at for at in self._conflicts if now - at < _CONFLICTS_COUNT_FOR_SECONDS]
        self._conflicts = [*recent, now]
        if len(self._conflicts) < _MOST_CONFLICTS:
            return PollerState.WAITING
        log.error("telegram.conflict", reason="somebody else polls with this token: end that program, and restart this")
        return PollerState.CONFLICT

    async def _wait_after(self, error: Exception, failures: int) -> None:
        pause = pause_after(error, failures, self._backoff_seconds)
        log.warning("telegram.retry", error=type(error).__name__, seconds=pause)
        await wait_for(self._stop, pause)
