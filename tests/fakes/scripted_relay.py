"""A relay that takes mail and misbehaves exactly as a script says: at one moment of a conversation, so many times."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Moment(StrEnum):
    """When a fault strikes, by what the relay would reply to. END is the final dot, AFTER is after its reply."""

    CONNECT = "CONNECT"
    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"
    END = "END"
    AFTER = "AFTER"
    RSET = "RSET"
    QUIT = "QUIT"


class Then(StrEnum):
    """What follows on what a fault says."""

    GO_ON = "go on"
    DROP = "drop"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the relay says at a moment instead of its own reply, and what follows.

    It strikes `times` times (0: always), where `only` is given for that recipient alone. At END, `is_kept` says whether
    the relay has the mail all the same.
    """

    moment: Moment
    says: bytes = b""
    then: Then = Then.GO_ON
    is_kept: bool = False
    times: int = 1
    only: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the relay has, with its envelope."""

    sender: str
    recipient: str
    content: bytes


@dataclass(slots=True)
class _Talk:
    """One conversation so far."""

    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    is_secure: bool = False


_GOODBYE = b"221 2.0.0 Bye"
_OWN: dict[Moment, bytes] = {
    Moment.CONNECT: b"220 relay.test",
    Moment.HELO: b"250 relay.test",
    Moment.AUTH: b"235 2.7.0 OK",
    Moment.MAIL: b"250 2.1.0 OK",
    Moment.RCPT: b"250 2.1.5 OK",
    Moment.DATA: b"354 Go on",
    Moment.END: b"250 2.0.0 OK",
    Moment.RSET: b"250 2.0.0 OK",
    Moment.QUIT: _GOODBYE,
}


class ScriptedRelay:
    """`async with ScriptedRelay(faults) as relay:` listens on `relay.port` of 127.0.0.1 until the block ends.

    `certificates` are those that it shows, connection by connection, and the last one from then on; without any it
    offers no STARTTLS. `taken` is what it has, repetitions included; `told_in_clear` are the commands that came
    unprotected.
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        extensions: Sequence[bytes] = (b"PIPELINING", b"AUTH PLAIN"),
        certificates: Sequence[ssl.SSLContext] = (),
    ) -> None:
        self.port = 0
        self.taken: list[Taken] = []
        self.connections = 0
        self.told_in_clear: set[str] = set()
        self._left = {fault: fault.times for fault in faults}
        self._extensions = extensions
        self._certificates = list(certificates)
        self._talks: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._is_over = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._is_over.set()
        talks = list(self._talks.values())
        for writer in self._talks:
            writer.transport.abort()
        if talks:
            await asyncio.wait(talks)
        await self._server.wait_closed()

    async def all_left(self, timeout_s: float = 5) -> None:
        """Return once nobody is connected any more."""
        async with asyncio.timeout(timeout_s):
            while self._talks:
                await asyncio.wait(list(self._talks.values()))

    @property
    def is_done(self) -> bool:
        """Whether every fault that strikes so many times has struck."""
        return all(left <= 0 for left in self._left.values())

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks[writer] = talk
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, _Over):
                await self._talk(reader, writer)
        finally:
            writer.transport.abort()
            del self._talks[writer]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        certificate = self._certificates.pop(0) if len(self._certificates) > 1 else next(iter(self._certificates), None)
        talk = _Talk()
        await self._reply(writer, Moment.CONNECT)
        while line := await reader.readline():
            verb, _, rest = line.decode("ascii").strip().partition(" ")
            if not talk.is_secure:
                self.told_in_clear.add(verb.upper())
            match verb.upper():
                case "EHLO":
                    offered = b"" if certificate is None or talk.is_secure else b"STARTTLS"
                    await self._reply(writer, Moment.EHLO, own=_greeting([*self._extensions, offered]))
                case "STARTTLS":
                    await self._reply(writer, Moment.STARTTLS, own=b"220 2.0.0 Go on")
                    assert certificate is not None
                    await writer.start_tls(certificate)
                    talk = _Talk(is_secure=True)
                case "MAIL" | "RCPT":
                    await self._envelope(writer, talk, Moment(verb.upper()), rest)
                case "DATA":
                    await self._data(reader, writer, talk)
                case other:
                    await self._reply(writer, Moment(other))

    async def _envelope(self, writer: asyncio.StreamWriter, talk: _Talk, moment: Moment, argument: str) -> None:
        if moment is Moment.MAIL:
            talk.recipients = []
            talk.sender = argument if await self._reply(writer, moment) else ""
        elif not talk.sender:
            await _say(writer, b"503 5.5.1 Who are you?")
        elif await self._reply(writer, moment, recipient=_path(argument)):
            talk.recipients.append(_path(argument))

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, talk: _Talk) -> None:
        """Take the mail in."""
        recipient = next(iter(talk.recipients), "")
        is_struck = self._strikes(Moment.DATA, recipient) is not None
        if not talk.recipients and not is_struck:
            await _say(writer, b"554 5.5.1 No valid recipients")
            return
        if not await self._reply(writer, Moment.DATA, recipient=recipient):
            return
        lines = [(await reader.readline()).removeprefix(b".")]
        if self._strikes(Moment.BODY, recipient) is not None:
            await self._reply(writer, Moment.BODY, recipient=recipient)
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                raise _Over
            lines.append(line.removeprefix(b"."))
        fault = self._strikes(Moment.END, recipient)
        if talk.recipients and (fault is None or fault.is_kept):
            self.taken += [Taken(_path(talk.sender), each, b"".join(lines)) for each in talk.recipients]
        await self._reply(writer, Moment.END, recipient=recipient)
        if self._strikes(Moment.AFTER, recipient) is not None:
            await self._reply(writer, Moment.AFTER, recipient=recipient)

    def _strikes(self, moment: Moment, recipient: str) -> Fault | None:
        """The fault that is due, if there is one."""
        return next(
            (
                fault
                for fault, left in self._left.items()
                if fault.moment is moment and (left > 0 or not fault.times) and fault.only in ("", recipient)
            ),
            None,
        )

    async def _reply(
        self, writer: asyncio.StreamWriter, moment: Moment, *, own: bytes = b"", recipient: str = ""
    ) -> bool:
        """Reply, or strike; whether the client was welcome."""
        fault = self._strikes(moment, recipient)
        if fault is None:
            await _say(writer, own or _OWN[moment])
            return True
        self._left[fault] -= 1
        if fault.says:
            await _say(writer, fault.says)
        if fault.then is Then.HANG:
            await self._is_over.wait()
            raise _Over
        if fault.then is Then.DROP:
            await writer.drain()
            writer.close()
            raise _Over
        return fault.says[:1] in (b"2", b"3")


class _Over(Exception):  # noqa: N818 - named for what is the case
    """The conversation has ended."""


async def _say(writer: asyncio.StreamWriter, words: bytes) -> None:
    writer.write(words + b"\r\n")
    await writer.drain()


def _greeting(extensions: Sequence[bytes]) -> bytes:
    lines = [b"relay.test", *filter(None, extensions)]
    return b"\r\n".join([*(b"250-" + line for line in lines[:-1]), b"250 " + lines[-1]])


def _path(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
