"""The killable program in one life after the other, each forked from a process that has imported everything already.

A start takes a quarter of what a new interpreter takes, and what is killed is a process like any other.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Self, cast

from tests.faults.killable import ARMED, live
from tests.service import Service

_forks = multiprocessing.get_context("forkserver")
# What the program imports only when it is about to run.
_forks.set_forkserver_preload(
    [
        "tests.faults.lives",
        "aiosqlite",
        "asyncpg",
        "services.desk.app",
        "services.desk.health",
        "services.intake.email.authentication.authenticator",
        "services.intake.email.channel",
        "services.intake.email.receive",
        "services.intake.email.worker.reading",
        "services.intake.reader",
        "services.intake.telegram.files",
        "services.intake.telegram.profile",
        "services.intake.telegram.read",
        "services.intake.telegram.webhook",
        "services.notifier.channels.maildir",
        "services.notifier.channels.relay",
        "services.notifier.channels.signature",
        "services.notifier.delivery",
        "services.notifier.schedule",
    ]
)


class Life(Service):
    """`async with Life(settings, point) as life:` runs until it dies at the point ("": until the block ends).

    With `is_armed` false it dies at no point before `arm()`.
    """

    def __init__(self, settings: Mapping[str, str], point: str = "", *, is_armed: bool = True) -> None:
        super().__init__(settings)
        self._point = point
        self._is_armed = is_armed

    async def __aenter__(self) -> Self:
        reading, writing = os.pipe()
        with Connection(writing, readable=False) as log:
            process = _forks.Process(target=_live, args=(self.environment, self._point, self._is_armed, log))
            process.start()
        # It has all that is asked of a process here.
        self._process = cast("asyncio.subprocess.Process", _Forked(process, await _stream(reading)))
        self._reading = asyncio.create_task(self._read())
        await self.logged("service.ready")
        return self

    async def arm(self) -> None:
        """Let whatever begins from now on count as coming to the point."""
        self.process.send_signal(signal.SIGUSR1)
        await self.logged(ARMED)


class _Forked:
    """A forked process, with what asyncio's own processes have."""

    def __init__(self, process: ForkServerProcess, stderr: asyncio.StreamReader) -> None:
        self.stderr = stderr
        self.returncode: int | None = None
        assert process.pid is not None
        self.pid = process.pid
        self._process = process
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._end)

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self.returncode = self._process.exitcode
        self._process.close()
        self._ended.set()


async def _stream(descriptor: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb"))
    return stream


def _live(environment: Mapping[str, str], point: str, is_armed: bool, log: Connection) -> None:  # noqa: FBT001 - called by position
    os.dup2(log.fileno(), 2)
    log.close()
    os.environ.clear()
    os.environ.update(environment)
    raise SystemExit(live(point, is_armed=is_armed))
