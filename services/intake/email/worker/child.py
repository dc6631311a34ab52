"""The child process: `python -m services.intake.email.worker.child TASK` answers frames until its input ends.

TASK is a module with `prepare(settings) -> Task`. The first frame holds the settings, each later one a request. The
parent's death closes the input, so the child never outlives it by more than one request.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from services.intake.email.worker import frames

Task = Callable[[Any], Any]

_CPU_SECONDS = 5.0
# Above what the idle child holds. An honest mail takes up to six times its size while it is read (18 MB of photos are
# 25 MB of mail: 140 MB). More is there only for mail beyond 32 MB, where the settings allow it.
_MEMORY_BYTES = 268_435_456
_BYTES_PER_BYTE_OF_MAIL = 8
_STATUS = Path("/proc/self/status")


def main() -> None:
    """Answer requests until there are none."""
    source, target = sys.stdin.buffer, _only_output()
    # A terminal and a supervisor signal the whole group; the parent decides when the child ends.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    task: Task = importlib.import_module(sys.argv[1]).prepare(_read(source))
    _write(target, frames.encode("ready"))
    idle = _data_bytes()
    while (request := _read(source)) is not None:
        _write(target, _answer(task, request, idle))


def _only_output() -> BinaryIO:
    """The pipe to the parent, under a number that no library's print reaches."""
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return target


def _answer(task: Task, request: Any, idle: int) -> list[bytes]:
    size = sum(len(value) for value in request.values() if isinstance(value, bytes))
    most = idle + max(_MEMORY_BYTES, size * _BYTES_PER_BYTE_OF_MAIL)
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))
    # The signal's default action ends the process even inside a regular expression, where no Python code runs.
    signal.setitimer(signal.ITIMER_PROF, _CPU_SECONDS)
    try:
        return frames.encode({"value": task(request)})
    except MemoryError:
        return frames.encode({"defeat": "memory", "detail": ""})
    except Exception as error:  # noqa: BLE001 - the one place that outlives any mail; the parent keeps the mail
        return frames.encode({"defeat": "error", "detail": _where(error)})
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _where(error: Exception) -> str:
    """The kind of an error and the line it comes from: its message could quote the mail."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _data_bytes() -> int:
    """What RLIMIT_DATA counts (setrlimit(2): heap and private writable mappings), in bytes."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024


def _read(source: BinaryIO) -> Any:
    """The value of the next frame; None where the input has ended."""
    preamble = source.read(frames.PREAMBLE.size)
    if len(preamble) < frames.PREAMBLE.size:
        return None
    text, table = frames.sizes(preamble, sys.maxsize)
    lengths = frames.lengths(source.read(table), sys.maxsize)
    return frames.decode(source.read(text), [source.read(length) for length in lengths])


def _write(target: BinaryIO, answer: list[bytes]) -> None:
    target.writelines(answer)
    target.flush()


if __name__ == "__main__":
    main()
