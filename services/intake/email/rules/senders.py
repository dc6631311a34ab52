"""Which senders are programs."""

from __future__ import annotations

import re

from services.intake.email.mime import address, header
from services.intake.email.rules.verdict import Evidence

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|\bmdaemon\b|mail (?:delivery|transport|transfer) (?:sub-?)?(?:system|service|agent)"
)
_MACHINE = re.compile(
    r"p?o+st[-_. ]?master|no[-_.]?reply|do-?not-?reply|\bdaemon\b|bounces?[-+@]"
    r"|system[- ]?administrator|mail[-_. ]?(?:system|gateway|scanner|server|service|delivery|admin)|smtp"
)


def has_null_sender(seen: Evidence) -> bool:
    """Whether the reverse-path is null (RFC 5321 section 4.5.5), as the envelope says, or else the field of it."""
    if "mail_from" in seen.envelope:
        return seen.envelope["mail_from"] in {"", "<>"}
    return header(seen.mail, "return-path").replace(" ", "") == "<>"


def is_daemon(seen: Evidence) -> bool:
    """Whether the author is a mail server's daemon."""
    return bool(_DAEMON.search(_author(seen)))


def is_role(seen: Evidence) -> bool:
    """Whether the author is a role that people seldom write in, or nobody at all."""
    author = _author(seen)
    return author in {"", "<>"} or bool(_MACHINE.search(author))


def is_machine(seen: Evidence) -> bool:
    """Whether the author is probably a program."""
    return has_null_sender(seen) or is_role(seen)


def _author(seen: Evidence) -> str:
    author = address(seen.mail, "from")
    # The display name counts; the domain does not, because smtp.example.org may be anyone's.
    domain = author.rpartition("@")[2] if author else "\0"
    return header(seen.mail, "from").lower().replace(domain, "")
