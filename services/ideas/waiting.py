"""Waiting for something that may happen, but not for ever."""

from __future__ import annotations

import asyncio


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, at most for so long; False where the time ran out."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
