"""E-mail out: a notification as an RFC 5322 message, recognisable as the same one when it is sent twice."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from services.ideas.model import Notification
from services.ideas.settings import Email
from services.ideas.texts import Part, Texts
from services.notifier.content import Values
from services.notifier.outcome import GivenUp, Outcome

# RFC 3834 section 5: answers to a message, and everything else that a program sends by itself.
_AUTO_REPLIED = frozenset({"confirmation"})


class MailTransport(Protocol):
    """Where finished mail is handed to."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        """Hand over one message for one recipient (`sender` is the envelope's)."""
        ...


class EmailDeliverer:
    """The sending end of the e-mail channel."""

    name = "email"

    def __init__(self, texts: Texts, settings: Email, transport: MailTransport) -> None:
        self._texts = texts
        self._settings = settings
        self._transport = transport

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Compose the mail and hand it over."""
        recipient = _recipient(notification.recipient)
        if recipient is None:
            return GivenUp("no mail can be addressed to this recipient")
        message = compose(self._texts, self._settings, replace(notification, recipient=recipient), values)
        # The null reverse-path keeps other robots from answering (RFC 3834 section 3.3).
        return await self._transport.send(message, "", recipient)


def compose(texts: Texts, settings: Email, notification: Notification, values: Values) -> EmailMessage:
    """The mail of a notification; the same notification with the same values gives the same bytes."""
    own = settings.addresses[0]
    identity = hashlib.sha256(notification.key.encode()).hexdigest()[:32]
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(settings.sender_name, addr_spec=own)
    message["To"] = Address(addr_spec=notification.recipient)
    message["Subject"] = _render(texts, notification, Part.SUBJECT, values)
    message["Date"] = format_datetime(notification.created_at)
    message["Message-ID"] = f"<{identity}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-replied" if notification.template in _AUTO_REPLIED else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = notification.language
    message.set_content(_render(texts, notification, Part.TEXT, values), cte="quoted-printable")
    message.add_alternative(_render(texts, notification, Part.HTML, values), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{identity}")
    return message


def _recipient(address: str) -> str | None:
    local, _, domain = address.rpartition("@")
    try:
        # A domain name travels in its ASCII form (RFC 5891 section 4.4); a local part has none.
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}").addr_spec
    except (ValueError, IndexError, MessageError):
        return None


def _render(texts: Texts, notification: Notification, part: Part, values: Values) -> str:
    return texts.render(notification.language, notification.template, part, values)
