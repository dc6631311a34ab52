"""Mail to our return path, where only mail servers and autoresponders answer."""

from __future__ import annotations

from services.intake.email.rules.failures import bounce
from services.intake.email.rules.recipients import recipients
from services.intake.email.rules.verdict import Evidence, Verdict


def return_path(seen: Evidence) -> Verdict | None:
    """The return path (VERP) stands in no mail for people to write to, so what comes there is no submission."""
    if all(seen.addresses.return_token(address) is None for address in recipients(seen)):
        return None
    return bounce(seen, "return-path", "it came to our return path")
