"""What becomes of people's and bodies' addresses: confirmed, declined, or no longer to be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from services.ideas.capability import Purpose
from services.ideas.model import Subscription
from services.ideas.store import Store
from services.ideas.submitters import resubscribe, submitter_by_token, subscription, unsubscribe, verify
from services.ideas.tables import IdeaRow, SubmitterRow
from services.ideas.together import Together
from services.ideas.undeliverable import UndeliverableAddress, resume, undeliverable

_NOBODY = Subscription(verified=False, unsubscribed=False)


class Mailboxes:
    """Each method is one transaction and may be repeated."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # A sender asks for all that it has claimed at once.
        self._by_reference = Together(self._by_references)

    async def by_token(self, token: str, purpose: Purpose) -> Subscription | None:
        """How it stands with the person whom a link concerns; None for a token that opens nothing."""
        async with self._store.reading() as session:
            submitter = await submitter_by_token(session, token, purpose)
            return subscription(submitter) if submitter else None

    async def by_reference(self, reference: str) -> Subscription:
        """How it stands with the submitter of an idea; like a stranger, where they have been erased."""
        return await self._by_reference(reference) or _NOBODY

    async def _by_references(self, references: Sequence[str]) -> Mapping[str, Subscription]:
        async with self._store.reading() as session:
            rows = await session.execute(
                select(IdeaRow.reference, SubmitterRow)
                .join(SubmitterRow, IdeaRow.submitter_id == SubmitterRow.id)
                .where(IdeaRow.reference.in_(references))
            )
            return {reference: subscription(submitter) for reference, submitter in rows}

    async def verify(self, token: str, now: datetime) -> bool:
        """Remember that an address is its submitter's own; False for a token that opens nothing."""
        async with self._store.writing() as session:
            submitter = await submitter_by_token(session, token, Purpose.VERIFY_ADDRESS)
            if submitter is not None:
                await verify(session, submitter, now)
            return submitter is not None

    async def unsubscribe(self, token: str, now: datetime) -> bool:
        """Send a person no mail any more; False for a token that opens nothing."""
        async with self._store.writing() as session:
            submitter = await submitter_by_token(session, token, Purpose.UNSUBSCRIBE)
            if submitter is not None:
                await unsubscribe(session, submitter, now)
            return submitter is not None

    async def resubscribe(self, token: str) -> bool:
        """Send a person mail again; False for a token that opens nothing."""
        async with self._store.writing() as session:
            submitter = await submitter_by_token(session, token, Purpose.UNSUBSCRIBE)
            if submitter is not None:
                await resubscribe(session, submitter)
            return submitter is not None

    async def undeliverable(self) -> tuple[UndeliverableAddress, ...]:
        """Every address that mail came back from for good."""
        async with self._store.reading() as session:
            return await undeliverable(session)

    async def resume(self, address: str, now: datetime) -> bool:
        """Send to an address again; False where mail to it was not stopped."""
        async with self._store.writing() as session:
            return await resume(session, address, now)
