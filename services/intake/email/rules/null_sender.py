"""Mail with the null reverse-path."""

from __future__ import annotations

from services.intake.email.rules.failures import bounce
from services.intake.email.rules.senders import has_null_sender, is_role
from services.intake.email.rules.verdict import Evidence, Verdict


def null_sender(seen: Evidence) -> Verdict | None:
    """RFC 5321 section 4.5.5: only reports have it; where only a field says so, the author must look it too."""
    if not has_null_sender(seen) or ("mail_from" not in seen.envelope and not is_role(seen)):
        return None
    return bounce(seen, "null-sender", "it has the null reverse-path")
