"""The Bot API objects that the test server sends and understands, field for field as the Bot API documents them.

Only fields that the server produces or accepts are listed; `tests/fakes/test_bot_api_interface.py` holds each of them
against the published interface. Dates are Unix seconds, offsets and lengths are UTF-16 code units.
"""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict, final


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request (`InputFile` in the documentation)."""

    file_name: str
    media_type: str
    content: bytes


class User(TypedDict):
    """A person or a bot; the `can_…` and `supports_…` fields come with getMe alone."""

    id: int
    is_bot: bool
    first_name: str
    last_name: NotRequired[str]
    username: NotRequired[str]
    language_code: NotRequired[str]
    can_join_groups: NotRequired[bool]
    can_read_all_group_messages: NotRequired[bool]
    supports_inline_queries: NotRequired[bool]
    can_connect_to_business: NotRequired[bool]
    has_main_web_app: NotRequired[bool]


class Chat(TypedDict):
    """A private chat (positive id) or a group (negative id)."""

    id: int
    type: Literal["private", "group", "supergroup", "channel"]
    title: NotRequired[str]
    username: NotRequired[str]
    first_name: NotRequired[str]
    last_name: NotRequired[str]


class MessageEntity(TypedDict):
    """A stretch of text with a meaning."""

    type: str
    offset: int
    length: int
    url: NotRequired[str]
    language: NotRequired[str]
    custom_emoji_id: NotRequired[str]


class LinkPreviewOptions(TypedDict, total=False):
    """How a link is previewed."""

    is_disabled: bool
    url: str
    prefer_small_media: bool
    prefer_large_media: bool
    show_above_text: bool


class InlineKeyboardButton(TypedDict):
    """A button under a message: exactly one of the optional fields says what it does."""

    text: str
    url: NotRequired[str]
    callback_data: NotRequired[str]


@final
class InlineKeyboardMarkup(TypedDict):
    """Buttons under a message."""

    inline_keyboard: list[list[InlineKeyboardButton]]


class KeyboardButton(TypedDict):
    """A button in place of the keyboard."""

    text: str
    request_contact: NotRequired[bool]
    request_location: NotRequired[bool]


@final
class ReplyKeyboardMarkup(TypedDict):
    """Buttons in place of the keyboard."""

    keyboard: list[list[KeyboardButton]]
    is_persistent: NotRequired[bool]
    resize_keyboard: NotRequired[bool]
    one_time_keyboard: NotRequired[bool]
    input_field_placeholder: NotRequired[str]
    selective: NotRequired[bool]


@final
class ReplyKeyboardRemove(TypedDict):
    """Puts the ordinary keyboard back."""

    remove_keyboard: bool
    selective: NotRequired[bool]


@final
class ForceReply(TypedDict):
    """Makes the next message a reply."""

    force_reply: bool
    input_field_placeholder: NotRequired[str]
    selective: NotRequired[bool]


ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply


class ReplyParameters(TypedDict):
    """Which message is answered."""

    message_id: int
    chat_id: NotRequired[int | str]
    allow_sending_without_reply: NotRequired[bool]


class PhotoSize(TypedDict):
    """One size of a photo, in pixels; `file_size` in bytes."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: NotRequired[int]


class Document(TypedDict):
    """A file as a message carries it."""

    file_id: str
    file_unique_id: str
    file_name: NotRequired[str]
    mime_type: NotRequired[str]
    file_size: NotRequired[int]


class File(TypedDict):
    """A file that can be fetched under `/file/bot<token>/<file_path>`."""

    file_id: str
    file_unique_id: str
    file_size: NotRequired[int]
    file_path: NotRequired[str]


class Location(TypedDict):
    """A point in degrees (WGS 84)."""

    latitude: float
    longitude: float


# "from" is a keyword of the language, hence the functional form.
Message = TypedDict(
    "Message",
    {
        "message_id": int,
        "from": NotRequired[User],
        "date": int,
        "chat": Chat,
        "edit_date": NotRequired[int],
        "has_protected_content": NotRequired[bool],
        "reply_to_message": NotRequired["Message"],
        "text": NotRequired[str],
        "entities": NotRequired[list[MessageEntity]],
        "link_preview_options": NotRequired[LinkPreviewOptions],
        "document": NotRequired[Document],
        "photo": NotRequired[list[PhotoSize]],
        "caption": NotRequired[str],
        "caption_entities": NotRequired[list[MessageEntity]],
        "location": NotRequired[Location],
        "reply_markup": NotRequired[InlineKeyboardMarkup],
    },
)

CallbackQuery = TypedDict(
    "CallbackQuery",
    {
        "id": str,
        "from": User,
        "message": NotRequired[Message],
        "chat_instance": str,
        "data": NotRequired[str],
    },
)


class ChatMember(TypedDict):
    """What someone is in a chat; `until_date` (0: for ever) comes with "kicked"."""

    status: Literal["member", "kicked", "left"]
    user: User
    until_date: NotRequired[int]


ChatMemberUpdated = TypedDict(
    "ChatMemberUpdated",
    {"chat": Chat, "from": User, "date": int, "old_chat_member": ChatMember, "new_chat_member": ChatMember},
)


class Update(TypedDict):
    """Something that happened: exactly one of the optional fields is present."""

    update_id: int
    message: NotRequired[Message]
    edited_message: NotRequired[Message]
    callback_query: NotRequired[CallbackQuery]
    my_chat_member: NotRequired[ChatMemberUpdated]


class WebhookInfo(TypedDict):
    """The state of the webhook; an empty `url` means none."""

    url: str
    has_custom_certificate: bool
    pending_update_count: int
    last_error_date: NotRequired[int]
    last_error_message: NotRequired[str]
    max_connections: NotRequired[int]
    allowed_updates: NotRequired[list[str]]


class ResponseParameters(TypedDict, total=False):
    """What a client can do about an error; `retry_after` in seconds."""

    migrate_to_chat_id: int
    retry_after: int


class BotCommand(TypedDict):
    """A command that the client's menu shows."""

    command: str
    description: str


class BotCommandScope(TypedDict):
    """For whom commands are shown."""

    type: str
    chat_id: NotRequired[int | str]
    user_id: NotRequired[int]
