"""A person wants to see all that is stored of them: they get it as a file."""

from __future__ import annotations

from services.ideas.chat import Button
from services.ideas.dialogue.turn import Turn


async def export(turn: Turn, _button: Button) -> None:
    """Owe the file. What stands in it is looked up when it is sent, so that the outbox holds none of it."""
    await turn.answer("export")
