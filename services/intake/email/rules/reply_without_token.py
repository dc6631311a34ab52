"""Answers that name a conversation without its secret address: only a person may say where they belong."""

from __future__ import annotations

import re

from services.ideas.reference import parse_reference
from services.intake.email.mime import header
from services.intake.email.rules.own_message_id import own_message_ids
from services.intake.email.rules.recipients import recipients
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

_LONGEST_SUBJECT = 1_000
_BLANKS_OR_DASHES = r"[\s\u2010-\u2015-]{0,3}"


def reply_without_token(seen: Evidence) -> Verdict | None:
    """A reply address without a whole token, a Message-ID of ours that is answered, or a number in the subject."""
    if any(seen.addresses.reply_token(address) is not None for address in recipients(seen)):
        reason = "it came to a reply address without a whole token"
    elif any(own_message_ids(header(seen.mail, name), seen.addresses) for name in ("in-reply-to", "references")):
        reason = "it answers a Message-ID of ours"
    elif _names_a_number(header(seen.mail, "subject")[:_LONGEST_SUBJECT], seen.reference_prefix):
        reason = "its subject names a reference number"
    else:
        return None
    return Verdict(MailKind.REPLY, "reply-without-token", reason)


def _names_a_number(subject: str, prefix: str) -> bool:
    gap = _BLANKS_OR_DASHES
    form = re.compile(rf"\b{re.escape(prefix)}{gap}\d{{4}}{gap}\d{{4,7}}{gap}\d\b", re.IGNORECASE)
    return any(parse_reference(match.group()) for match in form.finditer(subject))
