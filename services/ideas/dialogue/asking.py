"""The one question about an idea: it is asked once, and nobody is asked who has said what is meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from nlp.understanding import Understanding
from services.ideas.corrections import has_spoken
from services.ideas.dialogue.turn import Turn
from services.ideas.question import Question, question
from services.ideas.tables import IdeaRow, NotificationRow


async def question_about(turn: Turn, idea: IdeaRow) -> Question | None:
    """What there is to ask about an idea now, whether it was asked or not."""
    return None if await has_spoken(turn.session, idea) else _question(turn, idea)


async def asking(turn: Turn, idea: IdeaRow) -> dict[str, Any]:
    """Parameters of a card about an idea: the `question` that it asks, or that all is `settled`."""
    if await has_spoken(turn.session, idea) or await _was_asked(turn, idea):
        return {"settled": True}
    asked = _question(turn, idea)
    return {"question": asked.kind.value} if asked else {}


def _question(turn: Turn, idea: IdeaRow) -> Question | None:
    return question(turn.admission.catalogue, Understanding.from_json(idea.understanding), idea.stage)


async def _was_asked(turn: Turn, idea: IdeaRow) -> bool:
    asked = select(NotificationRow.id).where(
        NotificationRow.submitter_id == turn.submitter.id,
        NotificationRow.parameters["reference"].as_string() == idea.reference,
        NotificationRow.parameters["question"].as_string().is_not(None),
    )
    return await turn.session.scalar(asked.limit(1)) is not None
