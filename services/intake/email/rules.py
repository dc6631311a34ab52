"""Which mail is a person's submission: rules in order, the first that holds decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.intake.email.mime import Body, Mail, address, header


class MailKind(StrEnum):
    """What a mail is, in the words of the `read-mail` contract."""

    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    LOOP = "loop"
    LIST = "list"
    EMPTY = "empty"
    SUBMISSION = "submission"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules may look at; `envelope` is empty for a mail that was read from a file."""

    mail: Mail
    body: Body
    envelope: Mapping[str, Any]
    own_addresses: frozenset[str]


def _is_bounce(seen: Evidence) -> bool:
    # RFC 5321 section 4.5.5: reports have the null reverse-path; RFC 6522: and are multipart/report.
    null_sender = seen.envelope.get("mail_from") == "" or header(seen.mail, "return-path") == "<>"
    report = seen.mail.get_content_type() == "multipart/report" or bool(header(seen.mail, "x-failed-recipients"))
    return null_sender or report or "mailer-daemon" in header(seen.mail, "from").lower()


def _is_auto_reply(seen: Evidence) -> bool:
    # RFC 3834 section 5; the other fields are older habits of mail programs.
    automatic = header(seen.mail, "auto-submitted").lower() not in {"", "no"}
    autoreply = any(header(seen.mail, name) for name in ("x-autoreply", "x-autorespond", "x-auto-reply"))
    return automatic or autoreply or header(seen.mail, "precedence").lower() == "auto_reply"


def _is_loop(seen: Evidence) -> bool:
    return address(seen.mail, "from") in seen.own_addresses


def _is_list(seen: Evidence) -> bool:
    return bool(header(seen.mail, "list-id")) or header(seen.mail, "precedence").lower() in {"bulk", "list", "junk"}


def _is_empty(seen: Evidence) -> bool:
    return not (seen.body.text or seen.body.attachments or header(seen.mail, "subject"))


RULES: tuple[tuple[MailKind, Callable[[Evidence], bool]], ...] = (
    (MailKind.BOUNCE, _is_bounce),
    (MailKind.AUTO_REPLY, _is_auto_reply),
    (MailKind.LOOP, _is_loop),
    (MailKind.LIST, _is_list),
    (MailKind.EMPTY, _is_empty),
)


def kind_of(seen: Evidence) -> MailKind:
    """What the mail is; a person's submission where no rule holds."""
    return next((kind for kind, holds in RULES if holds(seen)), MailKind.SUBMISSION)
