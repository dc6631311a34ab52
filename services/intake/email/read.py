"""A stored mail, read: what kind it is, who wrote it, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ideas.addresses import MailAddresses
from services.ideas.model import Attachment, Refused
from services.ideas.settings import Email
from services.intake.email import mime
from services.intake.email.attachments.files import AttachmentLimits
from services.intake.email.reply import reply_text
from services.intake.email.rules import Evidence, MailKind, Verdict, decide


@dataclass(frozen=True, slots=True)
class MailReading:
    """One mail as people would tell of it.

    `sender` is None where no single valid address is named. `reply_text` is what the person wrote now, `text` has the
    quotes and the signature too.
    """

    verdict: Verdict
    sender: str | None
    subject: str
    text: str
    reply_text: str
    attachments: tuple[Attachment, ...]
    refused: Refused

    @property
    def kind(self) -> MailKind:
        """What the mail is."""
        return self.verdict.kind

    def to_json(self, file: str) -> dict[str, Any]:
        """One line of `ideenkanal read-mail`."""
        return {
            "file": file,
            "kind": self.kind.value,
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "reply_text": self.reply_text,
            "attachments": [
                {"filename": item.filename, "media_type": item.media_type, "bytes": len(item.content)}
                for item in self.attachments
            ],
            "thread": self.verdict.thread,
            "bounced": list(self.verdict.bounced),
        }

    def explanation(self) -> dict[str, str]:
        """Which rule decided what the mail is, and why."""
        return {"rule": self.verdict.rule, "reason": self.verdict.reason}


class MailReader:
    """Reads mail for one installation: its addresses and limits, and what its reference numbers begin with."""

    def __init__(self, settings: Email, reference_prefix: str) -> None:
        self._addresses = MailAddresses(settings)
        self._limits = AttachmentLimits(settings.most_attachments, settings.most_attachment_bytes)
        self._reference_prefix = reference_prefix

    def read_mail(self, raw: bytes, envelope: Mapping[str, Any]) -> MailReading:
        """The reading of a raw message; `envelope` is empty where none is known."""
        mail = mime.parse(raw)
        body = mime.body(mail, self._limits)
        verdict = decide(Evidence(mail, body, envelope, self._addresses, self._reference_prefix))
        return MailReading(
            verdict=verdict,
            sender=mime.author(mail),
            subject=mime.header(mail, "subject"),
            text=body.text,
            reply_text=reply_text(body.plain, body.html),
            attachments=body.attachments,
            refused=body.refused,
        )
