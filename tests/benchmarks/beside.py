"""What benchmarks share: a process beside their own that names its port, and one line of progress."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import IO

from tests.service import ROOT


async def start(stack: AsyncExitStack, module: str, *arguments: str, log: IO[bytes] | None = None) -> int:
    """The port on which a module of the tests listens in a process of its own; `stack` ends it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log
    )

    async def end() -> None:
        process.terminate()
        await process.wait()

    stack.push_async_callback(end)
    assert process.stdout is not None
    return int(await process.stdout.readline())


def progress(line: str) -> None:
    """Put a line in place of the one before, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
