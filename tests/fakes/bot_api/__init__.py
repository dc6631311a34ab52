"""A Bot API server for tests: faithful over real HTTP, steered by events, strict about what it is sent."""

from tests.fakes.bot_api.citizen import Citizen
from tests.fakes.bot_api.conversation import Notice
from tests.fakes.bot_api.correspondent import Correspondent
from tests.fakes.bot_api.errors import Refusal
from tests.fakes.bot_api.group import Group
from tests.fakes.bot_api.media import AlbumItem
from tests.fakes.bot_api.server import BotApiServer
from tests.fakes.bot_api.steering import Call
from tests.fakes.bot_api.text import shown
from tests.fakes.bot_api.transcript import Entry
from tests.fakes.bot_api.webhook import SECRET_HEADER
from tests.fakes.bot_api.wire import Message, MessageOrigin, Update
from tests.fakes.hang import Hang

__all__ = [
    "SECRET_HEADER",
    "AlbumItem",
    "BotApiServer",
    "Call",
    "Citizen",
    "Correspondent",
    "Entry",
    "Group",
    "Hang",
    "Message",
    "MessageOrigin",
    "Notice",
    "Refusal",
    "Update",
    "shown",
]
