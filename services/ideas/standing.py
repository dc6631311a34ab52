"""How an idea stands for its submitter: what staff can still take back has not happened yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.deeds import CORRECTIONS
from services.ideas.model import Assignment, AssignmentState, Idea
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow


def acts_since(moment: datetime) -> ColumnElement[bool]:
    """The acts of which nobody may know yet who is told what had happened until this moment."""
    return ActRow.at > moment


async def as_told(session: AsyncSession, ideas: Sequence[Idea], untold: ColumnElement[bool]) -> tuple[Idea, ...]:
    """The ideas without these acts: their stage, their steps, and who has them."""
    acts = await hidden_acts(session, [idea.reference for idea in ideas], untold)
    return tuple(without(idea, acts.get(idea.reference, ())) for idea in ideas)


async def hidden_acts(
    session: AsyncSession, references: Sequence[str], untold: ColumnElement[bool]
) -> Mapping[str, list[ActRow]]:
    """The acts with ideas that their submitters do not know of, by reference, in the order in which they were done."""
    rows = await session.execute(
        select(IdeaRow.reference, ActRow)
        .join(IdeaRow, IdeaRow.id == ActRow.idea_id)
        # Topic and place are corrected at once; nothing is said of them that could be taken back.
        .where(IdeaRow.reference.in_(references), ActRow.undone_at.is_(None), ActRow.kind.not_in(CORRECTIONS), untold)
        .order_by(ActRow.id)
    )
    found: dict[str, list[ActRow]] = {}
    for reference, act in rows:
        found.setdefault(reference, []).append(act)
    return found


def without(idea: Idea, acts: Sequence[ActRow]) -> Idea:
    """The idea as it stood before these acts, which are the last ones with it."""
    if not acts:
        return idea
    numbers = {act.id for act in acts}
    steps = tuple(step for step in idea.stages if step.act not in numbers)
    stood = replace(idea, stages=steps, stage=steps[-1].stage)
    before = acts[0].before
    # Where its submitter has taken it back meanwhile, nobody has it any more. Acts of older versions know no before.
    if steps[-1].at > acts[0].at or not before:
        return stood
    return replace(stood, assignments=tuple(_assignment(each) for each in before["assignments"]))


def _assignment(row: Mapping[str, Any]) -> Assignment:
    """What a snapshot (services.ideas.snapshot) says of a body."""
    due = row["due_at"]
    return Assignment(
        row["body"],
        row["rule"],
        datetime.fromisoformat(row["assigned_at"]),
        AssignmentState(row["state"]),
        datetime.fromisoformat(due) if due else None,
    )
