"""Which function carries out which method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.bot_api import about, editing, membership, profile, receiving, sending

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.fakes.bot_api.account import Account

HANDLERS: dict[str, Callable[[Account, Any], Awaitable[object]]] = {
    "getMe": profile.get_me,
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": profile.answer_callback_query,
    "getFile": profile.get_file,
    "setMyCommands": about.set_my_commands,
    "getMyCommands": about.get_my_commands,
    "deleteMyCommands": about.delete_my_commands,
    "setMyName": about.set_my_name,
    "setMyDescription": about.set_my_description,
    "setMyShortDescription": about.set_my_short_description,
    "getMyDescription": about.get_my_description,
    "getMyShortDescription": about.get_my_short_description,
    "getChat": membership.get_chat,
    "leaveChat": membership.leave_chat,
}
