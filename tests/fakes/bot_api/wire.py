"""The Bot API objects that the test server sends and understands, field for field as the Bot API documents them.

Only fields that the server produces or accepts are listed; `tests/fakes/test_bot_api_interface.py` holds each of them
against the published interface. Dates are Unix seconds, offsets and lengths are UTF-16 code units.
"""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from tests.fakes.bot_api.attachments import (
    Audio,
    Contact,
    Dice,
    Document,
    Location,
    PhotoSize,
    Poll,
    Sticker,
    Venue,
    Video,
    VideoNote,
    Voice,
)
from tests.fakes.bot_api.buttons import InlineKeyboardMarkup


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


class ReplyParameters(TypedDict):
    """Which message is answered."""

    message_id: int
    chat_id: NotRequired[int | str]
    allow_sending_without_reply: NotRequired[bool]


class File(TypedDict):
    """A file that can be fetched under `/file/bot<token>/<file_path>`."""

    file_id: str
    file_unique_id: str
    file_size: NotRequired[int]
    file_path: NotRequired[str]


class MessageOriginUser(TypedDict):
    """A forwarded message of a person who lets everybody know."""

    type: Literal["user"]
    date: int
    sender_user: User


class MessageOriginHiddenUser(TypedDict):
    """A forwarded message of a person of whom only the name is told."""

    type: Literal["hidden_user"]
    date: int
    sender_user_name: str


class MessageOriginChannel(TypedDict):
    """A forwarded post of a channel."""

    type: Literal["channel"]
    date: int
    chat: Chat
    message_id: int
    author_signature: NotRequired[str]


MessageOrigin = MessageOriginUser | MessageOriginHiddenUser | MessageOriginChannel

# "from" is a keyword of the language, hence the functional form.
Message = TypedDict(
    "Message",
    {
        "message_id": int,
        "from": NotRequired[User],
        "sender_chat": NotRequired[Chat],
        "date": int,
        "chat": Chat,
        "forward_origin": NotRequired[MessageOrigin],
        "edit_date": NotRequired[int],
        "has_protected_content": NotRequired[bool],
        "reply_to_message": NotRequired["Message"],
        "text": NotRequired[str],
        "entities": NotRequired[list[MessageEntity]],
        "link_preview_options": NotRequired[LinkPreviewOptions],
        "media_group_id": NotRequired[str],
        "audio": NotRequired[Audio],
        "document": NotRequired[Document],
        "photo": NotRequired[list[PhotoSize]],
        "sticker": NotRequired[Sticker],
        "video": NotRequired[Video],
        "video_note": NotRequired[VideoNote],
        "voice": NotRequired[Voice],
        "caption": NotRequired[str],
        "caption_entities": NotRequired[list[MessageEntity]],
        "contact": NotRequired[Contact],
        "dice": NotRequired[Dice],
        "poll": NotRequired[Poll],
        "venue": NotRequired[Venue],
        "location": NotRequired[Location],
        "new_chat_members": NotRequired[list[User]],
        "left_chat_member": NotRequired[User],
        "group_chat_created": NotRequired[bool],
        "migrate_to_chat_id": NotRequired[int],
        "migrate_from_chat_id": NotRequired[int],
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


class BotDescription(TypedDict):
    """What a chat shows in which nothing was said yet."""

    description: str


class BotShortDescription(TypedDict):
    """What the bot's profile shows."""

    short_description: str


class BotCommandScope(TypedDict):
    """For whom commands are shown."""

    type: Literal[
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
    chat_id: NotRequired[int | str]
    user_id: NotRequired[int]


class AcceptedGiftTypes(TypedDict):
    """Which gifts a chat takes."""

    unlimited_gifts: bool
    limited_gifts: bool
    unique_gifts: bool
    premium_subscription: bool
    gifts_from_channels: bool


class ChatFullInfo(TypedDict):
    """A chat as getChat tells it."""

    id: int
    type: Literal["private", "group", "supergroup", "channel"]
    title: NotRequired[str]
    username: NotRequired[str]
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    accent_color_id: int
    max_reaction_count: int
    accepted_gift_types: AcceptedGiftTypes
