"""Mails in the forms of mail servers and mail programs, with invented persons, and what the reader says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.ideas.addresses import MailAddresses
from services.ideas.settings import Email
from services.intake.email.rules import Verdict
from tests.intake.reading import READER

ADDRESSES = MailAddresses(Email(addresses=("ideen@example.org",)))
TOKEN = "abcdefghijklmnopqrstuvwx27"
OURS = "<0123456789abcdef0123456789abcdef@example.org>"


def verdict(raw: str, envelope: Mapping[str, Any] | None = None) -> Verdict:
    """What the mail is; without an envelope as from a file."""
    return READER.read_mail(raw.encode(), envelope or {}).verdict


def mail(sender: str, subject: str, text: str, *fields: str, to: str = "ideen@example.org") -> str:
    """A mail of one text part, with further header fields."""
    header = (f"From: {sender}", f"To: {to}", f"Subject: {subject}", *fields)
    return "\r\n".join(
        [*header, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text]
    )


def report(recipients: Sequence[str], *fields: str, text: str = "The delivery failed.", kind: str = "delivery") -> str:
    """A standard report (RFC 6522) with a group of fields for each recipient."""
    top = ("From: MAILER-DAEMON@mx.example.net", "To: ideen@example.org", "Subject: Report", *fields)
    part = f"message/{kind}-{'status' if kind == 'delivery' else 'notification'}"
    return "\r\n".join(
        [
            *top,
            f"Content-Type: multipart/report; report-type={part.partition('/')[2]}; boundary=b",
            "",
            *("--b", "Content-Type: text/plain; charset=utf-8", "", text, ""),
            *("--b", f"Content-Type: {part}", "", "Reporting-MTA: dns; mx.example.net", ""),
            *(f"{group}\r\n" for group in recipients),
            "--b--",
        ]
    )
