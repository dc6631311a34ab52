"""A mail server as a process for the benchmark: ours, which commits before it answers, or bare aiosmtpd.

Prints the port that it listens on, and runs until SIGTERM. It logs as `ideenkanal run` does.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.cli.logs import configure_logging
from services.cli.service import open_register
from services.ideas.catalogue import read_catalogue
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.service import ROOT


class KeepNothing:
    """The least that aiosmtpd can be asked: say 250 and forget."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Acknowledge what is kept nowhere."""
        return "250 OK"


async def ours(directory: Path, stop: asyncio.Event) -> None:
    """Our receiver on an SQLite store; nothing reads what it keeps."""
    catalogue = read_catalogue(
        ROOT / "config", {"IDEENKANAL_STORAGE_DATA_DIR": str(directory), "IDEENKANAL_EMAIL_PORT": "0"}
    )
    async with AsyncExitStack() as stack:
        register = await open_register(stack, catalogue)
        inbound = await stack.enter_async_context(InboundLog(register.log))
        receiver = await stack.enter_async_context(MailReceiver(catalogue.settings.email, directory, inbound))
        print(receiver.port, flush=True)
        await stop.wait()


async def bare(stop: asyncio.Event) -> None:
    """Plain aiosmtpd with the no-op handler."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(KeepNothing(), enable_SMTPUTF8=True, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


async def main(name: str, directory: Path) -> None:
    """Run one of the two until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await (ours(directory, stop) if name == "ours" else bare(stop))


if __name__ == "__main__":
    configure_logging()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
