"""The files of a mail, as far as its limits let them in."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.ideas.model import Attachment, AttachmentRole, Refused
from services.intake.attachments.names import clean_name, extension_of
from services.intake.attachments.types import media_type_of
from services.intake.email.contents import children, declared_name, disposition
from services.intake.email.encoded_words import without_encoded_words
from services.intake.email.headers import header
from services.intake.email.transfer import freed
from services.intake.email.tree import Mail

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_CALENDARS = frozenset({"text/calendar", "application/ics"})


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """How many files of one mail are kept, and how large each may be."""

    most: int = 20
    most_bytes: int = 10 * 1024 * 1024


def kept_files(
    parts: Iterable[Mail], shown: AbstractSet[str], limits: AttachmentLimits
) -> tuple[tuple[Attachment, ...], Refused]:
    """The files of these parts, and how many were refused; `shown` are the Content-IDs that the HTML shows."""
    kept: list[Attachment] = []
    too_large = too_many = 0
    for number, part in enumerate(parts, 1):
        if len(kept) >= limits.most:
            too_many += 1
            continue
        content = freed(bytes(part.inside), header(part, "content-transfer-encoding"))
        if len(content) > limits.most_bytes:
            too_large += 1
        else:
            kept.append(_attachment(part, content, number, shown))
    return tuple(kept), Refused(too_large=too_large, too_many=too_many)


def _attachment(part: Mail, content: bytes, number: int, shown: AbstractSet[str]) -> Attachment:
    declared = part.get_content_type()
    is_message = part.get_content_maintype() == "message"
    media_type = declared if is_message else media_type_of(content, declared)
    name = clean_name(_name(part), media_type, number)
    return Attachment(name, media_type, content, _role(part, name, media_type, shown))


def _name(part: Mail) -> str:
    name = without_encoded_words(declared_name(part))
    if name or part.get_content_type() not in _MESSAGES:
        return name
    subject = next((header(message, "subject") for message in children(part)), "").replace("/", "-").replace("\\", "-")
    return f"{subject[:100]}{extension_of('message/rfc822')}" if subject else ""


def _role(part: Mail, name: str, media_type: str, shown: AbstractSet[str]) -> AttachmentRole:
    if media_type in _MESSAGES:
        return AttachmentRole.MESSAGE
    if part.get_content_type() in _CALENDARS:
        return AttachmentRole.CALENDAR
    if part.get_content_type() in _TNEF or name.lower() == "winmail.dat":
        return AttachmentRole.TNEF
    is_image = media_type.startswith("image/")
    is_shown = header(part, "content-id").strip("<> ").lower() in shown or disposition(part) == "inline"
    return AttachmentRole.INLINE if is_image and is_shown else AttachmentRole.FILE
