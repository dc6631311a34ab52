"""A person wants to be forgotten: they are asked what is to become of their ideas, and then it is done."""

from __future__ import annotations

from typing import Any

from services.ideas.chat import EVERYTHING, YES, Button
from services.ideas.dialogue.expectation import Expectation, expect
from services.ideas.dialogue.own import number_of_ideas
from services.ideas.dialogue.turn import Turn
from services.ideas.erasure import Fate, forget
from services.ideas.outbox import FAREWELL, Outbox, Owed
from services.ideas.persons import person_at


async def erase(turn: Turn, button: Button) -> None:
    """Ask, or forget the person; the last answer goes to the bare chat, because nobody is known there any more."""
    is_archived = not turn.admission.catalogue.settings.privacy.archive_released
    if button.argument not in (YES, EVERYTHING):
        await expect(turn, Expectation.ERASURE)
        ideas = await number_of_ideas(turn)
        await turn.answer("ask_erasure", {"ideas": ideas, "is_archived": is_archived})
        return
    everything = button.argument == EVERYTHING
    channel, address, language = turn.submitter.channel, turn.submitter.address, turn.submitter.language
    person = await person_at(turn.session, channel, address, locked=True)
    if person is not None:
        fate = Fate.of(everything=everything, is_archived=is_archived)
        await forget(turn.session, person, fate, turn.now, message_id=turn.logged.id)
    owed = Owed(
        key=f"answer:{channel}:{turn.logged.message.external_id}",
        channel=channel,
        template=FAREWELL,
        parameters={"everything": everything, "is_archived": is_archived, "language": language, **_place(turn)},
        recipient=address,
    )
    await Outbox(turn.admission.secret).owe(turn.session, owed, turn.now)


def _place(turn: Turn) -> dict[str, Any]:
    if turn.pressed is not None:
        return {"edit": turn.pressed.message, "query": turn.pressed.query}
    return {"answers": turn.chat.number} if turn.chat else {}
