"""Messages that belong to two ideas are split, and ideas that are one are merged."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from services.ideas.chat import Button
from services.ideas.dialogue.expectation import Expectation, expect
from services.ideas.dialogue.own import contribution_of, own_idea, previous_idea
from services.ideas.dialogue.rereading import contributions, read_anew
from services.ideas.dialogue.saying import MERGES_WITHIN, confirm
from services.ideas.dialogue.turn import Turn
from services.ideas.model import Sender
from services.ideas.readings import Source
from services.ideas.tables import AssignmentRow, ContributionRow, IdeaRow


async def split(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Make the message of that number an idea of its own; typed, it is the last one. Raises NotUnderstood.

    Where nothing can be split, the next message is a new idea.
    """
    said = await contributions(turn, idea)
    number = int(button.argument) if button.argument.isascii() and button.argument.isdigit() else None
    chosen = await contribution_of(turn, number) if number is not None else said[-1] if said else None
    if chosen is None or chosen.idea_id != idea.id or len(said) < 2:
        await ask_for_new_idea(turn)
        return
    understood = turn.understanding(Source.whole([chosen]))
    turn.understanding(Source.whole([item for item in said if item is not chosen]))
    sender = Sender(turn.submitter.channel, turn.submitter.address, verified=True)
    new = await turn.admission.open(turn.session, sender, understood, turn.now)
    await _move(turn, [chosen], new)
    await turn.admission.assign(turn.session, new, understood, turn.now)
    await read_anew(turn, idea)
    await confirm(turn, new)


async def ask_for_new_idea(turn: Turn) -> None:
    """Take the next message for a new idea, however soon it comes."""
    await expect(turn, Expectation.IDEA)
    await turn.answer("ask_idea")


async def merge(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Make one idea of two: the button's other one, or the one before. Raises NotUnderstood."""
    other = await own_idea(turn, button.argument) if button.argument else None
    if other is None:
        other = await previous_idea(turn, idea, since=turn.now - MERGES_WITHIN)
    if other is None or other.id == idea.id:
        await turn.answer("not_possible", {"reason": "nothing"}, idea=idea)
        return
    if not turn.admission.catalogue.lifecycle.is_untouched(idea.stage):
        await turn.answer("not_possible", {"reason": "late"}, idea=idea)
        return
    together = sorted(
        (*await contributions(turn, other), *await contributions(turn, idea)),
        key=lambda item: (item.created_at, item.id),
    )
    turn.understanding(Source.whole(together))
    await _move(turn, together, other)
    await _hand_over(turn, idea, other)
    await read_anew(turn, other)
    await turn.answer("merged", {"merged": idea.reference}, idea=other)


async def _move(turn: Turn, said: list[ContributionRow], idea: IdeaRow) -> None:
    numbers = [item.id for item in said]
    await turn.session.execute(update(ContributionRow).where(ContributionRow.id.in_(numbers)).values(idea_id=idea.id))


async def _hand_over(turn: Turn, idea: IdeaRow, other: IdeaRow) -> None:
    """Let `idea` live on in `other`, which the bodies get that have been told of it."""
    untold = AssignmentRow.digest_id.is_(None)
    await turn.session.execute(delete(AssignmentRow).where(AssignmentRow.idea_id == idea.id, untold))
    known = select(AssignmentRow.body).where(AssignmentRow.idea_id == other.id)
    await turn.session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.idea_id == idea.id, AssignmentRow.body.not_in(known))
        .values(idea_id=other.id)
    )
    await turn.session.execute(update(IdeaRow).where(IdeaRow.merged_into_id == idea.id).values(merged_into_id=other.id))
    idea.merged_into_id = other.id
