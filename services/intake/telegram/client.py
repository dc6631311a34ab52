"""A client of the Bot API for receiving, which gives updates as they came and logs nothing of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from services.ideas.settings import Telegram

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
BACKOFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
_LONG_POLL_SECONDS = 10
_REJECTED = "the token was rejected: set telegram.token anew and restart"

log = structlog.get_logger(__name__)


class _Request(HTTPXRequest):
    """The library's own writes an answer that is no JSON to the log, with everything that people wrote in it."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer. Raises TelegramError."""
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise TelegramError("the answer is no JSON") from None
        return answer


def receiving_bot(settings: Telegram) -> Bot:
    """A Bot API client for receiving."""
    return Bot(
        settings.token.get_secret_value(),
        base_url=settings.base_url,
        base_file_url=settings.base_file_url,
        request=_Request(connection_pool_size=16, read_timeout=20, connect_timeout=10),
    )


async def fetch_updates(bot: Bot, offset: int | None) -> list[Any]:
    """What getUpdates answers: all from `offset` on, or all that is unconfirmed; each update as it came.

    The library's own method reads every update first, and one that it cannot read would be asked for again for ever.
    It has that method under two names; the Bot API takes method names in any case.
    """
    asked = {"timeout": _LONG_POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
    if offset is not None:
        asked["offset"] = offset
    updates = await bot.do_api_request("getupdates", asked, read_timeout=_LONG_POLL_SECONDS + 10)
    if not isinstance(updates, list):
        raise TelegramError("the answer holds no list of updates")
    return updates


def tell_rejected() -> None:
    """Log that the channel is off, and why."""
    log.error("telegram.off", reason=_REJECTED)


def pause_after(error: Exception, failures: int, backoff_seconds: Sequence[float] = BACKOFF_SECONDS) -> float:
    """How long to wait after a fault, in seconds; `failures` came before it."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return float(after if isinstance(after, int) else after.total_seconds())
    if isinstance(error, Conflict):
        return backoff_seconds[-1]
    return backoff_seconds[min(failures, len(backoff_seconds) - 1)]
