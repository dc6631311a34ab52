"""An SMTP client that does as little as possible, so that the benchmark measures the server."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator

_BODY = b"\r\n".join([b"Bitte bauen Sie einen Radweg von hier nach dort, und zwar bald und breit genug."] * 62)
_ENVELOPE = (
    (b"MAIL FROM:<anna@example.net>\r\n", b"250"),
    (b"RCPT TO:<ideen@example.org>\r\n", b"250"),
    (b"DATA\r\n", b"354"),
)
_run = secrets.token_hex(8)
_numbers = itertools.count()


async def send_mails(port: int, mails: int, connections: int, *, kept: bool = True) -> None:
    """Send `mails` different mails of 5 kB over `connections` connections at a time, kept open or new for each mail."""
    left = iter(range(mails))
    await asyncio.gather(*(_send(port, left, kept=kept) for _ in range(connections)))


async def _send(port: int, left: Iterator[int], *, kept: bool) -> None:
    loop = asyncio.get_running_loop()
    while (number := next(left, None)) is not None:
        mine = itertools.chain([number], left if kept else ())
        _, client = await loop.create_connection(lambda mine=mine: _Client(mine), "127.0.0.1", port)  # type: ignore[misc]
        await client.done


class _Client(asyncio.Protocol):
    """Sends a mail for each item of `left`, one command after the reply to the one before."""

    def __init__(self, left: Iterator[int]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._steps = _conversation(left)
        self._expected = b"220"
        self._reply = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._reply += data
        last = self._reply[self._reply.rfind(b"\n", 0, -1) + 1 :]
        if not last.endswith(b"\n") or last[3:4] == b"-":
            return
        if not last.startswith(self._expected):
            self._transport.abort()
            self.done.set_exception(AssertionError(f"expected {self._expected!r}, the server said: {last!r}"))
            return
        self._reply = b""
        said, self._expected = next(self._steps, (b"", b""))
        if said:
            self._transport.write(said)
        else:
            self._transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or AssertionError("the server hung up"))


def _conversation(left: Iterator[int]) -> Iterator[tuple[bytes, bytes]]:
    """What to say, and the reply to expect."""
    yield b"EHLO client.example.net\r\n", b"250"
    for _ in left:
        yield from _ENVELOPE
        yield _mail(), b"250"
    yield b"QUIT\r\n", b"221"


def _mail() -> bytes:
    number = next(_numbers)
    header = (
        f"From: anna@example.net\r\nTo: ideen@example.org\r\nSubject: Radweg {number}\r\n"
        f"Message-ID: <{number}.{_run}@example.net>\r\n\r\n"
    )
    return header.encode() + _BODY + b"\r\n.\r\n"
