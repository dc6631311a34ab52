"""The field in which programs say that no person wrote this."""

from __future__ import annotations

from services.intake.email.mime import header
from services.intake.email.rules.mailing_list import is_bulk
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict


def auto_submitted(seen: Evidence) -> Verdict | None:
    """RFC 3834 section 5: whatever is not "no" is automatic; what goes out in bulk and answers nothing is list mail."""
    value = header(seen.mail, "auto-submitted").lower()
    if value.partition(";")[0].strip() in {"", "no"}:
        return None
    answers = header(seen.mail, "in-reply-to") or header(seen.mail, "references")
    if value.startswith("auto-generated") and is_bulk(seen) and not answers:
        return None
    return Verdict(MailKind.AUTO_REPLY, "auto-submitted", "its Auto-Submitted field says so (RFC 3834)")
