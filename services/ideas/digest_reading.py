"""Digests as they are read: in mails, on their pages and on the command line, one consistent view each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.ideas import digest_links, views
from services.ideas.capability import Purpose, capability_token
from services.ideas.catalogue import Catalogue
from services.ideas.digest_contents import Contents, Entry, drafted, written
from services.ideas.digest_items import Item, read_items
from services.ideas.digest_links import DigestLink
from services.ideas.digest_order import side_by_side
from services.ideas.model import Attachment
from services.ideas.news import measure_of
from services.ideas.similar import Alike, SimilarIdeas
from services.ideas.store import Store

# A mail shows so many ideas; the rest stands on its page.
SHOWN = 30
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest is about, and some of its ideas whole, in the same order."""

    contents: Contents
    items: tuple[Item, ...]


class DigestReading:
    """Each method only reads, but for `revoke`; all raise StoreError as `Store` says."""

    def __init__(self, store: Store, catalogue: Catalogue, secret: bytes, similar: SimilarIdeas) -> None:
        self._store = store
        self._catalogue = catalogue
        self._secret = secret
        self._similar = similar

    async def of(self, digest_id: int, now: datetime, shown: int = SHOWN) -> Digest | None:
        """A digest that was written, with its first ideas; None where there is none of that number."""
        async with self._store.reading() as session:
            contents = await written(session, self._catalogue, digest_id, now)
            if contents is None:
                return None
            items = await read_items(session, self._catalogue, contents.body, contents.entries[:shown])
        return Digest(contents, await self._compared(items))

    async def draft(
        self, body: str, start: datetime | None, end: datetime, now: datetime, shown: int = SHOWN
    ) -> Digest:
        """What a digest would say of this time; without a start, of what was not told yet. It marks nothing as told."""
        async with self._store.reading() as session:
            contents = await drafted(session, self._catalogue, body, start, end, now)
            items = await read_items(session, self._catalogue, body, contents.entries[:shown])
        return Digest(contents, await self._compared(items))

    def token(self, key: str) -> str:
        """The capability of a digest mail, by its notification's key, for the link in it."""
        return capability_token(self._secret, Purpose.DIGEST_PAGE, key)

    async def link(self, token: str) -> DigestLink | None:
        """What a token opens, and until when; None for any other token."""
        async with self._store.reading() as session:
            return await digest_links.link_of(session, self._catalogue, token)

    async def part(self, link: DigestLink, now: datetime, first: int, number: int) -> Digest | None:
        """The digest of a link with so many of its ideas, from the `first` on (0 is the first of all)."""
        async with self._store.reading() as session:
            contents = await written(session, self._catalogue, link.digest, now)
            if contents is None:
                return None
            entries = contents.entries[first : first + number]
            return Digest(contents, await read_items(session, self._catalogue, link.body, entries))

    async def all_of(self, link: DigestLink, now: datetime) -> AsyncIterator[Item]:
        """Every idea of the digest of a link, read some at a time, so that no slow reader keeps a transaction open."""
        async with self._store.reading() as session:
            contents = await written(session, self._catalogue, link.digest, now)
        entries = contents.entries if contents else ()
        for first in range(0, len(entries), _AT_ONCE):
            async with self._store.reading() as session:
                part = await read_items(session, self._catalogue, link.body, entries[first : first + _AT_ONCE])
            for item in part:
                yield item

    async def item(self, link: DigestLink, number: int, now: datetime) -> Item | None:
        """One idea of the digest of a link, by its number there."""
        async with self._store.reading() as session:
            contents = await written(session, self._catalogue, link.digest, now)
            entries = [entry for entry in contents.entries if entry.number == number] if contents else []
            if not entries:
                return None
            (item,) = await read_items(session, self._catalogue, link.body, entries)
            item = replace(item, measure=await measure_of(session, item.entry.reference))
        (compared,) = await self._compared([item])
        return compared

    async def attachment(self, link: DigestLink, number: int, file: int) -> Attachment | None:
        """A file of an idea of the digest of a link, by the numbers of both."""
        async with self._store.reading() as session:
            idea_id = await digest_links.idea_of(session, link.digest, number)
            return await views.attachment_of(session, idea_id, file) if idea_id is not None else None

    async def revoke(self, body: str) -> int:
        """Close every link and secret reply address that a body's mails have; how many."""
        async with self._store.writing() as session:
            return await digest_links.revoke(session, body)

    async def _compared(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """With like ideas; what stands in the same list is named by its number."""
        readable = [item.entry for item in items if item.idea is not None and item.idea.contributions]
        found = await self._similar.in_list([entry.reference for entry in readable]) if readable else {}
        groups = _groups(readable, found)
        return tuple(
            replace(
                item,
                earlier=found.get(item.entry.reference, Alike()).earlier,
                alike=groups.get(item.entry.reference, ()),
            )
            for item in items
        )


def _groups(entries: Sequence[Entry], found: Mapping[str, Alike]) -> dict[str, tuple[int, ...]]:
    """The numbers of those that are alike, by the reference of each: what is like one of a group belongs to it."""
    numbers = {entry.reference: entry.number for entry in entries}
    references = {entry.number: entry.reference for entry in entries}
    alike = {
        numbers[reference]: [numbers[other] for other in each.listed if other in numbers]
        for reference, each in found.items()
    }
    groups = side_by_side(sorted(references), alike)
    return {references[number]: tuple(group) for group in groups if len(group) > 1 for number in group}
