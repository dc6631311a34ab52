"""To whom a mail came."""

from __future__ import annotations

import re

from services.intake.email.rules.verdict import Evidence

_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_LONGEST_FIELD = 10_000
_ADDRESS = re.compile(r"[^@\s<>(),;:\"]{1,200}@[^@\s<>(),;:\"]{1,200}")


def recipients(seen: Evidence) -> list[str]:
    """The recipients of the envelope, and those that the fields name, in lower case."""
    fields = " ".join(str(value)[:_LONGEST_FIELD] for name, value in seen.mail.raw_items() if name.lower() in _FIELDS)
    named = (match.group() for match in _ADDRESS.finditer(fields))
    return [address.lower() for address in (*map(str, seen.envelope.get("rcpt_tos", ())), *named)]


def return_token(seen: Evidence) -> str:
    """The capability of the return path that the mail came to, or ""."""
    return next(filter(None, map(seen.addresses.return_token, recipients(seen))), "")
