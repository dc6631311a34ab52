"""An SMTP client that does as little as possible, so that the benchmark measures the server."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator

_BODY = "\r\n".join(["Bitte bauen Sie einen Radweg von hier nach dort, und zwar bald und breit genug für alle."] * 56)
_numbers = itertools.count()


async def send_mails(port: int, mails: int, connections: int) -> None:
    """Send `mails` different mails of 5 kB over `connections` connections that are kept open."""
    left = iter(range(mails))
    await asyncio.gather(*(_connection(port, left) for _ in range(connections)))


async def _connection(port: int, left: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await _reply(reader, "220")
    writer.write(b"EHLO client.example.net\r\n")
    await _reply(reader, "250")
    for _ in left:
        for line, expected in (
            ("MAIL FROM:<anna@example.net>", "250"),
            ("RCPT TO:<ideen@example.org>", "250"),
            ("DATA", "354"),
            (_mail() + "\r\n.", "250"),
        ):
            writer.write(line.encode() + b"\r\n")
            await _reply(reader, expected)
    writer.write(b"QUIT\r\n")
    await _reply(reader, "221")
    writer.close()
    await writer.wait_closed()


def _mail() -> str:
    number = next(_numbers)
    return (
        f"From: anna@example.net\r\nTo: ideen@example.org\r\nSubject: Radweg {number}\r\n"
        f"Message-ID: <{number}.{secrets.token_hex(8)}@example.net>\r\n\r\n{_BODY}"
    )


async def _reply(reader: asyncio.StreamReader, expected: str) -> None:
    while True:
        line = (await reader.readline()).decode()
        if not line.startswith(expected):
            raise AssertionError(f"expected {expected}, the server said: {line!r}")
        if line[3:4] == " ":
            return
