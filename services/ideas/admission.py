"""Admission: a new idea or an answer, the bodies that have it, and what is owed to them and to its submitter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Kind, Understanding
from services.ideas.answers import ATTACHMENTS, CONFIRMATION, Answer, Answers
from services.ideas.assigning import PROGRAM, Assigning
from services.ideas.capability import Purpose, capability_token
from services.ideas.catalogue import Catalogue
from services.ideas.conversation import contribute, extend, verify_answerer
from services.ideas.declining import wants_no_mail
from services.ideas.grants import grant, idea_of, notification_of
from services.ideas.groups import alert
from services.ideas.language_choice import choose_language
from services.ideas.ledger import Event
from services.ideas.model import AssignmentState, LoggedMessage, Sender
from services.ideas.outbox import Outbox
from services.ideas.readings import HoldReason, Submission
from services.ideas.reference import reference_number
from services.ideas.store import insert_into
from services.ideas.submitters import submitter_of, unsubscribe
from services.ideas.tables import AssignmentRow, IdeaRow, ReferenceCounterRow, StageChangeRow, SubmitterRow
from services.ideas.updates import Updates


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting ideas needs besides a session: the region's rules, and the secret that links are made of."""

    catalogue: Catalogue
    secret: bytes

    async def admit(
        self,
        session: AsyncSession,
        logged: LoggedMessage,
        submission: Submission,
        understanding: Understanding,
        answered_at: datetime | None = None,
    ) -> str:
        """Make an idea of a submission, route it, owe its confirmation, and return its reference number.

        `answered_at` is the time of the confirmation, where a person admits what came earlier.
        """
        now = logged.message.received_at
        idea = await self.open(session, submission.sender, understanding, now)
        await contribute(session, idea, logged.id, submission, now)
        await self.assigning.assign(session, idea, understanding, now)
        submitter = await submitter_of(session, submission.sender, now)
        spam = "it looks like advertising" if understanding.kind is Kind.SPAM else ""
        confirmation = Answer(f"{CONFIRMATION}:{idea.reference}", CONFIRMATION, idea, submitter, submission)
        await self._answers.owe(session, confirmation, answered_at or now, withheld=spam)
        return idea.reference

    async def open(self, session: AsyncSession, sender: Sender, understanding: Understanding, now: datetime) -> IdeaRow:
        """A new idea at the initial stage, without words yet; its status page can be opened."""
        # The year's counter comes first, so that admissions take turns before they touch anything else.
        reference = await self._next_reference(session, now)
        submitter = await submitter_of(session, sender, now)
        idea = IdeaRow(
            reference=reference,
            submitter_id=submitter.id,
            channel=sender.channel,
            stage=self.catalogue.lifecycle.initial,
            model=understanding.model,
            understanding=understanding.to_json(),
            privacy_notice=submitter.privacy_notice,
            created_at=now,
        )
        session.add(idea)
        await session.flush()
        session.add(StageChangeRow(idea_id=idea.id, stage=idea.stage, at=now, actor=PROGRAM, note=""))
        token = capability_token(self.secret, Purpose.STATUS_PAGE, reference)
        await grant(session, token, Purpose.STATUS_PAGE, idea_id=idea.id)
        return idea

    async def reply(
        self, session: AsyncSession, logged: LoggedMessage, submission: Submission, token: str
    ) -> HoldReason | None:
        """Add an answer to the idea whose secret address it came to; or why only a person can place it.

        One that only asks for no more mail, or for another language, is heeded, and no part of the conversation.
        """
        now = logged.message.received_at
        idea = await idea_of(session, token, Purpose.REPLY)
        if idea is None:
            is_known = await notification_of(session, token, Purpose.REPLY) is not None
            return HoldReason.TO_DIGEST if is_known else HoldReason.UNKNOWN_TOKEN
        if wants_no_mail(self.catalogue.texts, submission):
            await self._decline(session, idea, now)
            return None
        if (reader := await choose_language(session, self.catalogue.texts, idea, submission, now)) is not None:
            await self._answers.repeat(session, idea, reader, logged.id, now)
            return None
        await extend(session, idea, logged.id, submission, now)
        await self.alert(session, idea, Event.ADDED, now)
        submitter = await verify_answerer(session, idea, submission, now)
        if submitter is not None and submission.refused:
            note = Answer(f"{ATTACHMENTS}:{logged.id}", ATTACHMENTS, idea, submitter, submission)
            await self._answers.owe(session, note, now)
        return None

    async def alert(self, session: AsyncSession, idea: IdeaRow, event: Event, now: datetime) -> None:
        """Tell the groups of all bodies that have the idea, or have done their part, what just happened to it."""
        states = [AssignmentState.OPEN, AssignmentState.DONE]
        bodies = select(AssignmentRow.body).where(AssignmentRow.idea_id == idea.id, AssignmentRow.state.in_(states))
        for body in await session.scalars(bodies):
            await alert(session, self.outbox, self.catalogue, idea, body, event, now)

    @property
    def outbox(self) -> Outbox:
        """Writes what is owed."""
        return Outbox(self.secret)

    @property
    def assigning(self) -> Assigning:
        """Gives ideas to bodies."""
        return Assigning(self.catalogue, self.outbox)

    @property
    def updates(self) -> Updates:
        """Tells submitters of the bodies' work."""
        return Updates(self.outbox, timedelta(minutes=self.catalogue.settings.work.undo_minutes))

    @property
    def _answers(self) -> Answers:
        return Answers(self.outbox, self.catalogue.settings.email.most_answers_per_hour)

    @staticmethod
    async def _decline(session: AsyncSession, idea: IdeaRow, now: datetime) -> None:
        submitter = await session.get(SubmitterRow, idea.submitter_id) if idea.submitter_id is not None else None
        if submitter is not None:
            await unsubscribe(session, submitter, now)

    async def _next_reference(self, session: AsyncSession, now: datetime) -> str:
        region = self.catalogue.settings.region
        year = now.astimezone(region.zone).year
        counter = insert_into(session, ReferenceCounterRow).values(year=year, last=1)
        counter = counter.on_conflict_do_update(
            index_elements=["year"], set_={"last": ReferenceCounterRow.last + 1}
        ).returning(ReferenceCounterRow.last)
        number = (await session.execute(counter)).scalar_one()
        return reference_number(region.reference_prefix, year, number)
