"""Delivery reports in their standard form."""

from __future__ import annotations

from services.intake.email.mime import header
from services.intake.email.rules.failures import bounce
from services.intake.email.rules.parts import has_part
from services.intake.email.rules.verdict import Evidence, Verdict

_PARTS = ("message/delivery-status", "message/global-delivery-status", "message/x-delivery-status")


def delivery_report(seen: Evidence) -> Verdict | None:
    """RFC 3464 and 6522, wherever mailing lists and virus scanners have put it; a forwarded one lies in a message."""
    classed = header(seen.mail, "content-class").lower() == "urn:content-classes:dsn"
    if classed or has_part(seen.mail, _PARTS, report_type="delivery-status") or _is_untyped_report(seen):
        return bounce(seen, "delivery-report", "it is a delivery report (RFC 3464)")
    return None


def _is_untyped_report(seen: Evidence) -> bool:
    # RFC 6522 section 3 wants a report-type; programs of before it leave it out.
    declared = header(seen.mail, "content-type").lower()
    return declared.startswith("multipart/report") and "report-type" not in declared
