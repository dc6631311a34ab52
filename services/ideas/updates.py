"""What a submitter is told of the bodies' work: one update for all that happens until nobody can undo it any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.model import NotificationState
from services.ideas.outbox import Outbox, Owed
from services.ideas.tables import IdeaRow, NotificationRow, SubmitterRow
from services.ideas.undeliverable import UPDATE

UNVERIFIED = "the address is not verified"
UNDONE = "it was undone"
# However often something changes, it is told within this many windows after the first change.
_MOST_WINDOWS = 6


@dataclass(frozen=True, slots=True)
class Updates:
    """Owes submitters what they are to hear, once the `window` in which staff can take it back is over."""

    outbox: Outbox
    window: timedelta

    async def owe(self, session: AsyncSession, idea: IdeaRow, act_id: int, now: datetime) -> bool:
        """Tell an idea's submitter of an act, together with what else happens until they are told.

        False where there is nobody whom it could be told.
        """
        if idea.submitter_id is None:
            return False
        waiting = await _waiting(session, idea, now)
        if waiting is not None:
            waiting.parameters = _with(waiting, [*waiting.parameters["acts"], act_id])
            waiting.available_at = min(now + self.window, waiting.created_at + _MOST_WINDOWS * self.window)
            return True
        submitter = await session.get(SubmitterRow, idea.submitter_id)
        if submitter is None:
            return False
        update = Owed(
            key=f"{UPDATE}:{idea.reference}:{act_id}",
            channel=idea.channel,
            template=UPDATE,
            parameters={"reference": idea.reference, "acts": [act_id]},
            submitter_id=submitter.id,
            withheld="" if submitter.verified_at else UNVERIFIED,
            not_before=now + self.window,
        )
        await self.outbox.owe(session, update, now, idea)
        return not update.withheld

    async def take_back(self, session: AsyncSession, idea: IdeaRow, act_id: int, now: datetime) -> bool:
        """Tell the submitter nothing of an act; False where they are being told already, or have been."""
        waiting = await _waiting(session, idea, now)
        if waiting is not None and act_id in waiting.parameters["acts"]:
            left = [each for each in waiting.parameters["acts"] if each != act_id]
            waiting.parameters = _with(waiting, left)
            if not left:
                waiting.state, waiting.last_error = NotificationState.WITHHELD, UNDONE
            return True
        told = select(NotificationRow).where(
            NotificationRow.template == UPDATE,
            NotificationRow.state != NotificationState.WITHHELD,
            NotificationRow.parameters["reference"].as_string() == idea.reference,
        )
        return all(act_id not in row.parameters.get("acts", ()) for row in await session.scalars(told))


async def _waiting(session: AsyncSession, idea: IdeaRow, now: datetime) -> NotificationRow | None:
    """The update that nobody has begun to send, and that is not to be sent yet."""
    found: NotificationRow | None = await session.scalar(
        select(NotificationRow)
        .where(
            NotificationRow.template == UPDATE,
            NotificationRow.state == NotificationState.DUE,
            NotificationRow.available_at > now,
            NotificationRow.attempts == 0,
            NotificationRow.parameters["reference"].as_string() == idea.reference,
        )
        .order_by(NotificationRow.id)
        .limit(1)
        .with_for_update()
    )
    return found


def _with(row: NotificationRow, acts: Sequence[int]) -> dict[str, Any]:
    return {**row.parameters, "acts": list(acts)}
