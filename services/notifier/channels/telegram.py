"""Telegram out: a notification as plain text messages with buttons, in place of an earlier one, or as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import MessageLimit
from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from services.ideas.channels import TELEGRAM
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.settings import Telegram
from services.ideas.texts import Texts
from services.ideas.words import Command
from services.notifier.channels.pieces import split
from services.notifier.channels.refusals import cannot_be_edited, is_unchanged, outcome_of
from services.notifier.keyboards import Keyboard
from services.notifier.outcome import Outcome, Retry, Sent
from services.notifier.pace import Pace, Rate
from services.notifier.settlement import Patience
from services.notifier.values import DOCUMENT, KEYBOARD, Values

# The answer to whoever has chosen a language.
_LANGUAGE = "language"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def sending_bot(settings: Telegram) -> Bot:
    """A Bot API client for sending; when to try again is the outbox's business, so it has no retries of its own."""
    # A pool larger than the sender has slots: waiting for a connection would count as a failed attempt.
    request = HTTPXRequest(connection_pool_size=32, read_timeout=20, connect_timeout=10)
    return Bot(settings.token.get_secret_value(), base_url=settings.base_url, request=request)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message ready to leave.

    `answers` and `edits` are numbers of messages of the chat. A `document` comes with the first piece as its caption,
    the `markup` stands under the last piece.
    """

    chat_id: int
    pieces: list[str]
    markup: InlineKeyboardMarkup | None
    answers: int | None
    edits: int | None
    document: InputFile | None


class TelegramDeliverer:
    """The sending end of the Telegram channel. Text is never parsed as markup.

    The parameters of a notification may name the message that it `answers`, the one of the bot's own that it is to
    `edit`, and the `query` of a pressed button, which waits for an answer.
    """

    name = TELEGRAM
    # Somebody waits for an answer, so the first try follows soon. A token that is revoked on a Friday is missed on the
    # Monday after; what a chat is told later than that nobody reads as an answer.
    patience = Patience(first_pause=timedelta(seconds=2), give_up_after=timedelta(days=3))

    def __init__(self, bot: Bot, texts: Texts, most_per_second: int = 30) -> None:
        self.pace = Pace(in_all=Rate(most_per_second, 1.0), to_one=chat_rate)
        self._bot = bot
        self._texts = texts
        # Which pieces have left, of messages that have not left whole. A restart forgets it and repeats them once.
        self._left: dict[str, list[str]] = {}

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send the message to the chat; what Telegram asks us to wait is waited exactly."""
        letter = self._letter(notification, values)
        left = self._left.setdefault(notification.key, [])
        if left != letter.pieces[: len(left)]:  # it reads differently by now
            left.clear()
        try:
            if not left and (query := notification.parameters.get("query")):
                await self._end_waiting(query)
            if notification.template == _LANGUAGE:
                await self._show_menu(letter.chat_id, notification.language)
            outcome = await self._send(letter, left)
        except TelegramError as error:
            outcome = outcome_of(error, self._bot.token)
        if not (left and isinstance(outcome, Retry)):
            del self._left[notification.key]
        return outcome

    def _letter(self, notification: Notification, values: Values) -> _Letter:
        text = self._texts.render(notification.language, notification.template, Part.TELEGRAM, values)
        document = values.get(DOCUMENT)
        most = MessageLimit.CAPTION_LENGTH if document else MessageLimit.MAX_TEXT_LENGTH
        return _Letter(
            chat_id=int(notification.recipient),
            pieces=split(text, most),
            markup=_markup(values.get(KEYBOARD, ())),
            answers=notification.parameters.get("answers"),
            edits=notification.parameters.get("edit"),
            document=InputFile(document.content, document.filename) if document else None,
        )

    async def _end_waiting(self, query: str) -> None:
        """Take the sign of waiting from a pressed button: as well as it goes, because a press is soon too old."""
        try:
            await self._bot.answer_callback_query(query)
        except RetryAfter:
            raise
        except TelegramError:
            return

    async def _show_menu(self, chat_id: int, language: str) -> None:
        """Show the commands in the language that was chosen: else the menu follows the telephone's."""
        words = self._texts.words(language).commands
        commands = [BotCommand(words[each].name, words[each].description) for each in Command]
        await self._bot.set_my_commands(commands, BotCommandScopeChat(chat_id))

    async def _send(self, letter: _Letter, left: list[str]) -> Outcome:
        """Send the pieces that have not left yet, and add each to `left`."""
        for position in range(len(left), len(letter.pieces)):
            await self._put(letter, position)
            left.append(letter.pieces[position])
        return Sent()

    async def _put(self, letter: _Letter, position: int) -> None:
        text = letter.pieces[position]
        is_first, is_last = position == 0, position == len(letter.pieces) - 1
        markup = letter.markup if is_last else None
        where: dict[str, Any] = {"reply_markup": markup}
        if is_first and letter.answers is not None:
            where["reply_parameters"] = ReplyParameters(letter.answers, allow_sending_without_reply=True)
        if is_first and letter.document is not None:
            await self._bot.send_document(letter.chat_id, letter.document, caption=text, **where)
        elif not (is_first and letter.edits is not None and await self._edited(letter, letter.edits, text, markup)):
            await self._bot.send_message(letter.chat_id, text, link_preview_options=_NO_PREVIEW, **where)

    async def _edited(self, letter: _Letter, number: int, text: str, markup: InlineKeyboardMarkup | None) -> bool:
        """Put the text in place of an earlier message; False where that one cannot be edited any more."""
        try:
            await self._bot.edit_message_text(
                text, letter.chat_id, number, link_preview_options=_NO_PREVIEW, reply_markup=markup
            )
        except BadRequest as error:
            if cannot_be_edited(error):
                return False
            if not is_unchanged(error):
                raise
        return True


def chat_rate(chat: str) -> Rate:
    """About one message a second to a person, and twenty a minute to a group, whose number is negative.

    Telegram bears short bursts, and who presses several buttons should not wait for the answers.
    """
    return Rate(5, 15.0) if chat.startswith("-") else Rate(10, 10.0)


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(key.label, callback_data=key.data) for key in row] for row in keyboard]
    return InlineKeyboardMarkup(rows) if rows else None
