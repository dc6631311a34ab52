"""The program as its own process, as an operator runs it: started, watched through its log, ended or killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fork import Fork

ROOT = Path(__file__).parents[1]


class Service:
    """`async with Service(environment) as service:`; leaving it ends the process with SIGTERM if it still runs.

    `settings` are IDEENKANAL_… variables without the prefix; `command` is what Python runs: in a new interpreter if it
    `is_cold`, which takes seconds, and else in a fork of one that has imported the program.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        command: tuple[str, ...] = ("-m", "services.cli", "run"),
        is_cold: bool = False,
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self._command = command
        self._is_cold = is_cold
        # Compiled once, the program starts a fifth faster.
        unwanted = ("IDEENKANAL_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        given = {f"IDEENKANAL_{name}": value for name, value in settings.items()}
        self.environment = {**kept, "EMAIL_PORT": "0", "PYTHONPATH": str(ROOT), **given}
        self._changed = asyncio.Condition()
        self._process: asyncio.subprocess.Process | Fork | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._process, log = await self._start(self._command)
        self._reading = asyncio.create_task(self._read(log))
        await self.logged("service.ready")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.ended()

    @property
    def process(self) -> asyncio.subprocess.Process | Fork:
        """The running process."""
        assert self._process is not None
        return self._process

    @property
    def mail_port(self) -> int:
        """Where the service listens for mail."""
        return int(self.event("mail.listening")["port"])

    @property
    def web_port(self) -> int:
        """Where the service listens for web requests."""
        return int(self.event("web.listening")["port"])

    def event(self, name: str) -> dict[str, Any]:
        """The first log event of this name."""
        return next(event for event in self.events if event.get("event") == name)

    async def logged(self, name: str, *, count: int = 1, key: str = "", timeout_s: float = 60) -> None:
        """Wait until the log has `count` events of this name, and with this beginning of their key.

        Fails with the log when the process ends before.
        """

        def seen() -> int:
            return sum(event.get("event") == name and event.get("key", "").startswith(key) for event in self.events)

        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: seen() >= count or self._is_at_end())
        if seen() < count:
            raise AssertionError(f"the service ended without {name}: {self.events}")

    async def ended(self, *, timeout_s: float = 20) -> int:
        """Wait until the process is gone, and return its exit code (negative: the signal it died of)."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            if self._reading is not None:
                await self._reading
        return code

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Run another command of the program with the same settings; its exit code and what it printed."""
        process, printed = await self._start(("-m", "services.cli", *arguments))
        output = await printed.read()
        return await process.wait(), output.decode()

    async def _start(self, command: tuple[str, ...]) -> tuple[asyncio.subprocess.Process | Fork, asyncio.StreamReader]:
        """A process and all that it prints."""
        read, write = os.pipe()
        output = asyncio.StreamReader()
        pipe = os.fdopen(read, "rb")
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), pipe)
        try:
            if not self._is_cold:
                return await Fork.start(command, self.environment, output=write), output
            process = await asyncio.create_subprocess_exec(
                sys.executable, *command, cwd=ROOT, env=self.environment, stdout=write, stderr=write
            )
            return process, output
        finally:
            os.close(write)

    def _is_at_end(self) -> bool:
        return self._reading is not None and self._reading.done()

    async def _read(self, log: asyncio.StreamReader) -> None:
        try:
            async for line in log:
                try:
                    event = json.loads(line)
                except ValueError:
                    event = {"event": "not JSON", "line": line.decode(errors="replace")}
                async with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
        finally:
            asyncio.get_running_loop().call_soon(asyncio.ensure_future, self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
