"""Erasure (Art. 17 GDPR): a person is forgotten, and their ideas stay without them, are locked, or lose their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import NO_MODEL, Understanding
from services.ideas.assigning import Assigning
from services.ideas.chat_tables import ChatMessageRow, CorrectionRow
from services.ideas.deeds import DeedKind
from services.ideas.fingerprints import erase_fingerprints
from services.ideas.inbound import READ, STORED
from services.ideas.ledger import Event, forget_untold, tell_again
from services.ideas.outbox import FAREWELL
from services.ideas.persons import Person
from services.ideas.tables import (
    AttachmentRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    ContributionVersionRow,
    IdeaRow,
    InboundRow,
    NotificationRow,
    StageChangeRow,
)
from services.ideas.work_tables import ActRow, FindingRow, InquiryRow, PendingDeedRow

# Where staff write freely about an idea, by the column that holds it.
_WORDS_OF_STAFF = ((StageChangeRow, "note"), (InquiryRow, "text"), (FindingRow, "note"), (ActRow, "reason"))
# In place of the model's name, where nothing is left that one could read later.
_NOTHING_TO_READ = "erased"


class Fate(StrEnum):
    """What becomes of a person's ideas: they stay, anonymous; they are locked for the archive; their words go too."""

    KEPT = "kept"
    LOCKED = "locked"
    ERASED = "erased"

    @classmethod
    def of(cls, *, everything: bool, is_archived: bool) -> Fate:
        """What a wish comes to; `is_archived`: the archive has not released the ideas yet (section 7 SächsDSDG)."""
        if not everything:
            return cls.KEPT
        return cls.LOCKED if is_archived else cls.ERASED


@dataclass(frozen=True, slots=True)
class LockedIdea:
    """An idea whose words wait for the archive: its number, since when it is locked, and when it came."""

    reference: str
    locked_at: datetime
    created_at: datetime


async def forget(
    session: AsyncSession, person: Person, fate: Fate, now: datetime, *, message_id: int | None = None
) -> None:
    """Erase a person in every channel, with all that leads to them; `message_id` is the message that is being read.

    What they sent and nobody has read yet is left alone: somebody writes who is new. The known messages keep their
    identity, so that one that is delivered again is none.
    """
    came = or_(person.is_sender(), person.has_contributed())
    is_read = or_(InboundRow.state != STORED, InboundRow.id == message_id)
    await empty_messages(session, select(InboundRow.id).where(came, is_read))
    for row in person.rows:
        chat = (ChatMessageRow.channel == row.channel, ChatMessageRow.chat == row.address)
        await session.execute(delete(ChatMessageRow).where(*chat))
        owed = (NotificationRow.channel == row.channel, NotificationRow.recipient == row.address)
        await session.execute(delete(NotificationRow).where(*owed, NotificationRow.template == FAREWELL))
    await session.execute(delete(CapabilityRow).where(CapabilityRow.idea_id.in_(person.ideas)))
    # What stays readable gets another one, made from what is left.
    await erase_fingerprints(session, person.ideas)
    await _anonymise(session, person)
    if fate is Fate.LOCKED:
        await session.execute(update(IdeaRow).where(IdeaRow.id.in_(person.ideas)).values(locked_at=now))
    elif fate is Fate.ERASED:
        await _erase_ideas(session, person.ideas, now)
    # Whatever is the person's alone goes with their rows: messages to them, questions, codes.
    for row in person.rows:
        await session.delete(row)
    await session.flush()


async def empty_messages(session: AsyncSession, messages: Select[int | None]) -> None:
    """Take all that was said, and by whom, from messages of the inbound log; held ones wait for nobody any more."""
    await session.execute(
        update(InboundRow)
        .where(InboundRow.id.in_(messages))
        .values(raw=b"", envelope={}, conversation="", state=READ)
        .execution_options(synchronize_session=False)
    )


async def locked_ideas(session: AsyncSession) -> tuple[LockedIdea, ...]:
    """The ideas whose words wait for the archive, the one that has waited longest first."""
    rows = await session.scalars(
        select(IdeaRow).where(IdeaRow.locked_at.is_not(None)).order_by(IdeaRow.locked_at, IdeaRow.id)
    )
    return tuple(LockedIdea(row.reference, row.locked_at or row.created_at, row.created_at) for row in rows)


async def erase_locked(session: AsyncSession, reference: str, now: datetime) -> bool:
    """Erase the words of a locked idea; False where no locked idea bears this number."""
    locked = select(IdeaRow.id).where(IdeaRow.reference == reference, IdeaRow.locked_at.is_not(None))
    idea_id = await session.scalar(locked.with_for_update())
    if idea_id is None:
        return False
    await _erase_ideas(session, select(IdeaRow.id).where(IdeaRow.id == idea_id), now)
    return True


async def _anonymise(session: AsyncSession, person: Person) -> None:
    """Take from what was said the signatures and the person's own addresses, where they or staff wrote them."""
    said = select(ContributionRow).where(ContributionRow.idea_id.in_(person.ideas))
    for contribution in await session.scalars(said):
        contribution.full_text = ""
        contribution.subject = _hidden(contribution.subject, person.addresses)
        contribution.text = _hidden(contribution.text, person.addresses)
    numbers = select(ContributionRow.id).where(ContributionRow.idea_id.in_(person.ideas))
    earlier = select(ContributionVersionRow).where(ContributionVersionRow.contribution_id.in_(numbers))
    for version in await session.scalars(earlier):
        version.text = _hidden(version.text, person.addresses)
    for table, name in _WORDS_OF_STAFF:
        for row in await session.scalars(select(table).where(table.idea_id.in_(person.ideas))):
            setattr(row, name, _hidden(getattr(row, name), person.addresses))
    await session.flush()


def _hidden(text: str, addresses: Sequence[str]) -> str:
    """The text with a dot for each sign of an address, so that what the model has counted in it still counts right."""
    for address in addresses:
        whole = rf"(?<![\w.+-]){re.escape(address)}(?![\w-])"
        text = re.sub(whole, "•" * len(address), text, flags=re.IGNORECASE)
    return text


async def _erase_ideas(session: AsyncSession, ideas: Select[int], now: datetime) -> None:
    """Leave of ideas what counts them: number, stage, topics, districts, and days.

    Bodies see that the rest is gone. They have nothing more to do with it, and nothing that they did can be undone.
    """
    said = select(ContributionRow.id).where(ContributionRow.idea_id.in_(ideas))
    blobs = select(AttachmentRow.sha256).where(AttachmentRow.contribution_id.in_(said))
    hashes = set(await session.scalars(blobs))
    contributed = select(ContributionRow.inbound_id).where(ContributionRow.idea_id.in_(ideas))
    await empty_messages(session, contributed.where(ContributionRow.inbound_id.is_not(None)))
    await session.execute(delete(ContributionRow).where(ContributionRow.idea_id.in_(ideas)))
    await session.execute(delete(CorrectionRow).where(CorrectionRow.idea_id.in_(ideas)))
    used = select(AttachmentRow.sha256).where(AttachmentRow.sha256 == BlobRow.sha256).exists()
    for sha256 in hashes:
        await session.execute(delete(BlobRow).where(BlobRow.sha256 == sha256, ~used))
    await _erase_words_of_staff(session, ideas)
    # Who was never told of an idea need not hear that it is gone.
    await forget_untold(session, ideas)
    for idea in await session.scalars(select(IdeaRow).where(IdeaRow.id.in_(ideas))):
        idea.locked_at = None
        idea.understanding = _counted(idea.understanding)
        if idea.model == NO_MODEL:
            idea.model = _NOTHING_TO_READ
        # Whoever was told has to erase it as well (Art. 19 GDPR).
        await tell_again(session, idea, Event.ERASED, now)
        await Assigning.end_all(session, idea, now)
    await session.flush()


async def _erase_words_of_staff(session: AsyncSession, ideas: Select[int]) -> None:
    """Who did what and when stays; what they wrote may repeat what is erased."""
    await session.execute(delete(InquiryRow).where(InquiryRow.idea_id.in_(ideas)))
    await session.execute(delete(PendingDeedRow).where(PendingDeedRow.idea_id.in_(ideas)))
    for table, name in _WORDS_OF_STAFF:
        await session.execute(update(table).where(table.idea_id.in_(ideas)).values({name: ""}))
    await session.execute(update(ActRow).where(ActRow.idea_id.in_(ideas)).values(before={}))
    named = ActRow.kind == DeedKind.PLACE
    await session.execute(update(ActRow).where(ActRow.idea_id.in_(ideas), named).values(detail={}))


def _counted(understanding: dict[str, object]) -> dict[str, object]:
    whole = Understanding.from_json(understanding)
    return replace(whole, suggestions=(), municipalities=(), evidence=(), candidates=()).to_json()
