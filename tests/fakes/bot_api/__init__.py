"""A Bot API server for tests: faithful over real HTTP, steered by events, strict about what it is sent."""

from tests.fakes.bot_api.account import Notice
from tests.fakes.bot_api.citizen import Citizen, Group
from tests.fakes.bot_api.errors import Refusal
from tests.fakes.bot_api.server import BotApiServer, Call
from tests.fakes.bot_api.webhook import SECRET_HEADER
from tests.fakes.bot_api.wire import Message, Update
from tests.fakes.hang import Hang

__all__ = [
    "SECRET_HEADER",
    "BotApiServer",
    "Call",
    "Citizen",
    "Group",
    "Hang",
    "Message",
    "Notice",
    "Refusal",
    "Update",
]
