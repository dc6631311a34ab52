"""Our own mail, coming back."""

from __future__ import annotations

from services.intake.email.mime import address, header
from services.intake.email.rules.own_message_id import own_message_ids
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict


def own_mail(seen: Evidence) -> Verdict | None:
    """A From or a Message-ID of ours: a forwarding rule or a robot has sent our mail back to us."""
    author = address(seen.mail, "from")
    if author is not None and seen.addresses.is_ours(author):
        return Verdict(MailKind.LOOP, "own-mail", "its sender is this program")
    if own_message_ids(header(seen.mail, "message-id"), seen.addresses):
        return Verdict(MailKind.LOOP, "own-mail", "its Message-ID is one of ours")
    return None
