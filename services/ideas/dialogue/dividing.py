"""Messages that belong to two ideas are split, and ideas that are one are merged."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, select, update

from services.ideas.answers import CONFIRMATION
from services.ideas.chat import Button
from services.ideas.dialogue.asking import asking
from services.ideas.dialogue.expectation import Expectation, expect
from services.ideas.dialogue.own import contribution_of, idea_with, own_idea, previous_idea
from services.ideas.dialogue.rereading import contributions, read_anew
from services.ideas.dialogue.saying import MERGES_WITHIN, TOLD_TOGETHER, confirm
from services.ideas.dialogue.turn import Turn
from services.ideas.ledger import forget_untold
from services.ideas.model import Sender
from services.ideas.readings import Source
from services.ideas.tables import AssignmentRow, ContributionRow, IdeaRow, NotificationRow
from services.ideas.work_tables import ActRow, FindingRow, InquiryRow, LedgerRow, PendingDeedRow

# "Neue Idee" is typed about an addition so soon after it, and later announces another one.
_TYPED_WITHIN = timedelta(hours=1)
_NUMBER = re.compile("[0-9]{1,18}")
# What comes by itself, and answers nothing.
_UNASKED = ("notice", "update", "file_lost")


async def split(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Make the message of that number an idea of its own; typed, it is the last one. Raises NotUnderstood.

    Where nothing can be split, the next message is a new idea.
    """
    said = await contributions(turn, idea)
    number = int(button.argument) if _NUMBER.fullmatch(button.argument) else None
    if number is not None:
        chosen = await contribution_of(turn, number)
    else:
        chosen = said[-1] if said and (button.reference or await _was_just_added(turn, idea, said[-1])) else None
    if chosen is not None and (own := await idea_with(turn, chosen)) is not None and own.id != idea.id:
        await turn.answer(CONFIRMATION, {"merge": idea.reference}, idea=own)  # a button that is pressed twice
        return
    if chosen is None or chosen.idea_id != idea.id or len(said) < 2:
        await ask_for_new_idea(turn)
        return
    if not turn.admission.catalogue.lifecycle.is_untouched(idea.stage):
        await turn.answer("not_possible", {"reason": "late"}, idea=idea, beside=True)
        return
    understood = turn.understanding(Source.whole([chosen]))
    turn.understanding(Source.whole([item for item in said if item is not chosen]))
    sender = Sender(turn.submitter.channel, turn.submitter.address, verified=True)
    new = await turn.admission.open(turn.session, sender, understood, turn.now)
    await _move(turn, [chosen], new)
    await turn.admission.assigning.assign(turn.session, new, understood, turn.now)
    await read_anew(turn, idea)
    await confirm(turn, new)


async def ask_for_new_idea(turn: Turn) -> None:
    """Take the next message for a new idea, however soon it comes."""
    await expect(turn, Expectation.IDEA)
    await turn.answer("ask_idea", beside=True)


async def merge(turn: Turn, idea: IdeaRow, button: Button) -> None:
    """Make one idea of two: the button's other one, or the one before. Raises NotUnderstood."""
    other = await own_idea(turn, button.argument) if button.argument else None
    if other is None:
        other = await previous_idea(turn, idea, since=turn.now - MERGES_WITHIN)
    if other is not None and other.id == idea.id:  # a button that is pressed twice
        await turn.answer("merged", {"merged": button.reference}, idea=idea)
        return
    if other is None:
        await turn.answer("not_possible", {"reason": "nothing"}, idea=idea, beside=True)
        return
    lifecycle = turn.admission.catalogue.lifecycle
    if not lifecycle.is_untouched(idea.stage) or lifecycle.is_over(other.stage):
        await turn.answer("not_possible", {"reason": "late"}, idea=idea, beside=True)
        return
    together = sorted(
        (*await contributions(turn, other), *await contributions(turn, idea)),
        key=lambda item: (item.created_at, item.id),
    )
    turn.understanding(Source.whole(together))
    await _move(turn, together, other)
    await _hand_over(turn, idea, other)
    await read_anew(turn, other)
    await turn.answer("merged", {"merged": idea.reference, **await asking(turn, other)}, idea=other)


async def _was_just_added(turn: Turn, idea: IdeaRow, last: ContributionRow) -> bool:
    """Whether the last thing that the person did was to add this to the idea."""
    if turn.now - last.created_at > _TYPED_WITHIN:
        return False
    told = select(NotificationRow.template, NotificationRow.parameters).where(
        NotificationRow.submitter_id == turn.submitter.id, NotificationRow.template.not_in(_UNASKED)
    )
    newest = (await turn.session.execute(told.order_by(NotificationRow.id.desc()).limit(1))).first()
    return newest is not None and newest[0] in TOLD_TOGETHER and newest[1].get("reference") == idea.reference


async def _move(turn: Turn, said: list[ContributionRow], idea: IdeaRow) -> None:
    numbers = [item.id for item in said]
    await turn.session.execute(update(ContributionRow).where(ContributionRow.id.in_(numbers)).values(idea_id=idea.id))


async def _hand_over(turn: Turn, idea: IdeaRow, other: IdeaRow) -> None:
    """Let `idea` live on in `other`, which the bodies get that have been told of it."""
    await forget_untold(turn.session, select(IdeaRow.id).where(IdeaRow.id == idea.id))
    for table in (AssignmentRow, LedgerRow):
        known = select(table.body).where(table.idea_id == other.id)
        moved = update(table).where(table.idea_id == idea.id, table.body.not_in(known))
        await turn.session.execute(moved.values(idea_id=other.id).execution_options(synchronize_session=False))
    await _hand_over_work(turn, idea, other)
    # Whoever had both hears of the other one, which has its words now.
    untold = (LedgerRow.idea_id == idea.id, LedgerRow.digest_id.is_(None))
    await turn.session.execute(delete(LedgerRow).where(*untold))
    await turn.session.execute(update(IdeaRow).where(IdeaRow.merged_into_id == idea.id).values(merged_into_id=other.id))
    idea.merged_into_id = other.id


async def _hand_over_work(turn: Turn, idea: IdeaRow, other: IdeaRow) -> None:
    """What staff have asked, found and begun belongs to the whole idea; it could not be undone there."""
    await turn.session.execute(update(ActRow).where(ActRow.idea_id == idea.id).values(before={}))
    for table in (ActRow, InquiryRow, FindingRow, PendingDeedRow):
        moved = update(table).where(table.idea_id == idea.id).values(idea_id=other.id)
        await turn.session.execute(moved.execution_options(synchronize_session=False))
