"""The field in which Exim and Google name the addresses that failed."""

from __future__ import annotations

from services.intake.email.mime import header
from services.intake.email.rules.failures import bounce
from services.intake.email.rules.verdict import Evidence, Verdict


def failed_recipients(seen: Evidence) -> Verdict | None:
    """No person's mail has X-Failed-Recipients."""
    if not header(seen.mail, "x-failed-recipients"):
        return None
    return bounce(seen, "failed-recipients", "a mail server names failed recipients")
