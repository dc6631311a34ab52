"""Mail that says nothing."""

from __future__ import annotations

import re

from services.intake.email.mime import header
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

_REPLY_PREFIX = re.compile(r"(?:re|aw|antw|antwort)\s?:", re.IGNORECASE)


def empty(seen: Evidence) -> Verdict | None:
    """Neither text nor a file, and no subject of the sender's own: that of an answer is ours."""
    subject = header(seen.mail, "subject")
    if seen.body.text.strip() or seen.body.attachments or (subject and not _REPLY_PREFIX.match(subject)):
        return None
    return Verdict(MailKind.EMPTY, "empty", "it has neither text nor attachments nor a subject of its own")
