"""What the rules look at, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.ideas.addresses import MailAddresses
from services.intake.email.mime import Body, Mail


class MailKind(StrEnum):
    """What a mail is, in the words of the `read-mail` contract."""

    SUBMISSION = "submission"
    REPLY = "reply"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    LIST = "list"
    LOOP = "loop"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules may look at.

    `envelope` is empty for a mail that was read from a file; `reference_prefix` is how the region's numbers begin.
    """

    mail: Mail
    body: Body
    envelope: Mapping[str, Any]
    addresses: MailAddresses
    reference_prefix: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mail is, by which rule and why (never in the sender's words).

    Of a bounce: the addresses that failed or are delayed (lower case, each once), whether one of them failed for good,
    its enhanced status code (RFC 3463) or "", and the token of the return path that it came to or "". `thread` is the
    token of the reply address that a reply came to.
    """

    kind: MailKind
    rule: str
    reason: str
    bounced: tuple[str, ...] = ()
    permanent: bool = False
    status: str = ""
    thread: str | None = None
    token: str = ""


Rule = Callable[[Evidence], Verdict | None]
