"""The parameters of the methods that the test server knows: one typed dictionary a method, as documented.

A documented parameter that is missing here is refused (400) and recorded as a violation: the server must not look as
if it honoured what it ignores.
"""

from typing import NotRequired, TypedDict

from tests.fakes.bot_api.buttons import InlineKeyboardMarkup, ReplyMarkup
from tests.fakes.bot_api.wire import (
    BotCommand,
    BotCommandScope,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    Upload,
)


class GetMe(TypedDict):
    """Nothing."""


class GetUpdates(TypedDict, total=False):
    """`timeout` in seconds."""

    offset: int
    limit: int
    timeout: int
    allowed_updates: list[str]


class SetWebhook(TypedDict):
    """An empty `url` removes the webhook."""

    url: str
    max_connections: NotRequired[int]
    allowed_updates: NotRequired[list[str]]
    drop_pending_updates: NotRequired[bool]
    secret_token: NotRequired[str]


class DeleteWebhook(TypedDict, total=False):
    """Back to getUpdates."""

    drop_pending_updates: bool


class GetWebhookInfo(TypedDict):
    """Nothing."""


class SendMessage(TypedDict):
    """`text`: 1 to 4096 UTF-16 units after entities parsing."""

    chat_id: int | str
    text: str
    parse_mode: NotRequired[str]
    entities: NotRequired[list[MessageEntity]]
    link_preview_options: NotRequired[LinkPreviewOptions]
    disable_notification: NotRequired[bool]
    protect_content: NotRequired[bool]
    reply_parameters: NotRequired[ReplyParameters]
    reply_markup: NotRequired[ReplyMarkup]


class SendDocument(TypedDict):
    """`document` is an upload or the file_id of a stored file; `caption`: up to 1024 UTF-16 units."""

    chat_id: int | str
    document: Upload | str
    caption: NotRequired[str]
    parse_mode: NotRequired[str]
    caption_entities: NotRequired[list[MessageEntity]]
    disable_content_type_detection: NotRequired[bool]
    disable_notification: NotRequired[bool]
    protect_content: NotRequired[bool]
    reply_parameters: NotRequired[ReplyParameters]
    reply_markup: NotRequired[ReplyMarkup]


class GetFile(TypedDict):
    """The file_id from a message."""

    file_id: str


class SetMyCommands(TypedDict):
    """At most 100 commands, per scope and language."""

    commands: list[BotCommand]
    scope: NotRequired[BotCommandScope]
    language_code: NotRequired[str]


class AnswerCallbackQuery(TypedDict):
    """`text`: up to 200 characters; `cache_time` in seconds."""

    callback_query_id: str
    text: NotRequired[str]
    show_alert: NotRequired[bool]
    cache_time: NotRequired[int]


class SendChatAction(TypedDict):
    """Such as "typing"."""

    chat_id: int | str
    action: str


class DeleteMessage(TypedDict):
    """One message of one chat."""

    chat_id: int | str
    message_id: int


class EditMessageText(TypedDict, total=False):
    """chat_id, message_id and text are optional in the documentation, for inline and rich messages, unknown here."""

    chat_id: int | str
    message_id: int
    text: str
    parse_mode: str
    entities: list[MessageEntity]
    link_preview_options: LinkPreviewOptions
    reply_markup: InlineKeyboardMarkup


class EditMessageReplyMarkup(TypedDict, total=False):
    """Other buttons, or none where `reply_markup` is left out; the rest as in editMessageText."""

    chat_id: int | str
    message_id: int
    reply_markup: InlineKeyboardMarkup


class GetMyCommands(TypedDict, total=False):
    """The commands of one scope and language."""

    scope: BotCommandScope
    language_code: str


class DeleteMyCommands(TypedDict, total=False):
    """As getMyCommands."""

    scope: BotCommandScope
    language_code: str


class SetMyName(TypedDict, total=False):
    """`name`: up to 64 characters; an empty one removes that of the language."""

    name: str
    language_code: str


class SetMyDescription(TypedDict, total=False):
    """`description`: up to 512 characters, shown in an empty chat with the bot."""

    description: str
    language_code: str


class GetMyDescription(TypedDict, total=False):
    """What a language's description or short description says."""

    language_code: str


class SetMyShortDescription(TypedDict, total=False):
    """`short_description`: up to 120 characters, shown on the bot's profile."""

    short_description: str
    language_code: str


class GetChat(TypedDict):
    """One chat."""

    chat_id: int | str


class LeaveChat(TypedDict):
    """One group."""

    chat_id: int | str


# The one list of what the server knows: the method's documented name and its parameters.
METHODS: dict[str, type] = {
    "getMe": GetMe,
    "getUpdates": GetUpdates,
    "setWebhook": SetWebhook,
    "deleteWebhook": DeleteWebhook,
    "getWebhookInfo": GetWebhookInfo,
    "sendMessage": SendMessage,
    "sendDocument": SendDocument,
    "sendChatAction": SendChatAction,
    "editMessageText": EditMessageText,
    "editMessageReplyMarkup": EditMessageReplyMarkup,
    "deleteMessage": DeleteMessage,
    "answerCallbackQuery": AnswerCallbackQuery,
    "getFile": GetFile,
    "setMyCommands": SetMyCommands,
    "getMyCommands": GetMyCommands,
    "deleteMyCommands": DeleteMyCommands,
    "setMyName": SetMyName,
    "setMyDescription": SetMyDescription,
    "setMyShortDescription": SetMyShortDescription,
    "getMyDescription": GetMyDescription,
    "getMyShortDescription": GetMyDescription,
    "getChat": GetChat,
    "leaveChat": LeaveChat,
}
