"""How an idea stands among the bodies, as a value that an act keeps, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.assigning import assignments
from services.ideas.tables import AssignmentRow, IdeaRow

_TIMES = ("assigned_at", "ended_at", "due_at", "reminded_at", "raised_at")


async def snapshot(session: AsyncSession, idea: IdeaRow) -> dict[str, Any]:
    """The stage of an idea and everybody who has it or has had it, as a JSON object."""
    rows = await assignments(session, idea)
    return {"stage": idea.stage, "assignments": [_plain(row) for row in rows.values()]}


async def restore(session: AsyncSession, idea: IdeaRow, before: dict[str, Any]) -> None:
    """Let an idea stand as it did; bodies that have got it since never had it."""
    idea.stage = before["stage"]
    rows = await assignments(session, idea)
    known = {each["body"]: each for each in before["assignments"]}
    for body, row in rows.items():
        if body in known:
            row.rule, row.state = known[body]["rule"], known[body]["state"]
            for name in _TIMES:
                said = known[body][name]
                setattr(row, name, datetime.fromisoformat(said) if said else None)
    gone = [row.id for body, row in rows.items() if body not in known]
    await session.execute(delete(AssignmentRow).where(AssignmentRow.id.in_(gone)))
    await session.flush()


def _plain(row: AssignmentRow) -> dict[str, Any]:
    times = {name: at.isoformat() if (at := getattr(row, name)) else None for name in _TIMES}
    return {"body": row.body, "rule": row.rule, "state": row.state, **times}
