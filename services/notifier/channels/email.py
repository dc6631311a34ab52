"""E-mail out: a notification as an RFC 5322 message, recognisable as the same one when it is sent twice."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Protocol

from services.ideas.addresses import MailAddresses
from services.ideas.channels import EMAIL
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.settings import Email
from services.ideas.texts import Texts
from services.notifier.channels.signature import Signer
from services.notifier.channels.wire_format import alternatives, folded
from services.notifier.content import UNSUBSCRIBE_LINK, Values
from services.notifier.outcome import GivenUp, Outcome
from services.notifier.pace import Pace
from services.notifier.settlement import Patience

# RFC 3834 section 5: answers to a message, and everything else that a program sends by itself.
_AUTO_REPLIED = frozenset({"confirmation", "attachments", "join_code", "receipt"})
# What need not be parsed: RFC 5321 section 4.1.2, a local part without quotes at a domain name.
_ORDINARY = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
# Exchange's word for no answers by itself (MS-OXCMAIL). "All" would keep back delivery failures as well, and those
# must reach the return path.
_UNWANTED_ANSWERS = "DR, RN, NRN, OOF, AutoReply"


class MailTransport(Protocol):
    """Where finished mail is handed to."""

    async def send(self, mail: bytes, sender: str, recipient: str) -> Outcome:
        """Hand over one mail for one recipient, byte for byte (`sender` is the envelope's)."""
        ...


class EmailDeliverer:
    """The sending end of the e-mail channel; without a signer, mail leaves unsigned."""

    name = EMAIL
    # RFC 5321 section 4.5.4.1 asks for half an hour, and for at least four to five days before a sender gives up.
    # Greylisting lets a mail in after five minutes.
    patience = Patience(first_pause=timedelta(minutes=5), give_up_after=timedelta(days=5))

    def __init__(
        self,
        texts: Texts,
        settings: Email,
        transport: MailTransport,
        signer: Signer | None = None,
        pace: Pace = Pace(),  # noqa: B008 - a value
    ) -> None:
        self.pace = pace
        self._texts = texts
        self._settings = settings
        self._transport = transport
        self._signer = signer

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Compose the mail, sign it, and hand it over."""
        recipient = _recipient(notification.recipient)
        if recipient is None:
            return GivenUp("no mail can be addressed to this recipient")
        mail = compose(self._texts, self._settings, replace(notification, recipient=recipient), values)
        if self._signer is not None:
            mail = await asyncio.to_thread(self._signer.sign, mail, notification.dated_at)
        return await self._transport.send(mail, _return_path(self._settings, notification), recipient)


def compose(texts: Texts, settings: Email, notification: Notification, values: Values) -> bytes:
    """The mail of a notification, 7 bit with CRLF; the same notification with the same values gives the same bytes."""
    own = settings.addresses[0]
    identity = hashlib.sha256(notification.key.encode()).hexdigest()[:32]
    fields = {
        **_unsubscribing(values.get(UNSUBSCRIBE_LINK, "")),
        "From": _sender(settings.sender_name, own),
        "To": notification.recipient,
    }
    if notification.reply_token:
        fields["Reply-To"] = MailAddresses(settings).reply(notification.reply_token)
    return alternatives(
        fields
        | {
            "Subject": folded("Subject", _render(texts, notification, Part.SUBJECT, values)),
            # RFC 5322 section 3.6.1: when it was ready to go. An update to an unconfirmed address is not for weeks.
            "Date": format_datetime(notification.dated_at),
            "Message-ID": f"<{identity}@{own.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-replied" if notification.template in _AUTO_REPLIED else "auto-generated",
            "X-Auto-Response-Suppress": _UNWANTED_ANSWERS,
            "Content-Language": notification.language,
        },
        _render(texts, notification, Part.TEXT, values),
        _render(texts, notification, Part.HTML, values),
        boundary=f"=_{identity}",
    )


@cache
def _sender(name: str, address: str) -> str:
    """The value of From, in one line."""
    written = EmailMessage(policy=policy.SMTP.clone(max_line_length=0))
    written["From"] = Address(name, addr_spec=address)
    return written.as_bytes().decode("ascii").partition(": ")[2].strip()


def _unsubscribing(link: str) -> dict[str, str]:
    """The fields by which a mail program unsubscribes its user (RFC 2369, RFC 8058), none without a link."""
    if not link:
        return {}
    fields = {"List-Unsubscribe": f"<{link}>"}
    if link.startswith("https://"):  # RFC 8058 section 3.1 allows one click for no other link
        fields["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return fields


def _return_path(settings: Email, notification: Notification) -> str:
    """Where a delivery failure comes back to, and tells which mail it is (VERP); null where nothing could be told."""
    token = notification.return_token
    return MailAddresses(settings).return_path(token) if token else ""


def _recipient(address: str) -> str | None:
    if _ORDINARY.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    try:
        # A domain name travels in its ASCII form (RFC 5891 section 4.4); a local part has none.
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}").addr_spec
    except (ValueError, IndexError, MessageError):
        return None


def _render(texts: Texts, notification: Notification, part: Part, values: Values) -> str:
    return texts.render(notification.language, notification.template, part, values)
