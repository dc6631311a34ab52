"""The killable program in one life after the other."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from tests.faults.killable import ARMED
from tests.service import Service


class Life(Service):
    """`async with Life(settings, point) as life:` runs until it dies at the point ("": until the block ends).

    With `is_armed` false it dies at no point before `arm()`.
    """

    def __init__(self, settings: Mapping[str, str], point: str = "", *, is_armed: bool = True) -> None:
        armed = ("--armed",) if is_armed else ()
        super().__init__(settings, command=("-m", "tests.faults.killable", point, *armed))

    async def arm(self) -> None:
        """Let whatever begins from now on count as coming to the point."""
        self.process.send_signal(signal.SIGUSR1)
        await self.logged(ARMED)
