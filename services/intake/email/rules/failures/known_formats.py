"""The formats that flufl.bounce knows, a hundred of the last decades."""

from __future__ import annotations

import logging

from flufl.bounce import all_failures

from services.intake.email.mime import Mail, header
from services.intake.email.rules.failures.addresses import clean_address
from services.intake.email.rules.verdict import Evidence

# Some of its searches take quadratic time.
_LONGEST_MAIL = 60_000


def known_format(seen: Evidence) -> tuple[str, ...]:
    """The failed or delayed addresses, in lower case and in order of the alphabet; none where the format is unknown.

    The library raises on mail without a usable From, on eight-bit header fields and on unknown charsets.
    """
    if not header(seen.mail, "from") or _size(seen.mail) > _LONGEST_MAIL:
        return ()
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs what it raises
    try:
        temporary, permanent = all_failures(seen.mail)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return ()
    found = (clean_address(address.decode("utf-8", "replace")) for address in sorted(temporary | permanent))
    return tuple(dict.fromkeys(address for address in found if address))


def _size(mail: Mail) -> int:
    payloads = (part.get_payload() for part in mail.walk())
    return sum(len(payload) for payload in payloads if isinstance(payload, str))
