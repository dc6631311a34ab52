"""One file of Telegram's: where it is to be had, its bytes, and what went wrong. Its address holds the bot's token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from services.intake.telegram.client import pause_after

# Telegram fetches the file for itself first.
_GET_FILE_SECONDS = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=30)
# Longer than both together.
LONGEST = timedelta(seconds=420)
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file is here."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Later:
    """A fault that may pass; `after` is how long Telegram asked us to wait, None where it did not say."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no way to this file."""

    reason: str


Outcome = Fetched | Later | Lost
_TOO_LARGE = Lost("it is too large")


async def download(bot: Bot, client: aiohttp.ClientSession, file_id: str, most_bytes: int) -> Outcome:
    """Fetch a file of at most so many bytes. No reason holds more of a fault than its kind: messages show addresses."""
    try:
        found = await bot.get_file(file_id, read_timeout=_GET_FILE_SECONDS)
        if (found.file_size or 0) > most_bytes:
            return _TOO_LARGE
        return await _content(client, found.file_path or "", most_bytes)
    except RetryAfter as error:
        return Later("too many requests", timedelta(seconds=pause_after(error, 0)))
    except BadRequest as error:
        # "wrong file_id or the file is temporarily unavailable" is one message (tdlib/telegram-bot-api, issue 32).
        is_passing = "temporarily" in error.message
        return Later("it is not available at the moment") if is_passing else Lost("Telegram does not hand it out")
    except (TelegramError, aiohttp.ClientError, TimeoutError) as error:
        return Later(type(error).__name__)


async def _content(client: aiohttp.ClientSession, address: str, most_bytes: int) -> Outcome:
    # A redirection would carry the token elsewhere.
    async with client.get(address, timeout=_TIMEOUT, allow_redirects=False) as answer:
        if answer.status != 200:
            return Later(f"status {answer.status}")
        content = bytearray()
        async for piece in answer.content.iter_chunked(_PIECE_BYTES):
            content += piece
            if len(content) > most_bytes:
                return _TOO_LARGE
        return Fetched(bytes(content))
