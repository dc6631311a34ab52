"""Mail that goes to many: mailing lists, newsletters, circulars."""

from __future__ import annotations

from services.intake.email.mime import header
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

# RFC 2919 and 2369.
_FIELDS = ("list-id", "list-post", "list-unsubscribe")


def mailing_list(seen: Evidence) -> Verdict | None:
    """A list's fields, or an old Precedence of bulk."""
    field = next((name for name in _FIELDS if header(seen.mail, name)), "precedence" if is_bulk(seen) else None)
    if field is None:
        return None
    return Verdict(MailKind.LIST, "mailing-list", f"its field {field} is that of mail to many")


def is_bulk(seen: Evidence) -> bool:
    """Whether Precedence (in no standard, but everywhere) says that it is mail to many."""
    return header(seen.mail, "precedence").lower() in {"bulk", "list", "junk"}
