"""What Telegram accepts as buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.fakes.bot_api.errors import Refusal, WrongParameterError

if TYPE_CHECKING:
    from tests.fakes.bot_api.buttons import (
        InlineKeyboardButton,
        InlineKeyboardMarkup,
        ReplyKeyboardMarkup,
        ReplyMarkup,
    )
    from tests.fakes.bot_api.wire import Chat

_CALLBACK_DATA_BYTES = 64
_COPY_TEXT_LENGTH = 256
# Neither number is documented. Bots are known to get 8 buttons a row and 100 in all to their users; of more, tdlib/td
# silently leaves out those beyond 12 a row and 300 in all. Whoever loses buttons has made a mistake: refused here.
_ROW_BUTTONS = 8
_BUTTONS = 100


def inline_keyboard(markup: ReplyMarkup | None, chat: Chat) -> InlineKeyboardMarkup | None:
    """Check a reply_markup; return the part that belongs to the message itself, if it has one. WrongParameterError."""
    if markup is None:
        return None
    if "keyboard" in markup:
        _check_keyboard(markup, chat)
    if "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    if sum(len(row) for row in rows) > _BUTTONS or any(len(row) > _ROW_BUTTONS for row in rows):
        raise WrongParameterError(Refusal.BUTTONS_TOO_MANY)
    for row in rows:
        for button in row:
            _check(button)
    return {"inline_keyboard": rows} if rows else None


def _check_keyboard(markup: ReplyKeyboardMarkup, chat: Chat) -> None:
    for row in markup["keyboard"]:
        for button in row:
            _check_label(button["text"])
            if chat["type"] != "private" and button.get("request_location"):
                raise WrongParameterError(Refusal.LOCATION_BUTTON)
            if chat["type"] != "private" and button.get("request_contact"):
                raise WrongParameterError(Refusal.CONTACT_BUTTON)


def _check(button: InlineKeyboardButton) -> None:
    _check_label(button["text"])
    if len({"url", "callback_data", "copy_text"} & button.keys()) != 1:
        raise WrongParameterError(Refusal.BUTTON_TYPE)
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= _CALLBACK_DATA_BYTES:
        raise WrongParameterError(Refusal.BUTTON_DATA)
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= _COPY_TEXT_LENGTH:
        raise WrongParameterError(Refusal.BUTTON_COPY)
    if "url" in button:
        _check_address(button["url"])


def _check_label(text: str) -> None:
    # The real server leaves a button without a text out and says nothing.
    if not text.strip():
        raise WrongParameterError(Refusal.BUTTON_TEXT)


def _check_address(url: str) -> None:
    address = urlsplit(url)
    if address.scheme not in {"http", "https", "tg"}:
        raise WrongParameterError(
            f"Bad Request: inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
        )
    if address.scheme != "tg" and "." not in address.netloc:
        raise WrongParameterError(f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
