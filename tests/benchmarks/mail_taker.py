"""A relay as a process for the benchmark: it takes every mail, keeps none, and costs as little as it can.

Prints the port that it listens on, and runs until SIGTERM. Like Postfix, Exim and Exchange it offers PIPELINING.
"""

from __future__ import annotations

import asyncio
import signal

_REPLIES = {b"MAIL": b"250 2.1.0 OK\r\n", b"RCPT": b"250 2.1.5 OK\r\n", b"DATA": b"354 Go on\r\n"}
_GREETING, _EHLO = b"220 taker.test\r\n", b"250-taker.test\r\n250-PIPELINING\r\n250 SIZE 40000000\r\n"


class Taker(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""
        self._is_mail = False
        transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer whatever is whole."""
        self._received += data
        replies = b""
        while True:
            before, end, after = self._received.partition(b"\r\n.\r\n" if self._is_mail else b"\r\n")
            if not end:
                break
            self._received = after
            replies += b"250 2.0.0 OK\r\n" if self._is_mail else self._reply(before[:4].upper())
            self._is_mail = not self._is_mail and before[:4].upper() == b"DATA"
        if replies:
            self._transport.write(replies)

    def _reply(self, verb: bytes) -> bytes:
        return _EHLO if verb == b"EHLO" else _REPLIES.get(verb, b"250 2.0.0 OK\r\n")


async def main() -> None:
    """Take mail until SIGTERM."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(Taker, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
