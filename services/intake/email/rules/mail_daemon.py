"""Mail that a mail server wrote in its own name."""

from __future__ import annotations

from services.intake.email.rules.failures import bounce
from services.intake.email.rules.senders import is_daemon
from services.intake.email.rules.verdict import Evidence, Verdict


def mail_daemon(seen: Evidence) -> Verdict | None:
    """Only delivery failures come from MAILER-DAEMON and its like, whatever they say in whatever language."""
    if not is_daemon(seen):
        return None
    return bounce(seen, "mail-daemon", "its sender is a mail server's daemon")
