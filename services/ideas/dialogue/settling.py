"""How a person wants to be spoken to: in which language, and whether at all."""

from __future__ import annotations

from services.ideas.chat import NO, YES, Button
from services.ideas.dialogue.turn import Turn
from services.ideas.undeliverable import UNSUBSCRIBED, withhold


async def language(turn: Turn, button: Button) -> None:
    """Ask for the language, or speak it from now on."""
    if button.argument not in turn.admission.catalogue.texts.languages:
        await turn.answer("ask_language")
        return
    turn.submitter.language = button.argument
    await turn.answer("language")


async def updates(turn: Turn, button: Button) -> None:
    """Show whether the person hears of news by themselves, or switch it."""
    if button.argument == YES:
        turn.submitter.unsubscribed_at = None
    elif button.argument == NO:
        turn.submitter.unsubscribed_at = turn.submitter.unsubscribed_at or turn.now
        await withhold(turn.session, turn.submitter.id, UNSUBSCRIBED)
    await turn.session.flush()
    await turn.answer("updates", {"is_on": turn.submitter.unsubscribed_at is None})
