"""What one read message changes: the idea, its assignments, and what is owed to its submitter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Kind, Understanding
from services.ideas.capability import Purpose, capability_hash, capability_token
from services.ideas.catalogue import Catalogue
from services.ideas.model import Attachment, LoggedMessage, Request, Sender, Submission
from services.ideas.outbox import Owed, owe
from services.ideas.reference import reference_number
from services.ideas.routing import CATCH_ALL, route
from services.ideas.store import insert_into
from services.ideas.tables import (
    AssignmentRow,
    AttachmentRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    IdeaRow,
    NotificationRow,
    ReferenceCounterRow,
    StageChangeRow,
    SubmitterRow,
)

PROGRAM = "program"
# An unverified sender may be somebody else's address: one answer a day makes us useless as a mail bomb.
_ONE_CONFIRMATION_IN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting ideas needs besides a session: the region's rules, and the secret that links are made of."""

    catalogue: Catalogue
    secret: bytes

    async def admit(
        self, session: AsyncSession, logged: LoggedMessage, submission: Submission, understanding: Understanding
    ) -> str:
        """Make an idea of a submission, route it, owe its confirmation, and return its reference number."""
        now = logged.message.received_at
        submitter = await _submitter(session, submission.sender, now)
        reference = await self._next_reference(session, now)
        idea = IdeaRow(
            reference=reference,
            submitter_id=submitter.id,
            channel=submission.sender.channel,
            stage=self.catalogue.lifecycle.initial,
            model=understanding.model,
            understanding=understanding.to_json(),
            created_at=now,
        )
        session.add(idea)
        await session.flush()
        await _contribute(session, idea, logged.id, submission, now)
        session.add(StageChangeRow(idea_id=idea.id, stage=idea.stage, at=now, actor=PROGRAM, note=""))
        await self.assign(session, idea, understanding, now)
        token = capability_token(self.secret, Purpose.STATUS_PAGE, reference)
        session.add(
            CapabilityRow(token_hash=capability_hash(token), purpose=Purpose.STATUS_PAGE.value, idea_id=idea.id)
        )
        # The year's counter, which this transaction holds, makes admissions take turns: none overlooks another's.
        withheld = understanding.kind is Kind.SPAM or (
            not submission.sender.verified and await _confirmed_lately(session, submitter.id, now)
        )
        confirmation = Owed(
            key=f"confirmation:{reference}",
            channel=submission.sender.channel,
            template="confirmation",
            parameters={"reference": reference},
            submitter_id=submitter.id,
            withheld=withheld,
        )
        await owe(session, confirmation, now)
        return reference

    async def assign(self, session: AsyncSession, idea: IdeaRow, understanding: Understanding, now: datetime) -> None:
        """Give the idea to the bodies that the rules name for its present stage.

        At the initial stage a rule that is met moves it on to the routed one; without any it waits with the catch-all
        body. At later stages rules only add bodies: the triage that the idea went through is over.
        """
        lifecycle = self.catalogue.lifecycle
        triaged = idea.stage in (lifecycle.initial, lifecycle.routed)
        present = lifecycle.routed if triaged else idea.stage
        destinations = route(self.catalogue.routes, self.catalogue.catch_all, understanding, present)
        known = set(await session.scalars(select(AssignmentRow.body).where(AssignmentRow.idea_id == idea.id)))
        for destination in destinations:
            if destination.body in known or (destination.rule == CATCH_ALL and not triaged):
                continue
            session.add(AssignmentRow(idea_id=idea.id, body=destination.body, rule=destination.rule, assigned_at=now))
        ruled = any(destination.rule != CATCH_ALL for destination in destinations)
        if idea.stage == lifecycle.initial and ruled:
            idea.stage = lifecycle.routed
            session.add(StageChangeRow(idea_id=idea.id, stage=idea.stage, at=now, actor=PROGRAM, note=""))

    async def answer(self, session: AsyncSession, logged: LoggedMessage, request: Request) -> None:
        """Owe the answer to something the program itself was asked."""
        now = logged.message.received_at
        submitter = await _submitter(session, request.sender, now)
        answer = Owed(
            key=f"answer:{logged.message.channel}:{logged.message.external_id}",
            channel=request.sender.channel,
            template=request.template,
            parameters=request.parameters,
            submitter_id=submitter.id,
        )
        await owe(session, answer, now)

    async def _next_reference(self, session: AsyncSession, now: datetime) -> str:
        region = self.catalogue.settings.region
        year = now.astimezone(region.zone).year
        counter = insert_into(session, ReferenceCounterRow).values(year=year, last=1)
        counter = counter.on_conflict_do_update(
            index_elements=["year"], set_={"last": ReferenceCounterRow.last + 1}
        ).returning(ReferenceCounterRow.last)
        number = (await session.execute(counter)).scalar_one()
        return reference_number(region.reference_prefix, year, number)


async def _submitter(session: AsyncSession, sender: Sender, now: datetime) -> SubmitterRow:
    insert = (
        insert_into(session, SubmitterRow)
        .values(channel=sender.channel, address=sender.address, language=sender.language, created_at=now)
        .on_conflict_do_nothing(index_elements=["channel", "address"])
    )
    await session.execute(insert)
    found = await session.scalars(
        select(SubmitterRow).where(SubmitterRow.channel == sender.channel, SubmitterRow.address == sender.address)
    )
    return found.one()


async def _contribute(
    session: AsyncSession, idea: IdeaRow, inbound_id: int, submission: Submission, now: datetime
) -> None:
    contribution = ContributionRow(
        idea_id=idea.id, inbound_id=inbound_id, subject=submission.subject, text=submission.text, created_at=now
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
                size_bytes=len(attachment.content),
                sha256=sha256,
            )
        )


async def _keep_blobs(session: AsyncSession, attachments: Sequence[Attachment]) -> list[str]:
    hashes = []
    for attachment in attachments:
        sha256 = hashlib.sha256(attachment.content).hexdigest()
        insert = insert_into(session, BlobRow).values(sha256=sha256, content=attachment.content)
        await session.execute(insert.on_conflict_do_nothing(index_elements=["sha256"]))
        hashes.append(sha256)
    return hashes


async def _confirmed_lately(session: AsyncSession, submitter_id: int, now: datetime) -> bool:
    since = now - _ONE_CONFIRMATION_IN
    found = await session.execute(
        select(NotificationRow.id)
        .where(
            NotificationRow.submitter_id == submitter_id,
            NotificationRow.template == "confirmation",
            NotificationRow.state != "withheld",
            NotificationRow.created_at > since,
        )
        .limit(1)
    )
    return found.first() is not None
