"""The tests' side of the nursery: starts it when it is first needed, and asks it for processes."""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

_ROOT = Path(__file__).parents[1]
_STARTED_WITHIN_SECONDS = 60
_NUMBER_BYTES = 16


class Fork:
    """A process that runs what `python COMMAND…` would run, with those methods of asyncio's Process that tests use."""

    def __init__(self, pid: int, report: socket.socket) -> None:
        self.pid = pid
        self._end = asyncio.create_task(_number(report))
        self._end.add_done_callback(lambda _: report.close())

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], *, output: int) -> Self:
        """Start it; what it prints, and its errors, go to a descriptor that stays open here."""
        report, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        report.setblocking(False)  # noqa: FBT003 - its only form
        with theirs:
            request = json.dumps({"command": command, "environment": dict(environment)})
            socket.send_fds(_nursery(), [request.encode()], [theirs.fileno(), output])
        try:
            async with asyncio.timeout(_STARTED_WITHIN_SECONDS):
                return cls(await _number(report), report)
        except BaseException:
            report.close()
            raise

    @property
    def returncode(self) -> int | None:
        """The exit code (negative: the signal it died of), or None while it runs."""
        return self._end.result() if self._end.done() else None

    async def wait(self) -> int:
        """The exit code, once it is known."""
        return await asyncio.shield(self._end)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without notice."""
        self.send_signal(signal.SIGKILL)


async def _number(report: socket.socket) -> int:
    return int(await asyncio.get_running_loop().sock_recv(report, _NUMBER_BYTES))


@functools.cache
def _nursery() -> socket.socket:
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # Only a process without threads may be forked, and numpy would start some.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )

    def end() -> None:
        control.close()
        process.wait()

    atexit.register(end)
    return control
