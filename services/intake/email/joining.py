"""Mails by which people join their mail to their chat: a code and no more than a greeting, or the wish to get one."""

from __future__ import annotations

import re

from services.ideas.joining import code_in
from services.ideas.model import AttachmentRole
from services.intake.email.read import MailReading

_ANSWERING = re.compile(r"(?:\s*(?:re|aw|antw|fwd?|wg)\s*:)+\s*", re.IGNORECASE)
_ASKING = frozenset({"verbinden", "telegram verbinden"})
# Whoever writes more than this around a code has something to say.
_MOST_AROUND = 60


def join_code(mail: MailReading) -> str | None:
    """The code that a mail brings, "" where it asks for one, and None for what is a person's words like all others."""
    if any(attachment.role is AttachmentRole.FILE for attachment in mail.attachments):
        return None
    subject = _ANSWERING.sub("", mail.subject, count=1).strip()
    lines = [line for line in map(str.strip, mail.reply_text.splitlines()) if line]
    said = {line.casefold() for line in (subject, *lines)} - {""}
    if said and said <= _ASKING:
        return ""
    code = code_in(subject) or (code_in(lines[0]) if lines else None)
    around = " ".join(line for line in lines if code_in(line) is None)
    return code if len(around) <= _MOST_AROUND else None
