"""What bodies were told in their digests, and what they were not told yet, as tests look at it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from services.ideas.store import Store
from services.ideas.tables import DigestRow, IdeaRow, NotificationRow
from services.ideas.work_tables import LedgerRow


async def told(store: Store, body: str) -> dict[str, list[tuple[str, str]]]:
    """The reference and the event of all that each period's digest of a body tells, in the order of the ledger."""
    entries = _entries(DigestRow.period).join(DigestRow, DigestRow.id == LedgerRow.digest_id)
    found: dict[str, list[tuple[str, str]]] = {}
    async with store.reading() as session:
        for period, reference, event in await session.execute(entries.where(LedgerRow.body == body)):
            found.setdefault(period, []).append((reference, event))
    return found


async def untold(store: Store, body: str) -> list[tuple[str, str]]:
    """The reference and the event of all that no digest of a body has told."""
    entries = _entries().where(LedgerRow.body == body, LedgerRow.digest_id.is_(None))
    async with store.reading() as session:
        return [(reference, event) for reference, event in await session.execute(entries)]


async def mails(store: Store) -> Sequence[NotificationRow]:
    """The digests that are owed to mailboxes and groups, in the order in which they were written."""
    owed = select(NotificationRow).where(NotificationRow.template == "digest").order_by(NotificationRow.id)
    async with store.reading() as session:
        return (await session.scalars(owed)).all()


def _entries(*columns: object) -> Select[*tuple[str, ...]]:
    entries = select(*columns, IdeaRow.reference, LedgerRow.event)  # type: ignore[call-overload]
    return entries.join_from(LedgerRow, IdeaRow).order_by(LedgerRow.id)  # type: ignore[no-any-return]
