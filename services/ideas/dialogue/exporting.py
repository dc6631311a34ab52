"""A person wants to see all that is stored of them: they get it as a file."""

from __future__ import annotations

from sqlalchemy import select

from services.ideas.chat import Button
from services.ideas.dialogue.turn import Turn
from services.ideas.model import UNFINISHED
from services.ideas.tables import NotificationRow

_EXPORT = "export"


async def export(turn: Turn, _button: Button) -> None:
    """Owe the file, one at a time. What stands in it is looked up when it is sent: the outbox holds none of it."""
    under_way = select(NotificationRow.id).where(
        NotificationRow.submitter_id == turn.submitter.id,
        NotificationRow.template == _EXPORT,
        NotificationRow.state.in_(UNFINISHED),
    )
    if await turn.session.scalar(under_way.limit(1)) is None:
        await turn.answer(_EXPORT)
