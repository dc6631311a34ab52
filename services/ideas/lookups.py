"""The register's reading side: ideas as bodies, submitters and messages ask for them, one consistent view each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.capability import Purpose, capability_hash, capability_token
from services.ideas.dossier import Dossier, dossier
from services.ideas.errors import IdeaNotFound
from services.ideas.joining import code_of
from services.ideas.model import Attachment, Idea
from services.ideas.news import News, Wanted, news, story
from services.ideas.reference import unknown
from services.ideas.standing import acts_since, as_told, hidden_acts, without
from services.ideas.store import Store
from services.ideas.together import Together


class Lookups:
    """What can be asked without changing anything. All methods raise StoreError as `Store` says."""

    def __init__(self, store: Store, secret: bytes, undo_window: timedelta) -> None:
        self._store = store
        self._secret = secret
        self._undo_window = undo_window
        # A sender asks for all that it has claimed at once.
        self._ideas_as_told = Together(self._all_as_told)
        self._news = Together(self._all_news)

    async def idea(self, reference: str) -> Idea:
        """One idea by its reference number; raises IdeaNotFound."""
        async with self._store.reading() as session:
            found = await views.by_references(session, [reference])
        if not found:
            raise IdeaNotFound(unknown(reference))
        return found[0]

    async def idea_by_token(self, token: str, purpose: Purpose) -> Idea | None:
        """The idea that a capability opens for its own purpose, or None."""
        async with self._store.reading() as session:
            return await views.by_capability(session, capability_hash(token), purpose.value)

    async def idea_as_told(self, reference: str, at: datetime) -> Idea:
        """One idea as its submitter may know it at a time: staff can still take back the rest; raises IdeaNotFound."""
        found = await self._ideas_as_told((reference, at))
        if found is None:
            raise IdeaNotFound(unknown(reference))
        return found

    async def story_by_token(self, token: str, at: datetime) -> News | None:
        """All that the bearer of a status page's link may know at a time; None where it opens nothing."""
        async with self._store.reading() as session:
            idea = await views.by_capability(session, capability_hash(token), Purpose.STATUS_PAGE.value)
            return await story(session, idea, self._untold(at)) if idea else None

    async def attachment_by_token(self, token: str, purpose: Purpose, number: int) -> Attachment | None:
        """A file of the idea that a capability opens for its own purpose, or None."""
        async with self._store.reading() as session:
            return await views.attachment(session, capability_hash(token), purpose.value, number)

    async def attachments(self, reference: str) -> tuple[Attachment, ...]:
        """All files of an idea, in the order in which they came; raises IdeaNotFound."""
        async with self._store.reading() as session:
            found = await views.attachments(session, reference)
        if found is None:
            raise IdeaNotFound(unknown(reference))
        return found

    def token(self, purpose: Purpose, reference: str) -> str:
        """The capability of an idea, for a link to its own submitter."""
        return capability_token(self._secret, purpose, reference)

    def join_code(self, nonce: str) -> str:
        """The code that joins another channel to whoever was given this nonce."""
        return code_of(self._secret, nonce)

    async def ideas_of(self, channel: str, address: str, limit: int) -> tuple[Idea, ...]:
        """The newest ideas of one submitter, newest first."""
        async with self._store.reading() as session:
            return await views.of_submitter(session, channel, address, limit)

    async def ideas_as_told(
        self, channel: str, address: str, at: datetime, *, reference: str = "", limit: int = 1
    ) -> tuple[Idea, ...]:
        """One submitter's newest ideas, or the one of this number if it is theirs, as they may know them at a time."""
        async with self._store.reading() as session:
            if not reference:
                return await self._told(session, await views.of_submitter(session, channel, address, limit), at)
            own = await views.own(session, channel, address, reference)
            return await self._told(session, [own] if own else [], at)

    async def news(self, reference: str, acts: Sequence[int]) -> News | None:
        """What an update tells of these acts (numbers); None where nothing of them is left to tell."""
        return await self._news((reference, tuple(acts)))

    async def dossier(self, reference: str) -> Dossier:
        """An idea with everything that the bodies did with it, for staff; raises IdeaNotFound."""
        async with self._store.reading() as session:
            found = await dossier(session, reference)
        if found is None:
            raise IdeaNotFound(unknown(reference))
        return found

    async def deliveries(self, reference: str) -> tuple[views.Delivery, ...]:
        """How the notifications to an idea's submitter fare."""
        async with self._store.reading() as session:
            return await views.deliveries(session, reference)

    async def digests_written(self, body: str, periods: Sequence[str]) -> frozenset[str]:
        """Which of these periods of a body are done."""
        async with self._store.reading() as session:
            return await views.digests_written(session, body, periods)

    async def _all_as_told(self, wanted: Sequence[tuple[str, datetime]]) -> Mapping[tuple[str, datetime], Idea | None]:
        async with self._store.reading() as session:
            ideas = await views.found_by(session, {reference for reference, _ in wanted})
            # More acts than any of them needs; which of them each must not know is seen one by one.
            untold = self._untold(min(at for _, at in wanted))
            acts = await hidden_acts(session, [idea.reference for idea in ideas.values()], untold)
        told = {}
        for reference, at in wanted:
            if idea := ideas.get(reference):
                since = at - self._undo_window
                told[reference, at] = without(idea, [act for act in acts.get(idea.reference, ()) if act.at > since])
        return told

    async def _all_news(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, News | None]:
        async with self._store.reading() as session:
            return await news(session, wanted)

    async def _told(self, session: AsyncSession, ideas: Sequence[Idea], at: datetime) -> tuple[Idea, ...]:
        return await as_told(session, ideas, self._untold(at))

    def _untold(self, at: datetime) -> ColumnElement[bool]:
        # Where nothing can be taken back, everything is known at once.
        return acts_since(at - self._undo_window) if self._undo_window else false()
