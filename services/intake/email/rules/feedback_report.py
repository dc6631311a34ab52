"""Feedback reports: a mailbox provider passes on that somebody called a mail spam."""

from __future__ import annotations

from services.intake.email.rules.parts import has_part
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict


def feedback_report(seen: Evidence) -> Verdict | None:
    """RFC 5965: a report about mail that was delivered, sent to all who subscribed to the provider's feed."""
    if not has_part(seen.mail, ("message/feedback-report",), report_type="feedback-report"):
        return None
    return Verdict(MailKind.LIST, "feedback-report", "it is a complaint report of a provider's feed (RFC 5965)")
