"""The one place where waiting happens: whoever changes a fake's state says so, whoever waits is woken by it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Changes:
    """A condition over all of a fake's state, which lives in one event loop and needs no lock of its own."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()

    async def announce(self) -> None:
        """Wake all who wait."""
        async with self._condition:
            self._condition.notify_all()

    async def wait_for(self, holds: Callable[[], bool], *, timeout_s: float | None) -> bool:
        """Return True as soon as `holds()`, or False after `timeout_s` seconds (None: never)."""
        try:
            async with asyncio.timeout(timeout_s), self._condition:
                await self._condition.wait_for(holds)
        except TimeoutError:
            return holds()
        return True

    async def expect(self, holds: Callable[[], bool], what: str, *, timeout_s: float) -> None:
        """Like `wait_for`, but raise TimeoutError naming `what` did not come."""
        if not await self.wait_for(holds, timeout_s=timeout_s):
            raise TimeoutError(f"{what} did not come within {timeout_s} s")
