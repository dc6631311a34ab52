"""The program of the soak: a process that is killed and started again, and what it costs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.service import Service


@dataclass(slots=True)
class Costs:
    """Of all lives together: the largest resident memory of one in MiB, and processor time in seconds."""

    lives: int = 0
    peak_mib: float = 0.0
    cpu_seconds: float = 0.0


class Program:
    """`async with Program(start) as program:` runs it until the block ends; `start` makes a life of it."""

    def __init__(self, start: Callable[[], Service]) -> None:
        self.costs = Costs()
        self._start = start
        self._life = start()

    async def __aenter__(self) -> Self:
        await self._life.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count()
        await self._life.__aexit__(kind, error, trace)

    async def die(self) -> None:
        """Die by SIGKILL, whatever is under way, and start again."""
        self._count()
        self._life.process.kill()
        await self._life.ended()
        self._life = self._start()
        await self._life.__aenter__()

    def _count(self) -> None:
        """Read what this life has cost so far: proc(5), /proc/PID/stat and /proc/PID/status."""
        process = Path("/proc", str(self._life.process.pid))
        # The second field is the name, and may hold anything.
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        peak_kib = next(
            int(line.split()[1]) for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM")
        )
        self.costs.lives += 1
        self.costs.cpu_seconds += ticks / os.sysconf("SC_CLK_TCK")
        self.costs.peak_mib = max(self.costs.peak_mib, peak_kib / 1024)
