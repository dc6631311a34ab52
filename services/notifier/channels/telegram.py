"""Telegram out: a notification as plain text messages, and what the Bot API's answers mean."""

from __future__ import annotations

from datetime import timedelta

from telegram import Bot, LinkPreviewOptions
from telegram.constants import MessageLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from services.ideas.model import Notification
from services.ideas.settings import Telegram
from services.ideas.texts import Part, Texts
from services.notifier.content import Values
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent


def sending_bot(settings: Telegram) -> Bot:
    """A Bot API client for sending; when to try again is the outbox's business, so it has no retries of its own."""
    # A pool as large as the sender's batch or larger: waiting for a connection would count as a failed attempt.
    request = HTTPXRequest(connection_pool_size=32, read_timeout=20, connect_timeout=10)
    return Bot(settings.token.get_secret_value(), base_url=settings.base_url, request=request)


class TelegramDeliverer:
    """The sending end of the Telegram channel. Text is never parsed as markup."""

    name = "telegram"
    first_pause = timedelta(seconds=30)

    def __init__(self, bot: Bot, texts: Texts) -> None:
        self._bot = bot
        self._texts = texts
        # Which pieces have left, of messages that have not left whole. A restart forgets it and repeats them once.
        self._left: dict[str, list[str]] = {}

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send the text to the chat; what Telegram asks us to wait is waited exactly."""
        pieces = split(self._texts.render(notification.language, notification.template, Part.TELEGRAM, values))
        left = self._left.setdefault(notification.key, [])
        if left != pieces[: len(left)]:  # it reads differently by now
            left.clear()
        outcome = await self._send(int(notification.recipient), pieces, left)
        if not isinstance(outcome, Retry):
            del self._left[notification.key]
        return outcome

    async def _send(self, chat_id: int, pieces: list[str], left: list[str]) -> Outcome:
        """Send the pieces that have not left yet, and add each to `left`."""
        try:
            for piece in pieces[len(left) :]:
                await self._bot.send_message(chat_id, piece, link_preview_options=LinkPreviewOptions(is_disabled=True))
                left.append(piece)
        except TelegramError as error:
            return _failed(error)
        return Sent()


def _failed(error: TelegramError) -> Outcome:
    match error:
        case RetryAfter(retry_after=after):
            return Retry("too many requests", after if isinstance(after, timedelta) else timedelta(seconds=after))
        case Forbidden():
            return GivenUp("the person has blocked the bot or left")
        case ChatMigrated():
            return GivenUp("the chat has become a supergroup")
        case BadRequest(message=message):
            return GivenUp(f"Telegram refused the message: {message}")
        case _:
            # A rejected token among them: the message is well and waits for the operator.
            return Retry(f"Telegram cannot be used at the moment ({type(error).__name__})")


def split(text: str) -> list[str]:
    """Pieces of at most 4,096 UTF-16 code units (Bot API, sendMessage), cut at line ends or blanks where possible."""
    pieces = []
    text = text.strip()
    while _units(text) > MessageLimit.MAX_TEXT_LENGTH:
        end = _fitting(text)
        cut = text.rfind("\n", end // 2, end)
        cut = cut if cut > 0 else text.rfind(" ", 0, end)
        cut = cut if cut > 0 else end
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _fitting(text: str) -> int:
    kept = text.encode("utf-16-le", "replace")[: 2 * MessageLimit.MAX_TEXT_LENGTH]
    return len(kept.decode("utf-16-le", "ignore"))
