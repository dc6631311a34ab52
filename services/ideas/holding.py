"""The holding pen: messages that only a person can put where they belong, and those that nobody could read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas.admission import Admission
from services.ideas.conversation import extend, known_idea
from services.ideas.errors import NotHeld
from services.ideas.inbound import FOR_PEOPLE, QUARANTINED, READ, STORED, waiting_for_people
from services.ideas.model import InboundMessage, LoggedMessage
from services.ideas.readings import Submission
from services.ideas.store import Store
from services.ideas.tables import InboundRow

# What an SMTP session told of the client (services.intake.email); it is personal, and reading was all it was for.
_FOR_READING_ALONE = frozenset({"peer", "helo"})


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that waits for a person; `is_unread` says that the program could not read it, `reason` why it waits."""

    logged: LoggedMessage
    is_unread: bool
    reason: str


class HoldingPen:
    """What staff do with messages that wait for them. Each method is one transaction; NotHeld where none waits."""

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def number(self) -> int:
        """How many messages wait."""
        async with self._store.reading() as session:
            return await waiting_for_people(session)

    async def numbers(self, limit: int) -> tuple[int, ...]:
        """The numbers of the messages that wait, oldest first."""
        async with self._store.reading() as session:
            waiting = select(InboundRow.id).where(InboundRow.state.in_(FOR_PEOPLE)).order_by(InboundRow.id).limit(limit)
            return tuple(await session.scalars(waiting))

    async def message(self, message_id: int) -> HeldMessage:
        """One message that waits."""
        async with self._store.reading() as session:
            row = await session.get(InboundRow, message_id)
            if row is None or row.state not in FOR_PEOPLE:
                raise NotHeld(_not_held(message_id))
            return _held(row)

    async def attach(self, message_id: int, reference: str, submission: Submission, actor: str) -> None:
        """Add a message to an idea's conversation; its bodies find the idea in their next digest again."""
        async with self._store.writing() as session:
            idea = await known_idea(session, reference)
            held = await _release(session, message_id, READ, f"attached by {actor}")
            await extend(session, idea, message_id, submission, held.logged.message.received_at)

    async def admit(self, message_id: int, submission: Submission, actor: str, now: datetime) -> str:
        """Make a new idea of a message; its reference number. It is understood like one that came without a model."""
        async with self._store.writing() as session:
            held = await _release(session, message_id, READ, f"admitted by {actor}")
            nothing = Understanding.nothing()
            return await self._admission.admit(session, held.logged, submission, nothing, answered_at=now)

    async def dismiss(self, message_id: int, actor: str) -> None:
        """Take a message out that needs nothing; it is kept as read."""
        async with self._store.writing() as session:
            await _release(session, message_id, READ, f"dismissed by {actor}")

    async def read_again(self, message_id: int, now: datetime) -> None:
        """Let the program try once more to read a message, after an update for instance."""
        async with self._store.writing() as session:
            await _release(session, message_id, STORED, "")
            again = update(InboundRow).where(InboundRow.id == message_id).values(attempts=0, available_at=now)
            await session.execute(again)


async def _release(session: AsyncSession, message_id: int, state: str, outcome: str) -> HeldMessage:
    row = await session.scalar(
        select(InboundRow).where(InboundRow.id == message_id, InboundRow.state.in_(FOR_PEOPLE)).with_for_update()
    )
    if row is None:
        raise NotHeld(_not_held(message_id))
    held = _held(row)
    row.state, row.outcome = state, outcome
    if state == READ:  # who is to read it again may still need the network address
        row.envelope = {name: value for name, value in row.envelope.items() if name not in _FOR_READING_ALONE}
    return held


def _held(row: InboundRow) -> HeldMessage:
    message = InboundMessage(row.channel, row.external_id, row.envelope, row.raw, row.received_at)
    return HeldMessage(LoggedMessage(row.id, message, row.attempts), row.state == QUARANTINED, row.outcome)


def _not_held(message_id: int) -> str:
    return f"Eine wartende Nachricht mit der Nummer {message_id} gibt es nicht."
