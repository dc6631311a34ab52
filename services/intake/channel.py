"""The reading end of a channel, as the reader sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.ideas.model import InboundMessage
from services.ideas.readings import Reading


class MessageDefeated(Exception):  # noqa: N818 - named for what is the case
    """This message cannot be read, however often it is tried: it is kept for a person.

    Its text is what staff read about it, and holds nothing of the message.
    """


class ReadingUnavailable(Exception):  # noqa: N818 - named for what is the case
    """Nothing can be read at the moment, and no message is to blame."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """What a raw message says, and what is kept of its envelope from now on (a JSON object)."""

    reading: Reading
    envelope: Mapping[str, Any]


class ChannelReader(Protocol):
    """The reading end of a channel."""

    name: str

    async def read_message(self, message: InboundMessage) -> ReadMessage:
        """What a raw message says. Raises MessageDefeated and ReadingUnavailable; all else counts as an attempt."""
        ...
