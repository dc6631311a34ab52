"""Somebody who writes to the bot in one chat, in every way that people have, and reads what it sends there."""

from __future__ import annotations

from tests.fakes.bot_api.media import MediaSender
from tests.fakes.bot_api.sharing import Sharer


class Correspondent(MediaSender, Sharer):
    """Somebody with everything that a chat offers."""
