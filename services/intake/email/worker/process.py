"""The parent's side: children that are started ahead, asked one request each at a time, and replaced when they fail."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import structlog

from services.intake.email.errors import Defeat, MailDefeated, WorkerUnavailable
from services.intake.email.worker import frames

# A child whose processor time is limited ends by itself; this is for one that waits or is starved.
WALL_SECONDS = 15.0
_START_SECONDS = 30.0
_FAREWELL_SECONDS = 1.0
_CHUNK = 262_144
# An answer may hold a text several times, each character of it in up to three bytes.
_ANSWER_BYTES = 1_048_576
_ANSWER_BYTES_PER_BYTE = 12
_ROOT = Path(__file__).parents[4]
_COMMAND = (sys.executable, "-P", "-m", "services.intake.email.worker.child")
# Nothing of the parent's environment, which holds secrets. Fixed thresholds give memory back after each large mail.
_ENVIRONMENT = {
    "PATH": os.defpath,
    "PYTHONPATH": str(_ROOT),
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}

_T = TypeVar("_T")

log = structlog.get_logger(__name__)


class Worker:
    """Runs `task`, a module with `prepare(settings)` (see child), in up to `count` child processes.

    A child is started when it is first needed, and then stays; one that fails is replaced at once.
    """

    def __init__(
        self,
        task: str,
        settings: Any,
        *,
        count: int = 1,
        wall_seconds: float = WALL_SECONDS,
        command: Sequence[str] = (),
    ) -> None:
        self._command = tuple(command) or (*_COMMAND, task)
        self._settings = settings
        self._count = count
        self._wall_seconds = wall_seconds
        # The last one used first: it has started.
        self._idle: asyncio.LifoQueue[_Place] = asyncio.LifoQueue()

    async def __aenter__(self) -> Self:
        for _ in range(self._count):
            self._idle.put_nowait(_Place(self._start))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self._count):
            await (await self._idle.get()).close()

    async def ask(self, request: Any, accept: Callable[[Any], _T]) -> _T:
        """The task's answer to a request of JSON's types and bytes, as `accept` makes it a value.

        Raises MailDefeated where there is none, or where `accept` raises ValueError; the child is replaced then, and
        when the call is cancelled. Raises WorkerUnavailable where no child starts.
        """
        place = await self._idle.get()
        try:
            return await place.ask(request, accept, self._wall_seconds)
        finally:
            self._idle.put_nowait(place)

    async def _start(self) -> _Child:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # a traceback could quote the mail
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                limit=_CHUNK,
            )
        except OSError as error:  # no file or process is to be had at the moment
            raise WorkerUnavailable(" ".join(self._command)) from error
        child = _Child(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await child.exchange(self._settings, _ANSWER_BYTES)
        except (MailDefeated, TimeoutError) as error:
            await child.end()
            raise WorkerUnavailable(" ".join(self._command)) from error
        except asyncio.CancelledError:
            await child.end()
            raise
        return child


class _Place:
    """Where one child works; when it fails, the next one is started at once."""

    def __init__(self, start: Callable[[], Any]) -> None:
        self._start = start
        self._starting: asyncio.Task[_Child] | None = None

    async def ready(self) -> _Child:
        """The child, when it has started; a caller that is cancelled does not cancel the start."""
        self._starting = self._starting or asyncio.create_task(self._start())
        try:
            child = await asyncio.shield(self._starting)
        except WorkerUnavailable:
            self._starting = None
            raise
        if child.has_ended:  # while idle: the next mail has nothing to do with that
            child = await asyncio.shield(self._replace(child))
        return child

    async def ask(self, request: Any, accept: Callable[[Any], _T], wall_seconds: float) -> _T:
        child = await self.ready()
        well = False
        try:
            async with asyncio.timeout(wall_seconds):
                answer = await child.exchange(request, _longest_answer(request))
            value = accept(_value(answer))
            well = True
        except TimeoutError as error:
            raise MailDefeated(Defeat.TIME, "wall clock") from error
        except ValueError as error:
            raise MailDefeated(Defeat.NONSENSE) from error
        else:
            return value
        finally:
            if not well:
                self._replace(child)

    async def close(self) -> None:
        if self._starting is not None:
            with suppress(WorkerUnavailable):
                await (await self._starting).end()

    def _replace(self, child: _Child) -> asyncio.Task[_Child]:
        child.kill()
        log.info("mail.worker_replaced")
        self._starting = asyncio.create_task(self._after(child))
        return self._starting

    async def _after(self, child: _Child) -> _Child:
        await child.end()
        started: _Child = await self._start()
        return started


class _Child:
    """One child process, which answers each frame with a frame."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._stdin = cast("asyncio.StreamWriter", process.stdin)
        self._stdout = cast("asyncio.StreamReader", process.stdout)

    @property
    def has_ended(self) -> bool:
        # Asked of the kernel: the event loop may not have heard of it yet.
        try:
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    async def exchange(self, request: Any, longest: int) -> Any:
        """The answer to a request; raises MailDefeated where the child ended or spoke nonsense."""
        writing = asyncio.create_task(self._write(request))
        try:
            answer = await self._read(longest)
            await asyncio.wait({writing}, timeout=_FAREWELL_SECONDS)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await self._cause_of_death() from error
        except frames.Nonsense as error:
            raise MailDefeated(Defeat.NONSENSE, str(error)) from error
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        if writing.cancelled():
            raise MailDefeated(Defeat.NONSENSE, "an answer to half a request")
        return answer

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Kill the child and wait until it is gone."""
        self.kill()
        await self._process.wait()

    async def _write(self, request: Any) -> None:
        for piece in frames.encode(request):
            for start in range(0, len(piece), _CHUNK):
                self._stdin.write(memoryview(piece)[start : start + _CHUNK])
                await self._stdin.drain()

    async def _read(self, longest: int) -> Any:
        text, table = frames.sizes(await self._stdout.readexactly(frames.PREAMBLE.size), longest)
        lengths = frames.lengths(await self._stdout.readexactly(table), longest)
        source = await self._stdout.readexactly(text)
        return frames.decode(source, [await self._stdout.readexactly(length) for length in lengths])

    async def _cause_of_death(self) -> MailDefeated:
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                code = await self._process.wait()
        except TimeoutError:
            return MailDefeated(Defeat.NONSENSE, "closed its output")
        if code == -signal.SIGPROF:
            return MailDefeated(Defeat.TIME, "processor")
        return MailDefeated(Defeat.CRASH, f"exit code {code}")


def _longest_answer(request: Any) -> int:
    size = sum(len(value) for value in request.values() if isinstance(value, bytes))
    return _ANSWER_BYTES + _ANSWER_BYTES_PER_BYTE * size


def _value(answer: Any) -> Any:
    """What the child found; raises MailDefeated where it tells of a defeat, ValueError where it tells nothing."""
    match answer:
        case {"value": value}:
            return value
        case {"defeat": str(reason), "detail": str(detail)}:
            raise MailDefeated(Defeat(reason), detail[:200])
        case _:
            raise frames.Nonsense("no answer")
