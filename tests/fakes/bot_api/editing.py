"""The methods that change what stands in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError
from tests.fakes.bot_api.keyboards import inline_keyboard
from tests.fakes.bot_api.text import message_text

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.requests import DeleteMessage, EditMessageReplyMarkup, EditMessageText
    from tests.fakes.bot_api.wire import Message


async def edit_message_text(account: Account, p: EditMessageText) -> Message:
    """Another wording for a message of the bot; its buttons go unless they are given again."""
    text, entities = message_text(p.get("text", ""), p.get("parse_mode"), p.get("entities"))
    conversation, before = _own_message(account, p)
    if "text" not in before:
        raise WrongParameterError(Refusal.EDIT_NO_TEXT)
    after: Message = {**before, "text": text, "entities": entities}
    if not entities:
        after.pop("entities")
    _put_buttons(after, conversation, p)
    return await _replace(account, conversation, after)


async def edit_message_reply_markup(account: Account, p: EditMessageReplyMarkup) -> Message:
    """Other buttons, or none, under a message of the bot."""
    conversation, before = _own_message(account, p)
    after: Message = {**before}
    _put_buttons(after, conversation, p)
    return await _replace(account, conversation, after)


async def delete_message(account: Account, p: DeleteMessage) -> bool:
    """Remove a message for everyone in the chat; in a group the bot can take back only what it said itself."""
    conversation = account.conversation(p["chat_id"])
    message = conversation.message(p["message_id"])
    if message is None:
        raise ApiError(400, Refusal.DELETE_NOT_FOUND)
    if conversation.chat["type"] != "private" and not conversation.is_of_bot(message):
        raise WrongParameterError(Refusal.DELETE_NOT_OWN)
    conversation.remove(p["message_id"])
    await conversation.changes.announce()
    return True


def _own_message(account: Account, p: EditMessageText | EditMessageReplyMarkup) -> tuple[Conversation, Message]:
    if "chat_id" not in p:
        raise WrongParameterError(Refusal.CHAT_EMPTY)
    if "message_id" not in p:
        raise WrongParameterError(Refusal.EDIT_NOT_FOUND)
    conversation = account.conversation(p["chat_id"])
    message = conversation.message(p["message_id"])
    if message is None:
        raise ApiError(400, Refusal.EDIT_NOT_FOUND)
    if not conversation.is_of_bot(message):
        raise WrongParameterError(Refusal.EDIT_NOT_OWN)
    return conversation, message


def _put_buttons(message: Message, conversation: Conversation, p: EditMessageText | EditMessageReplyMarkup) -> None:
    message.pop("reply_markup", None)
    if markup := inline_keyboard(p.get("reply_markup"), conversation.chat):
        message["reply_markup"] = markup


async def _replace(account: Account, conversation: Conversation, after: Message) -> Message:
    before = conversation.message(after["message_id"])
    if after == before:
        raise ApiError(400, Refusal.EDIT_NOT_MODIFIED)
    is_reworded = before is not None and before.get("text") != after.get("text")
    after["edit_date"] = account.unix_time
    conversation.replace(after, is_reworded=is_reworded)
    await conversation.changes.announce()
    return after
