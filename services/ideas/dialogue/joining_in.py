"""A person joins another channel of theirs: they are given a code in the chat, or send one that they got elsewhere."""

from __future__ import annotations

from services.ideas.answers import JOIN_CODE
from services.ideas.chat import Button
from services.ideas.dialogue.turn import Turn
from services.ideas.join_mail import tell_joined
from services.ideas.joining import JOIN_REFUSED, JOINED, give_code, redeem


async def join(turn: Turn, button: Button) -> None:
    """Give a code, or take one: both channels are told, and whatever is wrong with a code is told alike."""
    if not button.argument:
        nonce = await give_code(turn.session, turn.admission.secret, turn.submitter, turn.now)
        await turn.answer(JOIN_CODE, {"nonce": nonce})
        return
    giver = await redeem(turn.session, turn.submitter, button.argument, turn.now)
    if giver is None:
        await turn.answer(JOIN_REFUSED)
        return
    await turn.answer(JOINED)
    await tell_joined(turn.session, turn.admission, giver, turn.logged)
