"""A call that is held until a test releases it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hang:
    """Hold the call until `release()`, then go on as if nothing had been."""

    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, timeout_s: float = 5) -> None:
        """Return once a call is held."""
        async with asyncio.timeout(timeout_s):
            await self._reached.wait()

    def release(self) -> None:
        """Let the held call, and any later one, go on."""
        self._released.set()

    async def hold(self) -> None:
        """Say that a call is here, and wait; the fake calls this."""
        self._reached.set()
        await self._released.wait()
