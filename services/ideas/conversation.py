"""An idea's conversation: each message that belongs to it, with its files."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.answers import mailbox_of
from services.ideas.chat_tables import ChatMessageRow
from services.ideas.errors import IdeaNotFound
from services.ideas.ledger import Event, tell_again
from services.ideas.model import Attachment
from services.ideas.readings import Submission
from services.ideas.reference import unknown
from services.ideas.store import insert_into
from services.ideas.submitters import verify
from services.ideas.tables import (
    AttachmentRow,
    AwaitedFileRow,
    BlobRow,
    ContributionRow,
    IdeaRow,
    SubmitterRow,
)
from services.ideas.views import AWAITED


async def idea_numbered(session: AsyncSession, reference: str) -> IdeaRow | None:
    """The idea of this number, or the one that it was merged into, to be changed; none whose words are locked."""
    numbered = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(IdeaRow.reference == reference)
    found: IdeaRow | None = await session.scalar(
        select(IdeaRow).where(IdeaRow.id.in_(numbered), IdeaRow.locked_at.is_(None)).with_for_update()
    )
    return await living(session, found) if found is not None else None


async def known_idea(session: AsyncSession, reference: str) -> IdeaRow:
    """As `idea_numbered`; raises IdeaNotFound."""
    idea = await idea_numbered(session, reference)
    if idea is None:
        raise IdeaNotFound(unknown(reference))
    return idea


async def living(session: AsyncSession, idea: IdeaRow) -> IdeaRow | None:
    """The idea, held by the caller, or the one that it was merged into while the caller waited for it, held as well."""
    found: IdeaRow | None = idea
    while found is not None and found.merged_into_id is not None:
        whole = select(IdeaRow).where(IdeaRow.id == found.merged_into_id, IdeaRow.locked_at.is_(None))
        found = await session.scalar(whole.with_for_update())
    return found


async def contribute(
    session: AsyncSession, idea: IdeaRow, inbound_id: int, submission: Submission, now: datetime
) -> ContributionRow:
    """Add a message to an idea, with the files that were kept and those that are to be fetched."""
    chat, point = submission.chat, submission.point
    contribution = ContributionRow(
        idea_id=idea.id,
        inbound_id=inbound_id,
        subject=submission.subject,
        text=submission.text,
        full_text=submission.full_text,
        refused_too_large=submission.refused.too_large,
        refused_too_many=submission.refused.too_many,
        album=chat.album if chat else "",
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
        created_at=chat.sent_at if chat else now,
    )
    session.add(contribution)
    await session.flush()
    await keep_files(session, contribution, submission, now)
    return contribution


async def keep_files(
    session: AsyncSession, contribution: ContributionRow, submission: Submission, now: datetime
) -> None:
    """Add the files of a message to a contribution, and remember in which message of a chat they came."""
    sender, chat = submission.sender, submission.chat
    if chat is not None:
        session.add(
            ChatMessageRow(
                channel=sender.channel, chat=sender.address, number=chat.number, contribution_id=contribution.id
            )
        )
    for file in submission.awaited:
        session.add(
            AwaitedFileRow(
                contribution_id=contribution.id,
                channel=sender.channel,
                file_id=file.file_id,
                filename=file.filename,
                media_type=file.media_type,
                state=AWAITED,
                available_at=now,
            )
        )
    for attachment in submission.attachments:
        await keep_attachment(session, contribution.id, attachment)


async def keep_attachment(session: AsyncSession, contribution_id: int, attachment: Attachment) -> None:
    """Add a file to a contribution; the same bytes are kept once, whoever sends them."""
    sha256 = hashlib.sha256(attachment.content).hexdigest()
    insert = insert_into(session, BlobRow).values(sha256=sha256, content=attachment.content)
    await session.execute(insert.on_conflict_do_nothing(index_elements=["sha256"]))
    session.add(
        AttachmentRow(
            contribution_id=contribution_id,
            filename=attachment.filename,
            media_type=attachment.media_type,
            role=attachment.role,
            size_bytes=len(attachment.content),
            sha256=sha256,
        )
    )


async def extend(session: AsyncSession, idea: IdeaRow, inbound_id: int, submission: Submission, now: datetime) -> None:
    """Add an answer to an idea's conversation; its bodies find the idea in their next digest again."""
    await contribute(session, idea, inbound_id, submission, now)
    await tell_again(session, idea, Event.ADDED, now)


async def verify_answerer(
    session: AsyncSession, idea: IdeaRow, submission: Submission, now: datetime
) -> SubmitterRow | None:
    """The idea's submitter, if it is they who answered: who does so to the secret address has received our mail."""
    submitter = await session.get(SubmitterRow, idea.submitter_id) if idea.submitter_id is not None else None
    is_own = submitter is not None and submitter.mailbox == mailbox_of(submission.sender.address)
    if submitter is None or not is_own or not submission.answerable:
        return None
    await verify(session, submitter, now)
    return submitter
