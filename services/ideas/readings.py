"""What a message can turn out to be once it is read: a person's words, a wish, a report, or nothing to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from nlp.understanding import Point
from services.ideas.chat import AwaitedFile, Button, ChatMessage
from services.ideas.errors import IdeenkanalError
from services.ideas.model import Attachment, Refused, Sender


class Said(Protocol):
    """One message of an idea, as a model reads it."""

    @property
    def subject(self) -> str:
        """The subject of a mail; "" elsewhere."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def point(self) -> Point | None:
        """The place that was shared with them."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the model is asked to understand: words and shared points. `is_place`: it is an answer to "where?"."""

    subject: str
    text: str
    points: tuple[Point, ...] = ()
    is_place: bool = False

    @classmethod
    def whole(cls, said: Sequence[Said]) -> Source:
        """All that was said of one idea, in that order."""
        subject = next((item.subject for item in said if item.subject), "")
        text = "\n".join(item.text for item in said if item.text)
        return cls(subject, text, tuple(item.point for item in said if item.point is not None))


class NotUnderstood(IdeenkanalError):  # noqa: N818 - named for what is the case
    """The model has to be asked about `source` before this can be done."""

    def __init__(self, source: Source) -> None:
        super().__init__("the model has not been asked about this yet")
        self.source = source


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person said.

    `text` is what they wrote now; `full_text` has quotes and signature too, "" where it is the same. `thread` is the
    capability of a reply address that the message was sent to. `answerable` is False where no automatic answer may go
    out, because the sender is probably forged. `point` is a place that was shared; `chat` is where a chat's message
    stands, and `awaited` are files of it that are still to be fetched. `is_new`: the person says that it is a new idea.
    """

    sender: Sender
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    full_text: str = ""
    refused: Refused = field(default_factory=Refused)
    thread: str | None = None
    answerable: bool = True
    point: Point | None = None
    chat: ChatMessage | None = None
    awaited: tuple[AwaitedFile, ...] = ()
    is_new: bool = False

    @property
    def source(self) -> Source:
        """What the model reads of it."""
        return Source(self.subject, self.text, (self.point,) if self.point else ())


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person asked the program itself: it is answered with the message `template`, and is no idea."""

    sender: Sender
    template: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message that needs neither an idea nor an answer, and why (an auto-reply, a bounce, an empty mail …)."""

    reason: str


class HoldReason(StrEnum):
    """Why a message waits for a person to say where it belongs."""

    NO_TOKEN = "no-token"  # noqa: S105 - it answers a message of ours, or names a number, without the secret address
    UNKNOWN_TOKEN = "unknown-token"  # noqa: S105 - its reply address bears a secret that is none of ours
    TO_DIGEST = "to-digest"  # it answers a digest, and asks for nothing that the program could or may do


@dataclass(frozen=True, slots=True)
class Held:
    """A message that only a person can put where it belongs; nobody is answered."""

    reason: HoldReason


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A delivery report (RFC 3464) about a message of ours.

    `token` is the capability of the return path it came to; without one that is ours it changes nothing. `status` is
    the enhanced code (RFC 3463), "" where none is given.
    """

    token: str
    permanent: bool
    status: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A message of a chat that its sender has reworded, as it reads now.

    `is_phrase`: it reads like a command, a button or a greeting, which would not make an idea by themselves.
    """

    sender: Sender
    chat: ChatMessage
    text: str
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """Where a button was pressed: the message that it stands under, and the press that waits for an answer."""

    message: int
    query: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A person asks for something by a button (then `pressed`) or in words, which may name no idea.

    `words` are what was typed: where nothing open fits them, they are somebody's words like all others.
    """

    sender: Sender
    button: Button
    chat: ChatMessage | None = None
    pressed: Pressed | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class JoinMail:
    """A mail by which a person joins two channels: it bears the `code` that they got elsewhere, or "" to ask for one.

    Its sender is who the From names; `thread` and `answerable` are as in Submission.
    """

    sender: Sender
    code: str
    thread: str | None = None
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Presence:
    """A person has blocked the bot or let it back in."""

    sender: Sender
    is_present: bool


@dataclass(frozen=True, slots=True)
class GroupRequest:
    """Something that happened in a group, answered there with the message `template`."""

    channel: str
    group: str
    template: str


@dataclass(frozen=True, slots=True)
class GroupMigrated:
    """A group has a new chat id from now on (Bot API, migrate_to_chat_id)."""

    old: str
    new: str


Reading = (
    Submission
    | Request
    | Held
    | BounceReport
    | Nothing
    | Edit
    | Asked
    | JoinMail
    | Presence
    | GroupRequest
    | GroupMigrated
)
