"""A stored mail, read: what kind it is, who wrote it, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.ideas.model import Attachment, InboundMessage, Nothing, Reading, Sender, Submission
from services.intake.email import mime
from services.intake.email.receive import CHANNEL
from services.intake.email.rules import Evidence, MailKind, kind_of


@dataclass(frozen=True, slots=True)
class MailReading:
    """One mail as people would tell of it. `sender` is None where no single valid address is named."""

    kind: MailKind
    sender: str | None
    subject: str
    text: str
    attachments: tuple[Attachment, ...]

    def to_json(self, file: str) -> dict[str, Any]:
        """One line of `ideenkanal read-mail`."""
        return {
            "file": file,
            "kind": self.kind.value,
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "reply_text": self.text,
            "attachments": [
                {"filename": item.filename, "media_type": item.media_type, "bytes": len(item.content)}
                for item in self.attachments
            ],
            "thread": None,
            "bounced": [],
        }


class MailReader:
    """The reading end of the e-mail channel."""

    name = CHANNEL

    def __init__(self, own_addresses: Iterable[str]) -> None:
        self._own_addresses = frozenset(address.lower() for address in own_addresses)

    def read_mail(self, raw: bytes, envelope: Mapping[str, Any]) -> MailReading:
        """The reading of a raw message; `envelope` is empty where none is known."""
        mail = mime.parse(raw)
        body = mime.body(mail)
        kind = kind_of(Evidence(mail, body, envelope, self._own_addresses))
        return MailReading(kind, mime.address(mail, "from"), mime.header(mail, "subject"), body.text, body.attachments)

    def read(self, message: InboundMessage) -> Reading:
        """A person's mail as a submission; anything else needs no answer, and must not get one."""
        reading = self.read_mail(message.raw, message.envelope)
        if reading.kind is not MailKind.SUBMISSION:
            return Nothing(reading.kind.value)
        # Without a usable From the answer goes where a bounce would go (RFC 3834 section 4).
        sender = reading.sender or str(message.envelope["mail_from"]).lower()
        return Submission(
            sender=Sender(CHANNEL, sender, verified=False),
            subject=reading.subject,
            text=reading.text,
            attachments=reading.attachments,
        )
