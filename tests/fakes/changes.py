"""The one place where waiting happens: whoever changes a fake's state says so, whoever waits for it is woken by it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Changes:
    """Those who wait for a state of a fake, which lives in one event loop and needs no lock of its own.

    After a change each waiter is asked whether this is what it waits for: where thousands wait, each for its own part
    of the state, give each part a `Changes` of its own.
    """

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._is_announced = False

    async def announce(self) -> None:
        """Wake those whose state is reached, once the one who changes it has come to the end of its step."""
        if self._waiting and not self._is_announced:
            self._is_announced = True
            asyncio.get_running_loop().call_soon(self._wake)

    async def wait_for(self, holds: Callable[[], bool], *, timeout_s: float | None) -> bool:
        """Return True as soon as `holds()`, or False after `timeout_s` seconds (None: never)."""
        try:
            async with asyncio.timeout(timeout_s):
                while not holds():
                    await self._next(holds)
        except TimeoutError:
            return holds()
        return True

    async def expect(self, holds: Callable[[], bool], what: str, *, timeout_s: float) -> None:
        """Like `wait_for`, but raise TimeoutError naming `what` did not come."""
        if not await self.wait_for(holds, timeout_s=timeout_s):
            raise TimeoutError(f"{what} did not come within {timeout_s} s")

    def _wake(self) -> None:
        self._is_announced = False
        for waiter, holds in self._waiting.items():
            if not waiter.done() and holds():
                waiter.set_result(None)

    async def _next(self, holds: Callable[[], bool]) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = holds
        try:
            await waiter
        finally:
            del self._waiting[waiter]
