"""How the Bot API refuses a request: the code and the description that the real server answers.

ApiError
└── WrongParameterError  no correct client runs into it
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.bot_api.wire import ResponseParameters


class Refusal(StrEnum):
    """Descriptions as the real server words them (source: tdlib/telegram-bot-api, tdlib/td, answers in bug reports)."""

    UNAUTHORIZED = "Unauthorized"
    NOT_FOUND = "Not Found"
    TOO_LARGE = "Request Entity Too Large"
    OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    WEBHOOK_ACTIVE = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    TERMINATED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
    CHAT_EMPTY = "Bad Request: chat_id is empty"
    CHAT_NOT_FOUND = "Bad Request: chat not found"
    UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
    BLOCKED = "Forbidden: bot was blocked by the user"
    DEACTIVATED = "Forbidden: user is deactivated"
    CANNOT_INITIATE = "Forbidden: bot can't initiate conversation with a user"
    KICKED = "Forbidden: bot was kicked from the {kind} chat"
    NOT_MEMBER = "Forbidden: bot is not a member of the {kind} chat"
    PRIVATE_CHAT = "Bad Request: chat member status can't be changed in private chats"
    TEXT_EMPTY = "Bad Request: message text is empty"
    TEXT_BLANK = "Bad Request: text must be non-empty"
    TEXT_TOO_LONG = "Bad Request: message is too long"
    CAPTION_TOO_LONG = "Bad Request: message caption is too long"
    PARSE_MODE = "Bad Request: unsupported parse_mode"
    BUTTON_DATA = "Bad Request: BUTTON_DATA_INVALID"
    BUTTON_TYPE = "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    BUTTON_TEXT = "Bad Request: a button has no text"
    BUTTON_COPY = "Bad Request: BUTTON_COPY_TEXT_INVALID"
    BUTTONS_TOO_MANY = "Bad Request: reply markup is too long"
    LOCATION_BUTTON = "Bad Request: location can be requested in private chats only"
    CONTACT_BUTTON = "Bad Request: phone number can be requested in private chats only"
    REPLIED_NOT_FOUND = "Bad Request: message to be replied not found"
    NO_DOCUMENT = "Bad Request: there is no document in the request"
    FILE_EMPTY = "Bad Request: file must be non-empty"
    FILE_ID = "Bad Request: invalid file_id"
    FILE_WRONG = "Bad Request: wrong file identifier/HTTP URL specified"
    FILE_TOO_BIG = "Bad Request: file is too big"
    EDIT_NOT_FOUND = "Bad Request: message to edit not found"
    EDIT_NOT_OWN = "Bad Request: message can't be edited"
    EDIT_NO_TEXT = "Bad Request: there is no text in the message to edit"
    EDIT_NOT_MODIFIED = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as"
        " a current content and reply markup of the message"
    )
    DELETE_NOT_FOUND = "Bad Request: message to delete not found"
    DELETE_NOT_OWN = "Bad Request: message can't be deleted"
    QUERY_INVALID = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    NOTICE_TOO_LONG = "Bad Request: MESSAGE_TOO_LONG"
    ACTION = "Bad Request: wrong parameter action in request"
    COMMAND = "Bad Request: BOT_COMMAND_INVALID"
    COMMAND_DESCRIPTION = "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    TOO_MANY_COMMANDS = "Bad Request: BOT_COMMANDS_TOO_MUCH"
    LANGUAGE = "Bad Request: invalid language code specified"
    SCOPE_CHAT = "Bad Request: can't parse BotCommandScope: Can't find field \"chat_id\""
    NAME_TOO_LONG = "Bad Request: bot name is too long"
    DESCRIPTION_TOO_LONG = "Bad Request: bot description is too long"
    SHORT_DESCRIPTION_TOO_LONG = "Bad Request: bot short description is too long"
    WEBHOOK_URL = "Bad Request: invalid webhook URL specified"
    WEBHOOK_HTTPS = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    SECRET_LONG = "Bad Request: secret token is too long"
    SECRET_CHARACTERS = "Bad Request: secret token contains unallowed characters"


class ApiError(Exception):
    """The answer `{"ok": false}`; `code` is the HTTP status and the error_code."""

    def __init__(self, code: int, description: str, parameters: ResponseParameters | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def again(self) -> ApiError:
        """Return the same answer as a new exception, for a refusal that is raised more than once."""
        return ApiError(self.code, self.description, self.parameters)


class WrongParameterError(ApiError):
    """A refusal (400) that no correct client runs into: the server notes it as a violation."""

    def __init__(self, description: str) -> None:
        super().__init__(400, description)
