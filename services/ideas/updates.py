"""What a submitter is told of the bodies' work: one update for all that happens until nobody can undo it any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, and_, cast, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.model import NotificationState
from services.ideas.outbox import Outbox, Owed
from services.ideas.tables import IdeaRow, NotificationRow, SubmitterRow
from services.ideas.undeliverable import UNVERIFIED, UPDATE, reachable_elsewhere, why_withheld
from services.ideas.work_tables import ActRow

UNDONE, WITHDRAWN = "it was undone", "the idea was withdrawn"
# However often something changes, it is told within this many windows after the first change.
_MOST_WINDOWS = 6
_IS_UNVERIFIED = and_(NotificationRow.state == NotificationState.WITHHELD, NotificationRow.last_error == UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Updates:
    """Owes submitters what they are to hear, once the `window` in which staff can take it back is over."""

    outbox: Outbox
    window: timedelta

    async def owe(self, session: AsyncSession, idea: IdeaRow, act_id: int, now: datetime) -> bool:
        """Tell an idea's submitter of an act, together with what else happens until they are told.

        False where there is nobody whom it could be told, or who may be told.
        """
        if idea.submitter_id is None:
            return False
        submitter = await session.get(SubmitterRow, idea.submitter_id)
        if submitter is None:
            return False
        waiting = await _waiting(session, idea, now)
        if waiting is not None and now + self.window <= waiting.created_at + _MOST_WINDOWS * self.window:
            waiting.parameters = _with(waiting, [*waiting.parameters["acts"], act_id])
            # Another's act may be later than this one, and can be taken back as long as this one.
            waiting.available_at = max(waiting.available_at, now + self.window)
            return await _hears(session, submitter)
        owed = Owed(
            key=_key(idea, act_id),
            channel=idea.channel,
            template=UPDATE,
            parameters={"reference": idea.reference, "acts": [act_id]},
            submitter_id=submitter.id,
            withheld="" if submitter.verified_at else UNVERIFIED,
            not_before=now + self.window,
        )
        await self.outbox.owe(session, owed, now, idea)
        return await _hears(session, submitter)

    async def take_back(self, session: AsyncSession, idea: IdeaRow, act_id: int, now: datetime) -> bool:
        """Tell the submitter nothing of an act; False where they are being told already, or have been."""
        waiting = await _waiting(session, idea, now, act_id) or await _unverified(session, idea, act_id)
        if waiting is not None:
            left = [each for each in waiting.parameters["acts"] if each != act_id]
            waiting.parameters = _with(waiting, left)
            if not left:
                waiting.state, waiting.last_error = NotificationState.WITHHELD, UNDONE
            return True
        told = _of(idea).where(NotificationRow.state != NotificationState.WITHHELD)
        return all(act_id not in row.parameters.get("acts", ()) for row in await session.scalars(told))


async def release_updates(session: AsyncSession, submitter: SubmitterRow, now: datetime) -> None:
    """Send what a person was not told before their address was known to be theirs: one update for each idea."""
    withheld = select(NotificationRow).where(
        NotificationRow.submitter_id == submitter.id,
        NotificationRow.template == UPDATE,
        _IS_UNVERIFIED,
    )
    newest: dict[str, NotificationRow] = {}
    for row in await session.scalars(withheld.order_by(NotificationRow.id).with_for_update()):
        reference = row.parameters["reference"]
        acts = [*newest[reference].parameters["acts"], *row.parameters["acts"]] if reference in newest else None
        row.parameters = _with(row, acts) if acts else row.parameters
        newest[reference] = row
    for row in newest.values():
        row.state, row.last_error = NotificationState.DUE, ""
        row.available_at = max(now, row.available_at)


async def forget_updates(session: AsyncSession, idea: IdeaRow) -> None:
    """Tell nothing more of an idea that its submitter has taken back: they know where it stands."""
    is_due = NotificationRow.state == NotificationState.DUE
    waiting = _of(idea).where(or_(is_due, _IS_UNVERIFIED)).with_only_columns(NotificationRow.id)
    await session.execute(
        update(NotificationRow)
        .where(NotificationRow.id.in_(waiting))
        .values(state=NotificationState.WITHHELD, last_error=WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


async def _waiting(
    session: AsyncSession, idea: IdeaRow, now: datetime, act_id: int | None = None
) -> NotificationRow | None:
    """The newest update, or the one of an act, that nobody has begun to send, and that is not to be sent yet."""
    waiting = _of(idea).where(
        NotificationRow.state == NotificationState.DUE,
        NotificationRow.available_at > now,
        NotificationRow.attempts == 0,
    )
    rows = (await session.scalars(waiting.with_for_update())).all()
    return next((row for row in reversed(rows) if act_id is None or act_id in row.parameters["acts"]), None)


async def _unverified(session: AsyncSession, idea: IdeaRow, act_id: int) -> NotificationRow | None:
    """The update of an act that waits until it is known whose the address is."""
    rows = (await session.scalars(_of(idea).where(_IS_UNVERIFIED).with_for_update())).all()
    return next((row for row in rows if act_id in row.parameters["acts"]), None)


async def _hears(session: AsyncSession, submitter: SubmitterRow) -> bool:
    """Whether an update reaches a person, in this channel or in another one."""
    if submitter.verified_at is None:
        return False
    is_withheld = await why_withheld(session, submitter, None, UPDATE)
    return not is_withheld or await reachable_elsewhere(session, submitter) is not None


def _of(idea: IdeaRow) -> Select[NotificationRow]:
    # By their keys, which are few and have an index: there may be a hundred thousand updates of other ideas.
    keys = select(literal(_key(idea, "")) + cast(ActRow.id, String)).where(ActRow.idea_id == idea.id)
    return select(NotificationRow).where(NotificationRow.key.in_(keys)).order_by(NotificationRow.id)


def _key(idea: IdeaRow, act_id: int | str) -> str:
    return f"{UPDATE}:{idea.reference}:{act_id}"


def _with(row: NotificationRow, acts: Sequence[int]) -> dict[str, Any]:
    return {**row.parameters, "acts": list(acts)}
