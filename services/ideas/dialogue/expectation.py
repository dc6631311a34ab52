"""What the program has asked a person last: the next message is read as the answer to it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete

from services.ideas.chat_tables import DialogueRow
from services.ideas.dialogue.turn import Turn
from services.ideas.tables import IdeaRow

_HOLDS = timedelta(hours=24)


class Expectation(StrEnum):
    """The open question: which topic, which place, what to add, what the new idea is, whether to withdraw, to erase."""

    TOPIC = "topic"
    PLACE = "place"
    ADDITION = "addition"
    IDEA = "idea"
    WITHDRAWAL = "withdrawal"
    ERASURE = "erasure"


async def expect(turn: Turn, expectation: Expectation, idea: IdeaRow | None = None) -> None:
    """Remember what was asked; it takes the place of any earlier question."""
    row = await turn.session.get(DialogueRow, turn.submitter.id)
    if row is None:
        row = DialogueRow(submitter_id=turn.submitter.id)
        turn.session.add(row)
    row.expects, row.idea_id, row.asked_at = expectation, idea.id if idea else None, turn.now
    await turn.session.flush()


async def expected(turn: Turn) -> tuple[Expectation, int | None] | None:
    """What was asked within the last day, and about which idea (its id); None where nothing is open."""
    row = await turn.session.get(DialogueRow, turn.submitter.id)
    if row is None or turn.now - row.asked_at > _HOLDS:
        return None
    return Expectation(row.expects), row.idea_id


async def settle(turn: Turn) -> None:
    """Forget the question: it is answered, or the person talks of something else."""
    await turn.session.execute(delete(DialogueRow).where(DialogueRow.submitter_id == turn.submitter.id))
