"""Which mail the program may answer by itself: its answers must neither feed a loop nor bomb a stranger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.channels import EMAIL
from services.ideas.model import NotificationState
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import Submission
from services.ideas.tables import IdeaRow, NotificationRow, SubmitterRow
from services.ideas.undeliverable import UPDATE

CONFIRMATION, ATTACHMENTS, JOIN_CODE = "confirmation", "attachments", "join_code"
_ANSWERS = (CONFIRMATION, ATTACHMENTS, JOIN_CODE)
# What is sent once more, in another language, has a key that begins so.
_REPEATED = "repeated:"
_DAY, _HOUR = timedelta(hours=24), timedelta(hours=1)
_MOST_AN_HOUR = 2


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: lower case, and without what follows a plus sign (RFC 5233)."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if at else address


@dataclass(frozen=True, slots=True)
class Answer:
    """An automatic message to whoever sent a submission, about the idea it belongs to."""

    key: str
    template: str
    idea: IdeaRow
    submitter: SubmitterRow
    submission: Submission


@dataclass(frozen=True, slots=True)
class Answers:
    """Owes the program's own answers, within the limits: `most_an_hour` is for all people together."""

    outbox: Outbox
    most_an_hour: int

    async def owe(self, session: AsyncSession, answer: Answer, now: datetime, *, withheld: str = "") -> None:
        """Write an answer down, withheld where something speaks against sending it."""
        owed = Owed(
            key=answer.key,
            channel=answer.idea.channel,
            template=answer.template,
            parameters={"reference": answer.idea.reference, **asdict(answer.submission.refused)},
            submitter_id=answer.submitter.id,
            withheld=withheld or await self._reason_against(session, answer, now),
        )
        await self.outbox.owe(session, owed, now, answer.idea)

    async def repeat(
        self, session: AsyncSession, idea: IdeaRow, submitter: SubmitterRow, occasion: int, now: datetime
    ) -> None:
        """Owe once more what a person was sent last about an idea by mail, as on an `occasion`: a message's number.

        It comes in the language that they have chosen meanwhile.
        """
        sent = (
            select(NotificationRow)
            .where(
                NotificationRow.submitter_id == submitter.id,
                NotificationRow.template.in_((CONFIRMATION, UPDATE)),
                NotificationRow.state == NotificationState.SENT,
                NotificationRow.parameters["reference"].as_string() == idea.reference,
            )
            .order_by(NotificationRow.id.desc())
            .limit(1)
        )
        last = await session.scalar(sent)
        if last is None:  # what has not left yet will come in that language
            return
        owed = Owed(
            key=f"{_REPEATED}{occasion}",
            channel=EMAIL,
            template=last.template,
            parameters=last.parameters,
            submitter_id=submitter.id,
            withheld=await self.reason_against(session, submitter.mailbox, _REPEATED, now),
        )
        await self.outbox.owe(session, owed, now, idea)

    async def _reason_against(self, session: AsyncSession, answer: Answer, now: datetime) -> str:
        # For mail alone: a chat cannot be forged, and its partner has asked for the answer.
        if answer.idea.channel != EMAIL:
            return ""
        if not answer.submission.answerable:
            return "the sender is probably forged"
        return await self.reason_against(session, answer.submitter.mailbox, answer.template, now)

    async def reason_against(self, session: AsyncSession, mailbox: str, template: str, now: datetime) -> str:
        """Which limit keeps a mail of this template from a mailbox now; "" where none does."""
        # Whoever answers the same mailbox meanwhile waits here, so that neither overlooks the other.
        await session.execute(_people(mailbox).with_for_update())
        own = _answers(now - _HOUR).where(NotificationRow.submitter_id.in_(_people(mailbox)))
        if await _number(session, own) >= _MOST_AN_HOUR:
            return "two answers within an hour are enough"
        confirmed = _answers(now - _DAY).where(
            NotificationRow.submitter_id.in_(_people(mailbox)),
            NotificationRow.template == CONFIRMATION,
            ~NotificationRow.key.startswith(_REPEATED),
        )
        if template == CONFIRMATION and await _number(session, confirmed):
            return "one confirmation a day is enough"
        if await _number(session, _answers(now - _HOUR)) >= self.most_an_hour:
            return "all answers of this hour are used up"
        return ""


def _answers(since: datetime) -> Select[NotificationRow]:
    return select(NotificationRow).where(
        NotificationRow.channel == EMAIL,
        or_(
            NotificationRow.template.in_(_ANSWERS),
            and_(NotificationRow.template == UPDATE, NotificationRow.key.startswith(_REPEATED)),
        ),
        NotificationRow.created_at > since,
        NotificationRow.state != NotificationState.WITHHELD,
    )


def _people(mailbox: str) -> Select[int]:
    return select(SubmitterRow.id).where(SubmitterRow.channel == EMAIL, SubmitterRow.mailbox == mailbox)


async def _number(session: AsyncSession, answers: Select[NotificationRow]) -> int:
    return await session.scalar(select(func.count()).select_from(answers.subquery())) or 0
