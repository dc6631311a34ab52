"""An idea's dossier, for staff: who has it and had it, what they did with it and why, and what came of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas import views
from services.ideas.deeds import DeedKind, Verdict
from services.ideas.model import Idea
from services.ideas.news import Inquiry, Measure, inquiries, measure_of
from services.ideas.tables import IdeaRow
from services.ideas.work_tables import ActRow, FindingRow


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that staff did; `body` is in whose name ("" for nobody's), `detail` what its kind needs.

    `undone_at` is None where it still holds.
    """

    number: int
    at: datetime
    actor: str
    body: str
    kind: DeedKind
    reason: str
    detail: Mapping[str, Any]
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an examination found of one question of a stage."""

    name: str
    verdict: Verdict
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """An idea with everything that the bodies did with it, each in the order in which it came."""

    idea: Idea
    acts: tuple[Act, ...]
    findings: tuple[Finding, ...]
    inquiries: tuple[Inquiry, ...]
    measure: Measure | None

    def refusal(self, body: str) -> Act | None:
        """The last time that a body said that the idea is not its own."""
        said = [act for act in self.acts if act.kind is DeedKind.RETURN and act.body == body and not act.undone_at]
        return said[-1] if said else None


async def dossier(session: AsyncSession, reference: str) -> Dossier | None:
    """The dossier of an idea by its number; None where no idea bears it."""
    found = await views.by_references(session, [reference])
    if not found:
        return None
    idea = found[0]
    number = select(IdeaRow.id).where(IdeaRow.reference == idea.reference).scalar_subquery()
    acts = await session.scalars(select(ActRow).where(ActRow.idea_id == number).order_by(ActRow.id))
    findings = await session.scalars(select(FindingRow).where(FindingRow.idea_id == number).order_by(FindingRow.id))
    return Dossier(
        idea=idea,
        acts=tuple(act_of(row) for row in acts),
        findings=tuple(Finding(row.name, Verdict(row.verdict), row.note, row.at) for row in findings),
        inquiries=await inquiries(session, idea.reference),
        measure=await measure_of(session, idea.reference),
    )


def act_of(row: ActRow) -> Act:
    """An act as it stands in the record."""
    return Act(
        number=row.id,
        at=row.at,
        actor=row.actor,
        body=row.body,
        kind=DeedKind(row.kind),
        reason=row.reason,
        detail=row.detail,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
