"""Ideas as they are read: by the bodies, by their submitter, and by the commands of staff."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from nlp.understanding import NO_MODEL, Understanding
from services.ideas.model import (
    Assignment,
    AssignmentState,
    Attachment,
    AttachmentRole,
    Contribution,
    Idea,
    Refused,
    StageChange,
)
from services.ideas.tables import (
    AttachmentRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    DigestRow,
    IdeaRow,
    NotificationRow,
    SubmitterRow,
)

# Made once, because to make an alias takes longer than most queries.
_KNOWN = aliased(SubmitterRow)
_SAME_PERSON = select(SubmitterRow.id).join(
    _KNOWN, or_(SubmitterRow.id == _KNOWN.id, SubmitterRow.person == _KNOWN.person)
)
# The states of a file that a channel has announced.
AWAITED, LOST = "awaited", "lost"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one of an idea's notifications fares, for staff: its key, state, attempts and last error."""

    key: str
    state: str
    attempts: int
    last_error: str


def _ideas() -> Select[IdeaRow]:
    said = selectinload(IdeaRow.contributions)
    loaded = select(IdeaRow).options(
        said.selectinload(ContributionRow.attachments),
        said.selectinload(ContributionRow.awaited),
        said.selectinload(ContributionRow.versions),
        selectinload(IdeaRow.assignments),
        selectinload(IdeaRow.stages),
    )
    return loaded.where(IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))


async def by_references(session: AsyncSession, references: Sequence[str]) -> tuple[Idea, ...]:
    """The ideas with these reference numbers, in the order in which they came; unknown ones are left out.

    An idea that was merged is found as the one that it belongs to now.
    """
    numbered = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(IdeaRow.reference.in_(references))
    rows = await session.scalars(_ideas().where(IdeaRow.id.in_(numbered)).order_by(IdeaRow.id))
    return tuple(_idea(row) for row in rows)


async def found_by(session: AsyncSession, references: Collection[str]) -> Mapping[str, Idea]:
    """The ideas as these reference numbers find them, by the number that was looked for."""
    found = {idea.reference: idea for idea in await by_references(session, list(references))}
    for other in set(references) - set(found):
        # One that was merged bears another number now.
        for idea in await by_references(session, [other]):
            found[other] = idea
    return found


async def not_understood(session: AsyncSession, limit: int) -> tuple[Idea, ...]:
    """The oldest ideas that no model has read; none whose words were erased."""
    unread = _ideas().where(IdeaRow.model == NO_MODEL, IdeaRow.contributions.any()).order_by(IdeaRow.id).limit(limit)
    return tuple(_idea(row) for row in await session.scalars(unread))


async def by_capability(session: AsyncSession, token_hash: str, purpose: str) -> Idea | None:
    """The idea that a token opens for this purpose, or None."""
    opened = _opened(token_hash, purpose)
    row = await session.scalar(_ideas().where(IdeaRow.id.in_(opened)))
    return _idea(row) if row else None


def _opened(token_hash: str, purpose: str) -> Select[int]:
    return (
        select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id))
        .join(CapabilityRow, CapabilityRow.idea_id == IdeaRow.id)
        .where(CapabilityRow.token_hash == token_hash, CapabilityRow.purpose == purpose, IdeaRow.locked_at.is_(None))
    )


async def attachment(session: AsyncSession, token_hash: str, purpose: str, number: int) -> Attachment | None:
    """One file of the idea that a token opens for this purpose, by the number that its conversation gives it."""
    return await _attachment(session, _opened(token_hash, purpose), number)


async def attachment_of(session: AsyncSession, idea_id: int, number: int) -> Attachment | None:
    """One file of an idea, or of the one that it was merged into."""
    shown = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(
        IdeaRow.id == idea_id, IdeaRow.locked_at.is_(None)
    )
    return await _attachment(session, shown, number)


async def _attachment(session: AsyncSession, ideas: Select[int], number: int) -> Attachment | None:
    found = await session.execute(
        select(AttachmentRow, BlobRow.content)
        .join(BlobRow, BlobRow.sha256 == AttachmentRow.sha256)
        .join(ContributionRow, ContributionRow.id == AttachmentRow.contribution_id)
        .where(AttachmentRow.id == number, ContributionRow.idea_id.in_(ideas))
    )
    row = found.one_or_none()
    return Attachment(row[0].filename, row[0].media_type, row[1], AttachmentRole(row[0].role)) if row else None


async def attachments(session: AsyncSession, reference: str) -> tuple[Attachment, ...] | None:
    """All files of an idea; None where no idea bears the number."""
    ideas = await by_references(session, [reference])
    if not ideas:
        return None
    numbers = [number for said in ideas[0].contributions for number in said.attachment_numbers]
    rows = await session.execute(
        select(AttachmentRow, BlobRow.content)
        .join(BlobRow, BlobRow.sha256 == AttachmentRow.sha256)
        .where(AttachmentRow.id.in_(numbers))
        .order_by(AttachmentRow.id)
    )
    return tuple(Attachment(row.filename, row.media_type, content, AttachmentRole(row.role)) for row, content in rows)


async def of_submitter(session: AsyncSession, channel: str, address: str, limit: int) -> tuple[Idea, ...]:
    """The newest ideas of one person, newest first, through whichever channel they came."""
    own_ideas = IdeaRow.submitter_id.in_(person_of(channel, address))
    rows = await session.scalars(_ideas().where(own_ideas).order_by(IdeaRow.id.desc()).limit(limit))
    return tuple(_idea(row) for row in rows)


async def own(session: AsyncSession, channel: str, address: str, reference: str) -> Idea | None:
    """One person's idea by its reference number, or None: also where it is somebody else's."""
    numbered = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(IdeaRow.reference == reference)
    is_own = IdeaRow.submitter_id.in_(person_of(channel, address))
    row = await session.scalar(_ideas().where(IdeaRow.id.in_(numbered), is_own))
    return _idea(row) if row else None


def person_of(channel: str, address: str) -> Select[int]:
    """The submitters' rows of whoever writes from this address: one for each channel that they joined."""
    return _SAME_PERSON.where(_KNOWN.channel == channel, _KNOWN.address == address)


async def digests_written(session: AsyncSession, body: str, periods: Sequence[str]) -> frozenset[str]:
    """Which of these periods of a body are done."""
    found = select(DigestRow.period).where(DigestRow.body == body, DigestRow.period.in_(periods))
    return frozenset(await session.scalars(found))


async def deliveries(session: AsyncSession, reference: str) -> tuple[Delivery, ...]:
    """What was written to an idea's submitter and how it fares."""
    rows = await session.scalars(
        select(NotificationRow)
        .where(NotificationRow.parameters["reference"].as_string() == reference)
        .order_by(NotificationRow.id)
    )
    return tuple(Delivery(row.key, row.state, row.attempts, row.last_error) for row in rows)


def _idea(row: IdeaRow) -> Idea:
    understanding: Mapping[str, Any] = row.understanding
    return Idea(
        reference=row.reference,
        stage=row.stage,
        created_at=row.created_at,
        channel=row.channel,
        understanding=Understanding.from_json(understanding),
        contributions=tuple(
            Contribution(
                item.subject,
                item.text,
                item.created_at,
                tuple(file.filename for file in item.attachments),
                item.full_text,
                Refused(item.refused_too_large, item.refused_too_many),
                tuple(file.id for file in item.attachments),
                item.point,
                tuple(version.text for version in item.versions),
                tuple(file.filename for file in item.awaited if file.state == AWAITED),
                tuple(file.filename for file in item.awaited if file.state == LOST),
            )
            for item in row.contributions
        ),
        assignments=tuple(
            Assignment(item.body, item.rule, item.assigned_at, AssignmentState(item.state), item.due_at)
            for item in row.assignments
        ),
        stages=tuple(
            StageChange(item.stage, item.at, item.actor, item.note, item.act_id)
            for item in row.stages
            if item.undone_at is None
        ),
    )
