"""Receipts as they are read: what came of each line, with the ideas as they are now and the words that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.ideas import views
from services.ideas.deeds import Deed
from services.ideas.model import Idea
from services.ideas.staff_mail import caution
from services.ideas.staff_mail.results import Result
from services.ideas.store import Store
from services.ideas.work_tables import PendingDeedRow


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one line; `idea` is None where there is none (any more), `deed` is what waits for a yes."""

    result: Result
    idea: Idea | None
    deed: Deed | None


class Receipts:
    """Looks up what receipts tell, when they are sent. All methods raise StoreError as `Store` says."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def entries(self, parameters: Mapping[str, Any]) -> tuple[Entry, ...]:
        """The lines of a receipt, by the parameters of its notification."""
        results = [Result.from_json(each) for each in parameters["results"]]
        numbers = [result.pending for result in results if result.pending is not None]
        async with self._store.reading() as session:
            found = await views.by_references(session, sorted({each.reference for each in results if each.reference}))
            rows = await session.scalars(select(PendingDeedRow).where(PendingDeedRow.id.in_(numbers)))
            deeds = {row.id: caution.from_json(row.deed) for row in rows}
        ideas = {idea.reference: idea for idea in found}
        return tuple(Entry(each, ideas.get(each.reference), deeds.get(each.pending or 0)) for each in results)
