"""The methods that put something into a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api.conversation import quoted
from tests.fakes.bot_api.errors import ApiError, Refusal, WrongParameterError
from tests.fakes.bot_api.keyboards import inline_keyboard
from tests.fakes.bot_api.text import caption_text, message_text

if TYPE_CHECKING:
    from tests.fakes.bot_api.account import Account
    from tests.fakes.bot_api.attachments import Document
    from tests.fakes.bot_api.conversation import Conversation
    from tests.fakes.bot_api.requests import SendChatAction, SendDocument, SendMessage
    from tests.fakes.bot_api.wire import Message, Upload

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
    text, entities = message_text(p["text"], p.get("parse_mode"), p.get("entities"))
    conversation = account.conversation(p["chat_id"])
    message = _outgoing(account, conversation, p)
    message["text"] = text
    if entities:
        message["entities"] = entities
    if "link_preview_options" in p:
        message["link_preview_options"] = p["link_preview_options"]
    return await _put(conversation, message)


async def send_document(account: Account, p: SendDocument) -> Message:
    """Send a file to a chat, uploaded or by the file_id of one that is known."""
    caption, entities = caption_text(p.get("caption", ""), p.get("parse_mode"), p.get("caption_entities"))
    conversation = account.conversation(p["chat_id"])
    document = _document(account, p["document"])
    message = _outgoing(account, conversation, p)
    message["document"] = document
    if caption:
        message["caption"] = caption
    if entities:
        message["caption_entities"] = entities
    return await _put(conversation, message)


async def send_chat_action(account: Account, p: SendChatAction) -> bool:
    """Show a passing sign such as "typing"."""
    if p["action"] not in _ACTIONS:
        raise WrongParameterError(Refusal.ACTION)
    conversation = account.conversation(p["chat_id"])
    conversation.actions.append(p["action"])
    await conversation.changes.announce()
    return True


def _document(account: Account, document: Upload | str) -> Document:
    if isinstance(document, str):
        return account.files.of_id(document, Refusal.FILE_WRONG).document()
    if not document.content:
        raise WrongParameterError(Refusal.FILE_EMPTY)
    return account.files.keep(document.content, document.file_name, document.media_type).document()


def _outgoing(account: Account, conversation: Conversation, p: SendMessage | SendDocument) -> Message:
    message_id = p.get("reply_parameters", {"message_id": 0})["message_id"]
    replied = conversation.message(message_id)
    if message_id and replied is None and not p["reply_parameters"].get("allow_sending_without_reply"):
        raise ApiError(400, Refusal.REPLIED_NOT_FOUND)
    markup = inline_keyboard(p.get("reply_markup"), conversation.chat)
    message = account.new_message(conversation, account.user)
    if replied is not None:
        message["reply_to_message"] = quoted(replied)
    if markup:
        message["reply_markup"] = markup
    if p.get("protect_content"):
        message["has_protected_content"] = True
    conversation.show_keyboard(p.get("reply_markup"))
    return message


async def _put(conversation: Conversation, message: Message) -> Message:
    conversation.add(message)
    await conversation.changes.announce()
    return message
