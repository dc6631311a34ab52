"""One connection, by SMTP or LMTP: the library's commands, with limits and an exact end of each message."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.proxy_protocol import get_proxy
from aiosmtpd.smtp import SMTP, Envelope, Session, TLSSetupException, syntax

from services.ideas.settings import Email
from services.intake.email.receive import replies
from services.intake.email.receive.crowd import Crowd
from services.intake.email.receive.handler import MailHandler
from services.intake.email.receive.limits import Limits, address_of
from services.intake.email.receive.transfer import END, Transfer

# RFC 5321 section 4.5.3.1.4 says 512; extensions have added to it.
_LONGEST_COMMAND = 2048
# Without a message in between; RCPT does not count, of which a message may have many.
_MOST_IDLE_COMMANDS = 100
# A transfer that is slower in the long run ends with a timeout.
_SLOWEST_BYTES_PER_SECOND = 4096
# Where others wait for a place: how long a client may be silent, and how slow the beginning of a transfer may be.
_SILENT_SECONDS = 1.0
_BEGINNING_SECONDS = 10.0
# RFC 5321 section 4.5.3.2.6: so long a client waits for the reply to its message.
_STORING_SECONDS = 600.0
_INTRODUCTION_SECONDS = 10.0
# A client that does not read would keep its connection for ever after the farewell.
_FAREWELL_SECONDS = 5.0
# RFC 5321 section 4.1.2: a path, its source route ignored, and what follows it. Some leave out the brackets.
# The library parses addresses as those of a header: that takes 80 microseconds, and recurses as deep as it is told.
_PATH = re.compile(
    r"""<(?:@[^\s<>:]*:)?  (?P<bracketed>  [^\s<>"]*  |  "(?:[^"\\]|\\.)*"@[^\s<>"]*  )  >(?P<rest>.*)
      | (?P<bare>[^\s<>"]+)(?P<more>.*)""",
    re.DOTALL | re.VERBOSE,
)
_NULL_PATH = "<>"


@dataclass(frozen=True, slots=True)
class House:
    """What all connections share."""

    settings: Email
    handler: MailHandler
    limits: Limits
    crowd: Crowd


class _NotIntroducedError(Exception):
    """Nobody who may has said whose connection this is."""


class Connection(SMTP):
    """An SMTP connection. `address` is the client's IP address ("" where unknown), `origin` what it is counted by."""

    # How much is read ahead, and the size of the pieces in which a message comes in.
    line_length_limit = 65_536
    # The library knows these as optional; while a command is obeyed they are there.
    session: Session
    envelope: Envelope
    transport: asyncio.Transport
    event_handler: MailHandler

    def __init__(self, house: House, **options: Any) -> None:
        super().__init__(house.handler, timeout=house.settings.idle_seconds, **options)
        # There is nothing to log in to.
        del self._smtp_methods["AUTH"]
        self._house = house
        self._deadline = math.inf
        self._errors = 0
        self._idle_commands = 0
        self.address = ""
        self.origin = ""
        self.is_transferring = False
        self.entitled_until = math.inf

    def connection_lost(self, error: Exception | None) -> None:
        """Count the connection out."""
        self._house.crowd.leave(self)
        super().connection_lost(error)

    def hang_up(self, farewell: str) -> None:
        """Say the farewell and close the connection; nothing that the client has sent is heeded any more."""
        if not self._is_open:
            return
        self.transport.write(farewell.encode("ascii") + b"\r\n")
        self.transport.close()
        self.loop.call_later(_FAREWELL_SECONDS, self.transport.abort)
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    async def push(self, status: str) -> None:  # type: ignore[override]  # bytes are pushed by nobody
        """Send a reply, and the client away if it is one error too many."""
        reply = replies.enhanced(status) if self.session.extended_smtp else status
        self._writer.write(reply.encode(errors="replace") + b"\r\n")
        await self._writer.drain()
        if reply.startswith("5") or reply is replies.TOO_MANY_MAILS:
            self._errors += 1
            if self._errors >= self._house.settings.most_errors:
                self.hang_up(replies.TOO_MANY_ERRORS)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        """Take a message (RFC 5321 section 4.1.1.4)."""
        if await self.check_helo_needed():
            return
        if arg or not self.envelope.rcpt_tos:
            await self.push(replies.NO_ARGUMENT if arg else replies.NO_RECIPIENT)
            return
        self.is_transferring = True
        try:
            await self.push(replies.GO_AHEAD)
            reply = self._for_each(await self._take_message(), len(self.envelope.rcpt_tos))
            self.envelope = self._create_envelope()
            await self.push(reply)
        finally:
            self.is_transferring = False
            self._house.crowd.finished(self)

    @property
    def _is_open(self) -> bool:
        transport: asyncio.Transport | None = self.transport
        return transport is not None and not transport.is_closing()

    async def _handle_client(self) -> None:
        # The library's loop has limits of its own, and answers them with a 5xx.
        if refusal := await self._introduce():
            self.hang_up(refusal)
            return
        await self.push(f"220 {self.hostname} {self.__ident__}")
        while self._is_open:
            try:
                await self._obey(await self._reader.readuntil(b"\n"))
            except ConnectionError:
                return
            except asyncio.LimitOverrunError:
                self.hang_up(replies.TOO_MANY_ERRORS)
            except TLSSetupException as error:
                self._abandon(error)
            except Exception as error:  # noqa: BLE001 - it is logged, and the session goes on
                await self.push(await self.event_handler.handle_exception(error))

    def _abandon(self, error: Exception) -> None:
        transport: asyncio.Transport | None = self.transport
        if transport is not None:
            transport.abort()
            # While there is no agreement on TLS, nobody else tells this protocol that its transport is gone.
            self.connection_lost(error)

    async def _introduce(self) -> str:
        """Find out who is there and let them join; the reply with which to send them away, or ""."""
        try:
            self.address = await self._find_address()
        except _NotIntroducedError:
            return replies.NOT_INTRODUCED
        self.origin = self._house.limits.origin(self.address)
        return self._house.crowd.join(self)

    async def _find_address(self) -> str:
        address = address_of(self.transport.get_extra_info("peername"))
        if not self._house.settings.proxy_protocol:
            return address
        if not self._house.limits.is_trusted(address):
            raise _NotIntroducedError
        try:
            async with asyncio.timeout(_INTRODUCTION_SECONDS):
                proxy = await get_proxy(self._reader)
        except TimeoutError as error:
            raise _NotIntroducedError from error
        if not proxy:
            raise _NotIntroducedError
        # A balancer that looks whether we are alive speaks for itself.
        return address_of((str(proxy.src_addr),)) if isinstance(proxy.src_addr, IPv4Address | IPv6Address) else address

    async def _obey(self, line: bytes) -> None:
        name, _, argument = line.rstrip(b"\r\n").partition(b" ")
        command = name.upper().decode("ascii", "replace")
        method = self._smtp_methods.get(command)
        if method is None or len(line) > _LONGEST_COMMAND:
            await self.push(replies.UNKNOWN_COMMAND)
            return
        self._reset_timeout()
        if command != "RCPT":
            self._idle_commands += 1
            if self._idle_commands > _MOST_IDLE_COMMANDS:
                self.hang_up(replies.TOO_MANY_ERRORS)
                return
        await method(argument.strip().decode("utf-8", "surrogateescape") or None)

    async def _take_message(self) -> str:
        """The reply to a message that has been read to its end."""
        self.entitled_until = self.loop.time() + _BEGINNING_SECONDS
        transfer = Transfer(self._house.limits, self._house.settings.max_bytes)
        try:
            self.envelope.content = await self._read_content(transfer)
            self._idle_commands = 0
            self._reset_timeout(_STORING_SECONDS)
            self.entitled_until = math.inf
            return transfer.refusal or await self.event_handler.handle_DATA(self, self.session, self.envelope)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - by LMTP each recipient has its reply, whatever happens
            return await self.event_handler.handle_exception(error)
        finally:
            transfer.close()
            self._reset_timeout()

    async def _read_content(self, transfer: Transfer) -> bytes:
        # The library reaches into this buffer as well; there is no other way to look for the end from here on.
        buffer: bytearray = self._reader._buffer  # type: ignore[attr-defined]  # noqa: SLF001
        buffer[:0] = b"\r\n"
        while True:
            try:
                return transfer.finish(await self._reader.readuntil(END))
            except asyncio.LimitOverrunError as overrun:
                piece = await self._reader.readexactly(overrun.consumed)
            transfer.add(piece)
            self._deadline += len(piece) / _SLOWEST_BYTES_PER_SECOND
            self.entitled_until += len(piece) / _SLOWEST_BYTES_PER_SECOND

    def _for_each(self, reply: str, recipients: int) -> str:
        return reply

    def _reset_timeout(self, duration: float | None = None) -> None:
        # A timer for each command would cost more than the command.
        now = self.loop.time()
        self.entitled_until = now + _SILENT_SECONDS
        self._deadline = now + (duration or self._timeout_duration)
        if self._timeout_handle is None or self._timeout_handle.when() > self._deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(self._deadline, self._timeout_cb)

    def _timeout_cb(self) -> None:
        if self.loop.time() < self._deadline:
            self._set_timer()
        else:
            self.hang_up(replies.TOO_SLOW)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        if not arg:
            return "", ""
        path = _PATH.fullmatch(arg)
        if path is None:
            return None, None
        return path["bracketed"] or path["bare"] or _NULL_PATH, path["rest"] or path["more"] or ""


class LmtpConnection(Connection, LMTP):
    """An LMTP connection (RFC 2033): after a message there is a reply for each recipient.

    Its client is a mail server of our own, which knows more of the sender than is said here: `address` stays "".
    """

    async def _find_address(self) -> str:
        return ""

    def _for_each(self, reply: str, recipients: int) -> str:
        return "\r\n".join([reply] * recipients)
