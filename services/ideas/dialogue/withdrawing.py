"""A person takes an idea back."""

from __future__ import annotations

from sqlalchemy import select

from services.ideas.chat import YES, Button
from services.ideas.dialogue.correcting import SUBMITTER
from services.ideas.dialogue.expectation import Expectation, expect
from services.ideas.dialogue.turn import Turn
from services.ideas.ledger import Event, forget_untold, tell_again
from services.ideas.tables import IdeaRow, StageChangeRow
from services.ideas.updates import forget_updates


async def withdraw(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Ask whether it is meant, or do it: bodies that were not told of the idea yet never will be."""
    lifecycle = turn.admission.catalogue.lifecycle
    if not lifecycle.is_open(idea.stage):
        await turn.answer("not_possible", {"reason": "late"}, idea=idea, beside=True)
        return
    if button.argument != YES:
        await expect(turn, Expectation.WITHDRAWAL, idea)
        await turn.answer("ask_withdrawal", idea=idea, beside=True)
        return
    idea.stage = lifecycle.withdrawn
    turn.session.add(StageChangeRow(idea_id=idea.id, stage=idea.stage, at=turn.now, actor=SUBMITTER, note=""))
    await forget_untold(turn.session, select(IdeaRow.id).where(IdeaRow.id == idea.id))
    await forget_updates(turn.session, idea)
    await turn.admission.assigning.end_all(turn.session, idea, turn.now)
    await tell_again(turn.session, idea, Event.WITHDRAWN, turn.now)
    await turn.admission.alert(turn.session, idea, Event.WITHDRAWN, turn.now)
    await turn.answer("withdrawn", idea=idea)


async def add(turn: Turn, idea: IdeaRow, _button: Button) -> None:
    """Ask what there is to add: the next message belongs to this idea, whenever it comes."""
    await expect(turn, Expectation.ADDITION, idea)
    await turn.answer("ask_addition", idea=idea, beside=True)
