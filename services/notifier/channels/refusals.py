"""What the errors of the Bot API mean for a message.

A reason holds Telegram's own description of a refused request, and never one that names the token. Whatever else an
exception says of itself may be a URL with the token in it, and reasons are kept and logged.
"""

from __future__ import annotations

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from services.notifier.outcome import GivenUp, Moved, Outcome, Retry

# The descriptions stand in https://github.com/tdlib/telegram-bot-api (Client.cpp); the documentation names none.
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid")
_NOT_MODIFIED = "message is not modified"
_CANNOT_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message_id_invalid",
)


def outcome_of(error: TelegramError, token: str) -> Outcome:
    """What becomes of a message that was refused or did not get through; `token` is kept out of the reason."""
    # Where nothing came, or no answer of the Bot API but one of a proxy on the way, it says nothing of the chat.
    return _for_now(error) if error.__cause__ is not None else _answered(error, token)


def _answered(error: TelegramError, token: str) -> Outcome:
    match error:
        case RetryAfter(retry_after=after):
            return Retry("too many requests", after if isinstance(after, timedelta) else timedelta(seconds=after))
        case ChatMigrated(new_chat_id=chat_id):
            return Moved(str(chat_id))
        case Forbidden():
            return GivenUp("the person has blocked the bot or left, or the group has removed it", undeliverable=True)
        case BadRequest(message=message) if _names(message, *_NO_CHAT):
            return GivenUp("Telegram knows no such chat", undeliverable=True)
        case BadRequest(message=message):
            said = "it does not say why" if token.lower() in message.lower() else message
            return GivenUp(f"Telegram refused the message: {said}")
        case _:
            # A rejected token among them: the message is well and waits for the operator.
            return _for_now(error)


def _for_now(error: TelegramError) -> Retry:
    return Retry(f"Telegram cannot be used at the moment ({type(error).__name__})")


def is_unchanged(error: BadRequest) -> bool:
    """Whether a message that was to be edited reads already as it should."""
    return _names(error.message, _NOT_MODIFIED)


def cannot_be_edited(error: BadRequest) -> bool:
    """Whether a message that was to be edited is gone, too old, or another one."""
    return _names(error.message, *_CANNOT_EDIT)


def _names(message: str, *known: str) -> bool:
    return any(each in message.lower() for each in known)
