"""An idea read anew after its words have changed: understood as a whole, corrected as before, routed again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from nlp.understanding import Understanding
from services.ideas.corrections import corrected
from services.ideas.dialogue.turn import Turn
from services.ideas.fingerprints import outdate
from services.ideas.ledger import Event, tell_again
from services.ideas.readings import Source
from services.ideas.tables import ContributionRow, IdeaRow


async def contributions(turn: Turn, idea: IdeaRow) -> Sequence[ContributionRow]:
    """All that was said of an idea, in the order in which it was said."""
    said = select(ContributionRow).where(ContributionRow.idea_id == idea.id)
    return (await turn.session.scalars(said.order_by(ContributionRow.created_at, ContributionRow.id))).all()


async def read_anew(turn: Turn, idea: IdeaRow) -> Understanding:
    """Understand an idea as it reads now, and give it to the bodies that concerns. Raises NotUnderstood."""
    said = await contributions(turn, idea)
    understood = turn.understanding(Source.whole(said))
    understanding = await corrected(turn.session, idea, understood)
    idea.model, idea.understanding = understood.model, understanding.to_json()
    await outdate(turn.session, idea)
    await route_anew(turn, idea, understanding)
    return understanding


async def route_anew(turn: Turn, idea: IdeaRow, understanding: Understanding) -> None:
    """Route an idea by a changed understanding; bodies that knew it already find it in their next digest again."""
    await turn.admission.assigning.assign_anew(turn.session, idea, understanding, turn.now)
    await tell_again(turn.session, idea, Event.ADDED, turn.now)
