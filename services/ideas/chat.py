"""What a chat adds to the values: where a message stands in it, and what its buttons and words ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """Where a message stands in its chat.

    `number` is unique in the chat (Bot API, message_id) and `sent_at` the time at which the person sent it. `answers`
    is the number of the message that it replies to, `answers_about` the one reference number in that message where the
    bot wrote it. Messages of one `album` were sent as one.
    """

    number: int
    sent_at: datetime
    answers: int | None = None
    answers_about: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class AwaitedFile:
    """A file that came with a message and has not been fetched yet; `file_id` is what the channel knows it by."""

    file_id: str
    filename: str
    media_type: str


class Wish(StrEnum):
    """What a button, a command or typed words ask for. The values are short, because a button holds 64 bytes."""

    CONFIRM = "ok"
    TOPIC = "t"
    PLACE = "p"
    ADD = "a"
    WITHDRAW = "w"
    SPLIT = "n"
    MERGE = "m"
    LANGUAGE = "l"
    UPDATES = "u"
    ERASE = "e"
    EXPORT = "x"
    JOIN = "j"
    KEEP = "k"


# Arguments of wishes: what the second press says.
YES, NO, EVERYTHING, MORE = "yes", "no", "all", "more"


@dataclass(frozen=True, slots=True)
class Button:
    """What pressing a button asks for: a wish about an idea, "" where it is about none, and the chosen `argument`."""

    wish: Wish
    reference: str = ""
    argument: str = ""

    def encode(self) -> str:
        """The button's data (Bot API, callback_data): ASCII, at most 64 bytes."""
        return f"{self.wish}:{self.reference}:{self.argument}"

    @classmethod
    def decode(cls, data: str) -> Button | None:
        """The inverse; None for anything else, as an older version or a forged request might send it."""
        match data.split(":"):
            case [wish, reference, argument] if wish in {known.value for known in Wish}:
                return cls(Wish(wish), reference, argument)
        return None
