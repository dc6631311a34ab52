"""An SMTP server that keeps what it is given: the relay and the mailboxes at the far end, with faults on request."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fakes.changes import Changes
from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from email.message import EmailMessage

_SIZE_LIMIT_BYTES = 40 * 1024 * 1024


class Step(StrEnum):
    """Where in a transaction (RFC 5321) a fault strikes; DATA is the reply after the final dot."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One accepted transaction: envelope addresses, the bytes as they came, and the message read from them."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class _Refusal:
    reply: str


@dataclass(frozen=True, slots=True)
class _Drop:
    is_kept: bool


_Fault = _Refusal | _Drop | Hang


class SmtpSink:
    """`async with SmtpSink() as sink:` listens on `sink.port` of 127.0.0.1 until the block ends.

    `mails` holds every accepted mail in order, repetitions included.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.mails: list[ReceivedMail] = []
        self.session_count = 0
        self._changes = Changes()
        self._faults: dict[Step, deque[_Fault]] = {step: deque() for step in Step}
        self._hangs: list[Hang] = []
        self._sessions: list[_Conversation] = []
        self._read: set[int] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._new_session, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for hang in self._hangs:
            hang.release()
        if self._server is not None:
            self._server.close()
            for session in self._sessions:
                session.cut_off()
            await self._server.wait_closed()

    async def mail_to(self, address: str, timeout: float = 5) -> ReceivedMail:  # noqa: ASYNC109  a test says how long
        """Return the oldest mail to `address` not returned before; TimeoutError after `timeout` seconds."""
        await self._changes.expect(
            lambda: self._unread_to(address) is not None, f"a mail to {address}", timeout_s=timeout
        )
        index = self._unread_to(address)
        if index is None:
            raise TimeoutError(f"a mail to {address} was taken by another reader")
        self._read.add(index)
        return self.mails[index]

    async def received(self, count: int, *, timeout_s: float = 5) -> None:
        """Return once `count` mails have been accepted in all."""
        await self._changes.expect(lambda: len(self.mails) >= count, f"mail {count}", timeout_s=timeout_s)

    def mails_to(self, address: str) -> list[ReceivedMail]:
        """Return all mails to `address` so far."""
        return [mail for mail in self.mails if address in mail.recipients]

    def refuse_next(self, step: Step, reply: str, count: int = 1) -> None:
        """Answer the next `count` times at `step` with `reply`, such as "451 4.3.0 Try again later"."""
        self._faults[step].extend([_Refusal(reply)] * count)

    def drop_next(self, step: Step = Step.DATA, count: int = 1, *, is_kept: bool = True) -> None:
        """Close the connection instead of replying; after the final dot the mail `is_kept`, or is lost."""
        self._faults[step].extend([_Drop(is_kept)] * count)

    def hang_next(self, step: Step, count: int = 1) -> Hang:
        """Hold the reply at `step` until the returned value is released."""
        hang = Hang()
        self._hangs.append(hang)
        self._faults[step].extend([hang] * count)
        return hang

    # aiosmtpd's hooks: they return the reply.

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: _Conversation, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        if reply := await self._fault(Step.MAIL, server):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: _Conversation, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        if reply := await self._fault(Step.RCPT, server):
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Conversation, _session: Session, envelope: Envelope) -> str:  # noqa: N802  likewise
        """Keep the mail."""
        coming = self._faults[Step.DATA]
        is_kept = not coming or isinstance(coming[0], Hang) or (isinstance(coming[0], _Drop) and coming[0].is_kept)
        reply = await self._fault(Step.DATA, server)
        if is_kept:
            self.mails.append(_received(envelope))
            await self._changes.announce()
        return reply or "250 2.0.0 OK"

    async def _fault(self, step: Step, server: _Conversation) -> str:
        """Strike with the fault that is due; return a reply unless all goes its way."""
        fault = self._faults[step].popleft() if self._faults[step] else None
        if isinstance(fault, _Refusal):
            return fault.reply
        if isinstance(fault, _Drop):
            server.cut_off()
            return "421 4.3.0 Gone"
        if isinstance(fault, Hang):
            await fault.hold()
        return ""

    def _unread_to(self, address: str) -> int | None:
        numbered = enumerate(self.mails)
        return next((i for i, mail in numbered if i not in self._read and address in mail.recipients), None)

    def _new_session(self) -> _Conversation:
        self.session_count += 1
        session = _Conversation(
            self, data_size_limit=_SIZE_LIMIT_BYTES, enable_SMTPUTF8=True, hostname="sink.test", ident="sink"
        )
        self._sessions.append(session)
        return session


class _Conversation(SMTP):
    """A connection that can be cut."""

    def cut_off(self) -> None:
        """Close the connection at once, without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


def _received(envelope: Envelope) -> ReceivedMail:
    content = envelope.original_content or b""
    return ReceivedMail(
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        content=content,
        message=message_from_bytes(content, policy=policy.default),
    )
