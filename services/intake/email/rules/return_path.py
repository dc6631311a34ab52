"""Mail to our return path, where only mail servers and autoresponders answer."""

from __future__ import annotations

from dataclasses import replace

from services.intake.email.rules.failures import bounce
from services.intake.email.rules.recipients import recipients
from services.intake.email.rules.senders import has_null_sender
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict


def return_path(seen: Evidence) -> Verdict | None:
    """The return path (VERP) stands in no mail for people to write to, so what comes there is no submission.

    What no rule before knew as a report proves no failure for good; and from a sender of its own it may be a person's.
    """
    if all(seen.addresses.return_token(address) is None for address in recipients(seen)):
        return None
    if has_null_sender(seen):
        return replace(bounce(seen, "return-path", "it came to our return path"), permanent=False)
    return Verdict(MailKind.REPLY, "return-path", "somebody answered to our return path")
