"""How an idea stands among the bodies, as a value that an act keeps, so that what it did can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.assigning import assignments
from services.ideas.tables import AssignmentRow, IdeaRow

_TIMES = ("assigned_at", "ended_at", "due_at", "reminded_at", "raised_at")
# What a reminder writes does not make an assignment another one.
_OWN = ("rule", "state", "assigned_at", "ended_at")


def snapshot(idea: IdeaRow, rows: Mapping[str, AssignmentRow]) -> dict[str, Any]:
    """The stage of an idea and everybody who has it or has had it, as a JSON object."""
    return {"stage": idea.stage, "assignments": [_plain(row) for row in rows.values()]}


async def restore(session: AsyncSession, idea: IdeaRow, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Take back what has changed between two snapshots, as far as nothing has changed it since.

    A body that was given the idea in between never had it. `after` may be empty: then nothing had changed.
    """
    if idea.stage == after.get("stage"):
        idea.stage = before["stage"]
    earlier, later = _by_body(before), _by_body(after)
    for body, row in (await assignments(session, idea)).items():
        was, became = earlier.get(body), later.get(body)
        if became is None or became == was or not _is_same(_plain(row), became):
            continue
        if was is None:
            await session.delete(row)
        else:
            _set(row, was)
    await session.flush()


def _by_body(standing: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["body"]: each for each in standing.get("assignments", ())}


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in _OWN)


def _plain(row: AssignmentRow) -> dict[str, Any]:
    times = {name: at.astimezone(UTC).isoformat() if (at := getattr(row, name)) else None for name in _TIMES}
    return {"body": row.body, "rule": row.rule, "state": row.state, **times}


def _set(row: AssignmentRow, plain: dict[str, Any]) -> None:
    row.rule, row.state = plain["rule"], plain["state"]
    for name in _TIMES:
        said = plain[name]
        setattr(row, name, datetime.fromisoformat(said) if said else None)
