"""Answers to the secret address of a mail of ours."""

from __future__ import annotations

from services.intake.email.rules.recipients import recipients
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict


def reply_address(seen: Evidence) -> Verdict | None:
    """Who knows the token of a reply address belongs to the conversation, whatever the From says."""
    token = next(filter(None, map(seen.addresses.reply_token, recipients(seen))), None)
    if token is None:
        return None
    return Verdict(MailKind.REPLY, "reply-address", "it came to a reply address with a token", thread=token)
