"""The mail that came back with a notice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.intake.email.mime import Mail, header
from services.intake.email.rules.failures.addresses import addresses_in
from services.intake.email.rules.parts import own_parts

_LONGEST_HEADER = 50_000
_TO = re.compile(r"to\s?:(.*)", re.IGNORECASE)


def returned_recipients(mail: Mail, lines: Iterable[str]) -> tuple[str, ...]:
    """To whom it was: by its own part, by the part with its header (RFC 6522 section 3), or by `lines` of the text."""
    for part in own_parts(mail):
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if part.get_content_type() == "message/rfc822" and isinstance(inner, Mail):
            found = addresses_in(header(inner, "to"))
        elif part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            found = _to(str(payload)[:_LONGEST_HEADER].splitlines())
        else:
            continue
        if found:
            return found
    return _to(lines)


def _to(lines: Iterable[str]) -> tuple[str, ...]:
    matches = (_TO.match(line) for line in lines)
    return next((found for match in matches if match and (found := addresses_in(match.group(1)))), ())
