"""The parts of a mail that say what it is, without those of a mail that it carries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from services.intake.email.mime import Mail, header

_MOST_PARTS = 500


def own_parts(mail: Mail) -> Iterator[Mail]:
    """The mail and its parts, in no order; an attached message is one part, because what it holds is quoted."""
    return islice(_own_parts(mail), _MOST_PARTS)


def has_part(mail: Mail, media_types: Collection[str], *, report_type: str) -> bool:
    """Whether the mail is a report of this type (RFC 6522), or has a part that only such reports have."""
    for part in own_parts(mail):
        if part.get_content_type() in media_types:
            return True
        if part.get_content_maintype() == "multipart" and report_type in header(part, "content-type").lower():
            return True
    return False


def _own_parts(mail: Mail) -> Iterator[Mail]:
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [inner for inner in part.get_payload() if isinstance(inner, Mail)]
