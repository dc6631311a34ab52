"""A mail client that says exactly what a test wants said, and nothing else."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self


class SmtpClient:
    """`async with SmtpClient(port) as client:` is greeted; `say` returns the server's reply as one string.

    `at` is a port on loopback or a Unix socket, `source` the address to come from, `first` what is said before all.
    """

    def __init__(self, at: int | Path, *, source: str = "127.0.0.1", first: bytes = b"") -> None:
        self._at = at
        self._source = source
        self._first = first

    async def __aenter__(self) -> Self:
        if isinstance(self._at, Path):
            self._reader, self._writer = await asyncio.open_unix_connection(self._at)
        else:
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._at, local_addr=(self._source, 0)
            )
        await self.send(self._first)
        self.greeting = await self.reply()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            return

    async def reply(self) -> str:
        """The next reply with all its lines; empty where the server has hung up."""
        lines = []
        async with asyncio.timeout(5):
            while line := (await self._reader.readline()).decode():
                lines.append(line.rstrip())
                if line[3:4] != "-":
                    break
        return "\n".join(lines)

    async def say(self, line: str) -> str:
        """Send one command."""
        await self.send(line.encode() + b"\r\n")
        return await self.reply()

    async def hear(self, count: int) -> list[str]:
        """The next replies, each shortened to its code and enhanced code."""
        return [(await self.reply())[:9] for _ in range(count)]

    async def send(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(raw)
        await self._writer.drain()

    async def secure(self, context: ssl.SSLContext) -> None:
        """Go on under TLS, after the server has agreed to STARTTLS."""
        await self._writer.start_tls(context, server_hostname="localhost")

    async def announce(self, sender: str = "erika@example.org", recipient: str = "ideen@example.org") -> str:
        """Everything before the message; returns the reply to DATA."""
        await self.say("EHLO client.example.org")
        await self.say(f"MAIL FROM:<{sender}>")
        await self.say(f"RCPT TO:<{recipient}>")
        return await self.say("DATA")

    async def deliver(self, raw: bytes) -> str:
        """One whole mail; returns the reply to its end."""
        await self.announce()
        await self.send(raw + b"\r\n.\r\n")
        return await self.reply()
