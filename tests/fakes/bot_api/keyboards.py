"""What Telegram accepts as buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.fakes.bot_api.errors import ApiError, Refusal

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import InlineKeyboardButton, InlineKeyboardMarkup, ReplyMarkup

_CALLBACK_DATA_BYTES = 64


def inline_keyboard(markup: ReplyMarkup | None) -> InlineKeyboardMarkup | None:
    """Check a reply_markup; return the part that belongs to the message itself. ApiError 400."""
    if markup is None or "inline_keyboard" not in markup:
        return None
    for row in markup["inline_keyboard"]:
        for button in row:
            _check(button)
    return markup


def _check(button: InlineKeyboardButton) -> None:
    if ("url" in button) == ("callback_data" in button):
        raise ApiError(400, Refusal.BUTTON_TYPE)
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= _CALLBACK_DATA_BYTES:
        raise ApiError(400, Refusal.BUTTON_DATA)
    if "url" in button:
        address = urlsplit(button["url"])
        if address.scheme not in {"http", "https", "tg"} or (address.scheme != "tg" and "." not in address.netloc):
            raise ApiError(400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
