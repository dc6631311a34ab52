"""The SMTP server (RFC 5321): a 250 after DATA means that the raw message is committed."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from services.ideas.errors import StoreError, StoreFull
from services.ideas.inbound import InboundLog
from services.ideas.model import InboundMessage
from services.ideas.settings import Email
from services.intake.email.identity import external_id

CHANNEL = "email"
STORED = "250 2.0.0 stored"
TRY_AGAIN = "451 4.3.0 the message could not be stored, please try again later"
NO_SPACE = "452 4.3.1 insufficient system storage, please try again later"
NO_SUCH_MAILBOX = "550 5.1.1 no such mailbox here"
BAD_SENDER = "553 5.1.7 the sender's address cannot be answered"
TOO_MANY_RECIPIENTS = "452 4.5.3 too many recipients"
TOO_BUSY = b"421 4.3.2 too many connections, please try again later\r\n"
SHUTTING_DOWN = b"421 4.3.2 the service is shutting down\r\n"
_LONGEST_ADDRESS = 320
# RFC 5321 section 4.5.3.1.8: at least so many have to be taken.
_MOST_RECIPIENTS = 100
# Idle clients must not use up the open files that the store and the web need.
_MOST_CONNECTIONS = 200

log = structlog.get_logger(__name__)


class MailHandler:
    """What aiosmtpd asks at each step of a session."""

    def __init__(self, settings: Email, data_dir: Path, inbound: InboundLog) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._inbound = inbound
        self._mailboxes = {address.lower() for address in settings.addresses}

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse for the time being while the disk is nearly full: a log that cannot grow loses nothing then."""
        if shutil.disk_usage(self._data_dir).free < self._settings.reserve_bytes:
            return NO_SPACE
        # What is no UTF-8 arrives as surrogates, which are not printable.
        if len(address) > _LONGEST_ADDRESS or not address.isprintable():
            return BAD_SENDER
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for our own mailboxes, and for the postmaster (RFC 5321 section 4.5.1)."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return TOO_MANY_RECIPIENTS
        mailbox = address.lower()
        is_ours = mailbox in self._mailboxes or mailbox.partition("@")[0] == "postmaster"
        if not is_ours or len(address) > _LONGEST_ADDRESS:
            return NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Commit the message, and only then say so."""
        raw = envelope.content
        if not isinstance(raw, bytes):  # decode_data is off
            raise TypeError("expected the message as bytes")
        mail_from = envelope.mail_from or ""
        message = InboundMessage(
            channel=CHANNEL,
            external_id=external_id(mail_from, envelope.rcpt_tos, raw),
            envelope={"mail_from": mail_from, "rcpt_tos": list(envelope.rcpt_tos)},
            raw=raw,
            received_at=datetime.now(UTC),
        )
        try:
            receipt = await self._inbound.append(message)
        except StoreFull:
            log.warning("mail.refused", reason="full")
            return NO_SPACE
        except StoreError as error:
            log.warning("mail.refused", reason=str(error))
            return TRY_AGAIN
        log.info("mail.stored", message=receipt.id, new=receipt.new, bytes=len(raw))
        return STORED

    async def handle_exception(self, error: Exception) -> str:
        """Turn a defect of ours into a temporary refusal; aiosmtpd would answer a permanent 500 that tells its text."""
        log.error("mail.defect", error=type(error).__name__, exc_info=error)
        return TRY_AGAIN


class _Connection(SMTP):
    """One SMTP connection that knows when it is inside DATA, so that a shutdown can let it finish."""

    # RFC 5321 allows 1,000 octets, and a longer line would be refused for good; real programs write longer ones.
    line_length_limit = 65_536

    def __init__(self, handler: MailHandler, receiver: MailReceiver, **options: Any) -> None:
        super().__init__(handler, **options)
        self._receiver = receiver
        self.inside_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self._receiver.joined(self) and isinstance(transport, asyncio.WriteTransport):
            transport.write(TOO_BUSY)
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._receiver.left(self)
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        self.inside_data = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self.inside_data = False
            self._receiver.finished(self)

    def hang_up(self) -> None:
        """Close the connection as RFC 5321 section 3.8 asks of a server that shuts down."""
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(SHUTTING_DOWN)
            self.transport.close()


class MailReceiver:
    """The listening server, as an asynchronous context manager.

    Leaving it stops listening, hangs up on whoever is not transferring a message, and lets the others finish theirs
    for `drain_seconds`.
    """

    def __init__(self, settings: Email, data_dir: Path, inbound: InboundLog, *, drain_seconds: float = 4.0) -> None:
        self._settings = settings
        self._handler = MailHandler(settings, data_dir, inbound)
        self._drain_seconds = drain_seconds
        self._connections: set[_Connection] = set()
        self._deserted = asyncio.Event()
        self._deserted.set()
        self._closing = False
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The TCP port that is really listened on (the settings may say 0: any)."""
        if self._server is None:
            raise RuntimeError("the receiver is not listening")
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self._settings.host, self._settings.port)
        log.info("mail.listening", host=self._settings.host, port=self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        self._closing = True
        self._server.close()
        for connection in list(self._connections):
            self.finished(connection)
        try:
            async with asyncio.timeout(self._drain_seconds):
                await self._deserted.wait()
        except TimeoutError:
            log.warning("mail.drain_timeout", connections=len(self._connections))
        for connection in list(self._connections):
            connection.hang_up()

    def joined(self, connection: _Connection) -> bool:
        """Count a new connection in; False where it is one too many."""
        self._connections.add(connection)
        self._deserted.clear()
        return len(self._connections) <= _MOST_CONNECTIONS

    def left(self, connection: _Connection) -> None:
        """Count a closed connection out."""
        self._connections.discard(connection)
        if not self._connections:
            self._deserted.set()

    def finished(self, connection: _Connection) -> None:
        """Hang up on a connection that transfers no message, if the time has come."""
        if self._closing and not connection.inside_data:
            connection.hang_up()

    def _connection(self) -> _Connection:
        return _Connection(
            self._handler,
            self,
            data_size_limit=self._settings.max_bytes,
            hostname=self._settings.hostname,
            ident="Ideenkanal",
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )
