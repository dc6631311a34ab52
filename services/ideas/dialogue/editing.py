"""A person rewords a message: the idea reads as it does now, and how it read before is kept."""

from __future__ import annotations

from services.ideas.dialogue.asking import asking
from services.ideas.dialogue.own import contribution_of, idea_with
from services.ideas.dialogue.rereading import read_anew
from services.ideas.dialogue.saying import say
from services.ideas.dialogue.turn import Turn
from services.ideas.readings import Edit, Submission
from services.ideas.tables import ContributionVersionRow


async def edit(turn: Turn, said: Edit) -> str | None:
    """Take the new wording; a message that was no idea before may be one now. Raises NotUnderstood."""
    contribution = await contribution_of(turn, said.chat.number)
    if contribution is None:
        # A greeting that has become more than that.
        is_new = bool(said.text) and not said.is_phrase
        return await say(turn, Submission(said.sender, "", said.text, chat=said.chat)) if is_new else None
    idea = await idea_with(turn, contribution)
    if idea is None or contribution.text == said.text:
        return None
    turn.session.add(ContributionVersionRow(contribution_id=contribution.id, text=contribution.text, until=turn.now))
    contribution.text = said.text
    await turn.session.flush()
    if idea.stage == turn.admission.catalogue.lifecycle.withdrawn:
        await turn.answer("withdrawn", idea=idea)
    else:
        await read_anew(turn, idea)
        await turn.answer("edited", await asking(turn, idea), idea=idea)
    return None
