"""Whether one transaction waits for another, as tests of PostgreSQL look at it."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from services.ideas.store import Store

_LOOK_SECONDS = 0.01


async def comes_to_wait(task: asyncio.Task[object], store: Store) -> bool:
    """Whether a task comes to wait for a lock of the database; False where it ends without."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not task.done():
        async with store.reading() as session:
            if await session.scalar(waiting):
                return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False
