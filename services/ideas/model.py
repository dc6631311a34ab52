"""The values that travel between the rooms: what was received, what it says, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from nlp.understanding import Point, Understanding


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A raw message as received. `external_id` is unique within its channel: the same one again is the same message.

    `envelope` is what the protocol said beside the bytes (SMTP sender and recipients), a JSON object. Messages of one
    `conversation` (a chat) are read one after another, in the order in which they came; "" belongs to none.
    """

    channel: str
    external_id: str
    envelope: Mapping[str, Any]
    raw: bytes
    received_at: datetime
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A message of the inbound log that a reader has claimed, and when; `attempt` counts from 1."""

    id: int
    message: InboundMessage
    attempt: int
    claimed_at: datetime | None = None

    @property
    def read_at(self) -> datetime:
        """When it is read, which may be long after it came."""
        return max(self.message.received_at, self.claimed_at or self.message.received_at)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The inbound log's answer: where the message is kept, and whether it was new."""

    id: int
    new: bool


class AttachmentRole(StrEnum):
    """What a file is to its mail: sent along, shown in the text, a whole message, an invitation, Outlook's wrapping."""

    FILE = "file"
    INLINE = "inline"
    MESSAGE = "message"
    CALENDAR = "calendar"
    TNEF = "tnef"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a submission."""

    filename: str
    media_type: str
    content: bytes
    role: AttachmentRole = AttachmentRole.FILE


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a submission: the address is an e-mail address or a Telegram chat id.

    `verified` says that the channel vouches for it (Telegram does, SMTP does not); `language` is an ISO 639-1 code.
    """

    channel: str
    address: str
    verified: bool
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Refused:
    """How many attachments of a submission were not kept, by reason; their names would be the sender's words."""

    too_large: int = 0
    too_many: int = 0

    def __bool__(self) -> bool:
        return bool(self.too_large or self.too_many)


class AssignmentState(StrEnum):
    """Whether a body has an idea, has done its part, has passed it on, or has said that it is not its own."""

    OPEN = "open"
    DONE = "done"
    PASSED = "passed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A body that has the idea or has had it, since when, by which rule, and until when it should be done with it."""

    body: str
    rule: str
    assigned_at: datetime
    state: AssignmentState = AssignmentState.OPEN
    due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the body has the idea now."""
        return self.state is AssignmentState.OPEN


@dataclass(frozen=True, slots=True)
class StageChange:
    """One step of an idea's way; `note` is what the submitter reads about it.

    `act` is the number of what staff did for it, None where nobody did anything.
    """

    stage: str
    at: datetime
    actor: str
    note: str
    act: int | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One message of an idea's conversation, with the names of its attachments and the numbers to ask for them by.

    `full_text` has quotes and signature too, "" where it is the same as `text`. `earlier` is how it read before its
    sender edited it, oldest first. `awaited` and `lost` name files that are still to be fetched, and that cannot be.
    """

    subject: str
    text: str
    at: datetime
    attachments: tuple[str, ...] = ()
    full_text: str = ""
    refused: Refused = Refused()
    attachment_numbers: tuple[int, ...] = ()
    point: Point | None = None
    earlier: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Idea:
    """One proposal as the bodies and its submitter see it. It holds no address.

    It has no contributions where its submitter has had them erased.
    """

    reference: str
    stage: str
    created_at: datetime
    channel: str
    understanding: Understanding
    contributions: tuple[Contribution, ...]
    assignments: tuple[Assignment, ...]
    stages: tuple[StageChange, ...]

    @property
    def title(self) -> str:
        """The subject, or else the beginning of the text, or a file's name, in one line of at most 80 characters."""
        said = (
            item.subject or item.text or " ".join((*item.attachments, *item.awaited)) for item in self.contributions
        )
        line = " ".join(next(filter(None, said), "").split())
        return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"


class NotificationState(StrEnum):
    """Where a notification stands.

    `WITHHELD`: it must not be sent, and its `last_error` says why. `BOUNCED`: it was sent and came back for good.
    """

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given-up"
    WITHHELD = "withheld"
    BOUNCED = "bounced"


UNFINISHED = (NotificationState.DUE, NotificationState.SENDING)


@dataclass(frozen=True, slots=True)
class Notification:
    """One message that is owed to one recipient, claimed for delivery; `attempt` counts from 1.

    `recipient` is the address in `channel`. `key` is unique for ever: a message sent twice carries the same key.
    `reply_token` and `return_token` are the capabilities that a mail's Reply-To and its return path bear. `dated_at` is
    when it was first claimed; after `doubts` of its attempts nobody knew whether they delivered it.
    """

    id: int
    key: str
    channel: str
    recipient: str
    language: str
    template: str
    parameters: Mapping[str, Any]
    created_at: datetime
    dated_at: datetime
    attempt: int
    doubts: int = 0
    reply_token: str = ""
    return_token: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whether a submitter's address is known to be theirs, and whether they want mail."""

    verified: bool
    unsubscribed: bool
