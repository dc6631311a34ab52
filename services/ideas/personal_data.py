"""What people may have done with their own data, and what time does with it: shown, erased, expired."""

from __future__ import annotations

from datetime import datetime

from services.ideas.catalogue import Catalogue
from services.ideas.erasure import Fate, LockedIdea, erase_locked, forget, locked_ideas
from services.ideas.export import MOST_BYTES, Export, export
from services.ideas.persons import person_at
from services.ideas.retention import Expired, expire
from services.ideas.store import Store


class PersonalData:
    """Each method is one transaction and may be repeated."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def export(
        self, channel: str, address: str, now: datetime, most_bytes: int | None = MOST_BYTES
    ) -> Export | None:
        """Everything about the person who writes from this address, with as many files as there is room for.

        None where nobody is known there; `most_bytes` None has room for all.
        """
        async with self._store.reading() as session:
            return await export(session, self._catalogue, (channel, address), now, most_bytes)

    async def erase(self, channel: str, address: str, now: datetime, *, everything: bool) -> bool:
        """Forget the person who writes from this address, and `everything` they said; False where nobody is known.

        What they said is locked instead as long as the archive has not released it.
        """
        is_archived = not self._catalogue.settings.privacy.archive_released
        async with self._store.writing() as session:
            person = await person_at(session, channel, address, locked=True)
            if person is not None:
                await forget(session, person, Fate.of(everything=everything, is_archived=is_archived), now)
        return person is not None

    async def locked(self) -> tuple[LockedIdea, ...]:
        """The ideas whose words wait for the archive, the one that has waited longest first."""
        async with self._store.reading() as session:
            return await locked_ideas(session)

    async def erase_locked(self, reference: str, now: datetime) -> bool:
        """Erase the words of a locked idea; False where no locked idea bears this number."""
        async with self._store.writing() as session:
            return await erase_locked(session, reference, now)

    async def expire(self, now: datetime) -> Expired:
        """Erase some of what is kept long enough; to be repeated as long as there is something."""
        settings, lifecycle = self._catalogue.settings, self._catalogue.lifecycle
        async with self._store.writing() as session:
            return await expire(session, settings, lifecycle, now)

    async def wipe(self, *, thoroughly: bool) -> None:
        """Leave no trace of what was erased in the files of a SQLite store; see `Store.wipe_log` and `wipe_file`."""
        await (self._store.wipe_file() if thoroughly else self._store.wipe_log())
