"""What is decided at each step of a mail: whether its sender, its recipients and its content are taken."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from aiosmtpd.smtp import Envelope, Session

from services.ideas.addresses import MailAddresses
from services.ideas.errors import StoreError, StoreFull
from services.ideas.inbound import InboundLog
from services.ideas.model import InboundMessage, Receipt
from services.ideas.settings import Email
from services.intake.email import CHANNEL
from services.intake.email.identity import external_id
from services.intake.email.receive import replies
from services.intake.email.receive.limits import Limits

_LONGEST_ADDRESS = 320
_LONGEST_NAME = 255
# Hashing this much takes about a millisecond, in which nobody else is served.
_HASHED_AT_ONCE_BYTES = 1024 * 1024
_NULL_SENDER = "<>"
# AUTH is the library's: there is nothing here to log in to.
_NOT_OFFERED = "250-AUTH"
_ALSO_OFFERED = ("250-PIPELINING", "250-ENHANCEDSTATUSCODES")

log = structlog.get_logger(__name__)


class Client(Protocol):
    """A connection, as the handler sees it: the client's IP address ("" where unknown), and what it is counted by."""

    address: str
    origin: str
    loop: asyncio.AbstractEventLoop


class MailHandler:
    """The library's hooks, one for each step."""

    def __init__(self, settings: Email, data_dir: Path, inbound: InboundLog, limits: Limits) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._inbound = inbound
        self._limits = limits
        self._addresses = MailAddresses(settings)
        domains = {address.rpartition("@")[2] for address in self._addresses.intake} | {settings.hostname.lower()}
        self._stored: list[tuple[Receipt, int]] = []
        self._postmasters = {"postmaster", *(f"postmaster@{domain}" for domain in domains)}

    async def handle_EHLO(
        self, server: Client, session: Session, envelope: Envelope, hostname: str, responses: Sequence[str]
    ) -> list[str]:
        """Offer what is there, in one piece."""
        session.host_name = hostname
        *offers, last = (line for line in responses if not line.startswith(_NOT_OFFERED))
        return ["\r\n".join((*offers, *_ALSO_OFFERED, last))]

    async def handle_MAIL(
        self, server: Client, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse for the time being while the disk is nearly full: a log that cannot grow loses nothing then."""
        if shutil.disk_usage(self._data_dir).free < self._settings.reserve_bytes:
            return replies.NO_SPACE
        if not self._limits.begin_mail(server.origin, server.loop.time()):
            return replies.TOO_MANY_MAILS
        # What is no UTF-8 arrives as surrogates, which are not printable.
        if len(address) > _LONGEST_ADDRESS or not address.isprintable():
            return replies.BAD_SENDER
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: Client, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for our own mailboxes, and for the postmaster (RFC 5321 section 4.5.1)."""
        if len(envelope.rcpt_tos) >= self._settings.most_recipients:
            return replies.TOO_MANY_RECIPIENTS
        is_ours = self._addresses.is_ours(address) or address.lower() in self._postmasters
        if not is_ours or len(address) > _LONGEST_ADDRESS or not address.isprintable():
            return replies.NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Client, session: Session, envelope: Envelope) -> str:
        """Commit the message, and only then say so."""
        message = await _message(server, session, envelope)
        try:
            receipt = await self._inbound.append(message)
        except StoreFull:
            log.warning("mail.refused", reason="full")
            return replies.NO_SPACE
        except StoreError as error:
            log.warning("mail.refused", reason=str(error))
            return replies.TRY_AGAIN
        self._count_stored(receipt, len(message.raw))
        return replies.STORED

    async def handle_exception(self, error: Exception) -> str:
        """Turn a defect of ours into a temporary refusal; aiosmtpd would answer a permanent 500 that tells its text."""
        log.error("mail.defect", error=type(error).__name__, exc_info=error)
        return replies.TRY_AGAIN

    def _count_stored(self, receipt: Receipt, size_bytes: int) -> None:
        # A line for each mail would take a tenth of the time that is left for mail; one says all that a commit stored.
        if not self._stored:
            asyncio.get_running_loop().call_soon(self._say_stored)
        self._stored.append((receipt, size_bytes))

    def _say_stored(self) -> None:
        stored, self._stored = self._stored, []
        log.info(
            "mail.stored",
            messages=[receipt.id for receipt, _ in stored],
            new=sum(receipt.new for receipt, _ in stored),
            bytes=sum(size_bytes for _, size_bytes in stored),
        )


async def _message(server: Client, session: Session, envelope: Envelope) -> InboundMessage:
    raw = envelope.content
    if not isinstance(raw, bytes):  # decode_data is off
        raise TypeError("expected the message as bytes")
    mail_from = "" if envelope.mail_from == _NULL_SENDER else str(envelope.mail_from)
    recipients = list(envelope.rcpt_tos)
    if len(raw) <= _HASHED_AT_ONCE_BYTES:
        identity = external_id(mail_from, recipients, raw)
    else:
        identity = await asyncio.to_thread(external_id, mail_from, recipients, raw)
    kept: dict[str, Any] = {
        "mail_from": mail_from,
        "rcpt_tos": recipients,
        # A relay of ours is not whom SPF is about.
        "peer": server.address if server.origin else "",
        "helo": _printable(session.host_name or ""),
    }
    return InboundMessage(CHANNEL, identity, kept, raw, datetime.now(UTC))


def _printable(name: str) -> str:
    return name[:_LONGEST_NAME] if name.isprintable() else ""
