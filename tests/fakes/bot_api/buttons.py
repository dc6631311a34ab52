"""Buttons under a message and in place of the keyboard, field for field as the Bot API documents them."""

from typing import NotRequired, TypedDict, final


class CopyTextButton(TypedDict):
    """What a button puts into the clipboard: 1 to 256 characters."""

    text: str


class InlineKeyboardButton(TypedDict):
    """A button under a message: exactly one of the optional fields says what it does."""

    text: str
    url: NotRequired[str]
    callback_data: NotRequired[str]
    copy_text: NotRequired[CopyTextButton]


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
