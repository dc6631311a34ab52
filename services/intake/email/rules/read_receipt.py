"""Read receipts: a mail program says that a mail was displayed or deleted."""

from __future__ import annotations

from services.intake.email.mime import header
from services.intake.email.rules.failures import bounce
from services.intake.email.rules.failures.words import says_failure
from services.intake.email.rules.parts import has_part
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

_NOTICE = 4_000
_PARTS = ("message/disposition-notification", "message/global-disposition-notification")


def read_receipt(seen: Evidence) -> Verdict | None:
    """RFC 8098: the mail arrived, so it is no bounce, unless a Sieve filter rejects in this form (RFC 5429)."""
    classed = header(seen.mail, "content-class").lower() == "urn:content-classes:mdn"
    if not classed and not has_part(seen.mail, _PARTS, report_type="disposition-notification"):
        return None
    if "reject" in header(seen.mail, "subject").lower() and says_failure(seen.body.text[:_NOTICE]):
        return bounce(seen, "read-receipt", "it is a disposition notification by which a filter rejects (RFC 5429)")
    return Verdict(MailKind.AUTO_REPLY, "read-receipt", "it is a disposition notification (RFC 8098)")
