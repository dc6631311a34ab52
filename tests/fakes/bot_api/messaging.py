"""The methods that put something into a chat or change what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.errors import ApiError, Refusal
from tests.fakes.bot_api.keyboards import inline_keyboard
from tests.fakes.bot_api.text import parsed, utf16_length
from tests.fakes.bot_api.wire import Upload

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.requests import (
        DeleteMessage,
        EditMessageText,
        SendChatAction,
        SendDocument,
        SendMessage,
    )
    from tests.fakes.bot_api.wire import Document, Message, MessageEntity

_TEXT_UNITS = 4096
_CAPTION_UNITS = 1024
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


async def send_message(account: Account, p: SendMessage) -> Message:
    """Send a text to a chat that may be written to."""
    conversation = account.conversation(p["chat_id"])
    text, entities = _text(p["text"], p.get("parse_mode"), p.get("entities"))
    message = _outgoing(account, conversation, p)
    message["text"] = text
    if entities:
        message["entities"] = entities
    if "link_preview_options" in p:
        message["link_preview_options"] = p["link_preview_options"]
    return await _put(account, conversation, message)


async def send_document(account: Account, p: SendDocument) -> Message:
    """Send a file to a chat, uploaded or by the file_id of one that is known."""
    conversation = account.conversation(p["chat_id"])
    caption, entities = parsed(p.get("caption", "").strip(), p.get("parse_mode"))
    if utf16_length(caption) > _CAPTION_UNITS:
        raise ApiError(400, Refusal.CAPTION_TOO_LONG)
    document = _document(account, p["document"])
    message = _outgoing(account, conversation, p)
    message["document"] = document
    if caption:
        message["caption"] = caption
    if entities := p.get("caption_entities", entities):
        message["caption_entities"] = entities
    return await _put(account, conversation, message)


async def send_chat_action(account: Account, p: SendChatAction) -> bool:
    """Show a passing sign such as "typing"."""
    conversation = account.conversation(p["chat_id"])
    if p["action"] not in _ACTIONS:
        raise ApiError(400, Refusal.ACTION)
    conversation.actions.append(p["action"])
    await account.changes.announce()
    return True


async def edit_message_text(account: Account, p: EditMessageText) -> Message:
    """Another wording or other buttons for a message of the bot."""
    if "chat_id" not in p or "message_id" not in p:
        raise ApiError(400, Refusal.EDIT_NOT_FOUND)
    conversation = account.conversation(p["chat_id"])
    text, entities = _text(p.get("text", ""), p.get("parse_mode"), p.get("entities"))
    before = conversation.message(p["message_id"])
    if before is None:
        raise ApiError(400, Refusal.EDIT_NOT_FOUND)
    if before["from"]["id"] != account.user["id"] or "text" not in before:
        raise ApiError(400, Refusal.EDIT_NOT_OWN)
    markup = inline_keyboard(p.get("reply_markup"))
    if (text, entities, markup) == (before["text"], before.get("entities", []), before.get("reply_markup")):
        raise ApiError(400, Refusal.EDIT_NOT_MODIFIED)
    after: Message = {**before, "text": text, "entities": entities, "edit_date": account.unix_time}
    after.pop("reply_markup", None)
    if markup:
        after["reply_markup"] = markup
    conversation.replace(after)
    await account.changes.announce()
    return after


async def delete_message(account: Account, p: DeleteMessage) -> bool:
    """Remove a message for everyone in the chat."""
    if not account.conversation(p["chat_id"]).remove(p["message_id"]):
        raise ApiError(400, Refusal.DELETE_NOT_FOUND)
    await account.changes.announce()
    return True


def _text(text: str, parse_mode: str | None, entities: list[MessageEntity] | None) -> tuple[str, list[MessageEntity]]:
    plain, found = parsed(text, parse_mode)
    if not plain.strip():
        raise ApiError(400, Refusal.TEXT_EMPTY)
    if utf16_length(plain) > _TEXT_UNITS:
        raise ApiError(400, Refusal.TEXT_TOO_LONG)
    return plain, entities if entities is not None and not parse_mode else found


def _document(account: Account, document: Upload | str) -> Document:
    if isinstance(document, str):
        return account.files.of_id(document, Refusal.FILE_WRONG).document()
    if not document.content:
        raise ApiError(400, Refusal.FILE_EMPTY)
    return account.files.keep(document.content, document.file_name, document.media_type).document()


def _outgoing(account: Account, conversation: Conversation, p: SendMessage | SendDocument) -> Message:
    message_id = p.get("reply_parameters", {"message_id": 0})["message_id"]
    replied = conversation.message(message_id)
    if message_id and replied is None and not p["reply_parameters"].get("allow_sending_without_reply"):
        raise ApiError(400, Refusal.REPLIED_NOT_FOUND)
    markup = inline_keyboard(p.get("reply_markup"))
    message = account.new_message(conversation, account.user)
    if replied is not None:
        message["reply_to_message"] = replied
    if markup:
        message["reply_markup"] = markup
    if p.get("protect_content"):
        message["has_protected_content"] = True
    conversation.show_keyboard(p.get("reply_markup"))
    return message


async def _put(account: Account, conversation: Conversation, message: Message) -> Message:
    conversation.add(message)
    await account.changes.announce()
    return message
