"""An idea's conversation: each message that belongs to it, with its files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.answers import mailbox_of
from services.ideas.model import UNFINISHED, Attachment, Submission
from services.ideas.store import insert_into
from services.ideas.submitters import verify
from services.ideas.tables import (
    AssignmentRow,
    AttachmentRow,
    BlobRow,
    ContributionRow,
    IdeaRow,
    NotificationRow,
    SubmitterRow,
)


async def contribute(
    session: AsyncSession, idea: IdeaRow, inbound_id: int, submission: Submission, now: datetime
) -> None:
    """Add a message to an idea, with the files that were kept."""
    contribution = ContributionRow(
        idea_id=idea.id,
        inbound_id=inbound_id,
        subject=submission.subject,
        text=submission.text,
        full_text=submission.full_text,
        refused_too_large=submission.refused.too_large,
        refused_too_many=submission.refused.too_many,
        created_at=now,
    )
    session.add(contribution)
    await session.flush()
    hashes = await _keep_blobs(session, submission.attachments)
    for attachment, sha256 in zip(submission.attachments, hashes, strict=True):
        session.add(
            AttachmentRow(
                contribution_id=contribution.id,
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
    # A digest that has not left yet will tell of the answer, because what it says is looked up when it is sent.
    unsent = select(NotificationRow.parameters["digest"].as_integer()).where(
        NotificationRow.template == "digest", NotificationRow.state.in_(UNFINISHED)
    )
    told = update(AssignmentRow).where(AssignmentRow.idea_id == idea.id, AssignmentRow.digest_id.not_in(unsent))
    await session.execute(told.values(digest_id=None))


async def verify_answerer(
    session: AsyncSession, idea: IdeaRow, submission: Submission, now: datetime
) -> SubmitterRow | None:
    """The idea's submitter, if it is they who answered: who does so to the secret address has received our mail."""
    submitter = await session.get(SubmitterRow, idea.submitter_id) if idea.submitter_id is not None else None
    is_own = submitter is not None and submitter.mailbox == mailbox_of(submission.sender.address)
    if submitter is None or not is_own or not submission.answerable:
        return None
    verify(submitter, now)
    return submitter


async def _keep_blobs(session: AsyncSession, attachments: Sequence[Attachment]) -> list[str]:
    hashes = []
    for attachment in attachments:
        sha256 = hashlib.sha256(attachment.content).hexdigest()
        insert = insert_into(session, BlobRow).values(sha256=sha256, content=attachment.content)
        await session.execute(insert.on_conflict_do_nothing(index_elements=["sha256"]))
        hashes.append(sha256)
    return hashes
