"""Work that one process alone does at a time, however many run: whoever has its lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from services.ideas.chat_tables import LeaseRow
from services.ideas.store import Store, insert_into


class Leases:
    """Leases by the name of the work; `holder` names a process and no other. Methods raise StoreError as `Store` does.

    A lease that is not taken again in time is anyone's, so that a process that dies holds nothing up for long.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, name: str, holder: str, now: datetime, duration: timedelta) -> bool:
        """Take the lease until `now + duration`, or keep it for longer; False where another process has it."""
        async with self._store.writing() as session:
            taken = insert_into(session, LeaseRow).values(name=name, holder=holder, until=now + duration)
            taken = taken.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": holder, "until": now + duration},
                where=or_(LeaseRow.holder == holder, LeaseRow.until <= now),
            )
            return (await session.execute(taken.returning(LeaseRow.name))).first() is not None

    async def release(self, name: str, holder: str) -> None:
        """Give the lease back; one that another process has by now is left alone."""
        async with self._store.writing() as session:
            await session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == holder))

    async def take_over(self, name: str) -> None:
        """End what a process before us had taken, where no other process can exist (SQLite, at start)."""
        if self._store.is_sqlite:
            async with self._store.writing() as session:
                await session.execute(delete(LeaseRow).where(LeaseRow.name == name))
