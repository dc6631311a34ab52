"""One deed on its way: what it is done to, by whom, what is known of it, and the act that records it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas.admission import Admission
from services.ideas.assigning import HANDED_ON, is_open
from services.ideas.deeds import DeedKind, Doer
from services.ideas.errors import DeedRefused
from services.ideas.lifecycle import Stage
from services.ideas.model import AssignmentState
from services.ideas.tables import AssignmentRow, IdeaRow
from services.ideas.work_tables import ActRow


@dataclass(slots=True)
class Performance:
    """A deed and the idea's assignments by body, as they were before."""

    session: AsyncSession
    admission: Admission
    idea: IdeaRow
    doer: Doer
    now: datetime
    act: ActRow
    rows: dict[str, AssignmentRow]

    @property
    def understanding(self) -> Understanding:
        """How the idea is understood now."""
        return Understanding.from_json(self.idea.understanding)

    @property
    def stage(self) -> Stage:
        """Where the idea stands; raises DeedRefused where the configuration no longer knows the stage."""
        stage = self.admission.catalogue.lifecycle.stages.get(self.idea.stage)
        if stage is None:
            raise DeedRefused(f"Die Stufe „{self.idea.stage}“ gibt es nicht mehr. Bitte nennen Sie eine andere.")
        return stage

    @property
    def others(self) -> list[str]:
        """The bodies that have the idea as well."""
        return [body for body, row in self.rows.items() if is_open(row) and body != self.doer.body]

    @property
    def decides(self) -> bool:
        """Whether what the doer says moves the idea, or only ends a part of the work on it.

        The operator decides, the body that leads the stage, whoever got the idea from it, and whoever is the last.
        """
        body, leader = self.doer.body, self.stage.body
        if not body or body == leader or not self.others:
            return True
        return bool(leader) and leader not in self.others and self.rows[body].rule == HANDED_ON

    async def record(self, kind: DeedKind, reason: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Write down what it was."""
        self.act.kind, self.act.reason, self.act.detail = kind, reason.strip(), dict(detail or {})
        self.session.add(self.act)
        await self.session.flush()

    async def end(self, state: AssignmentState) -> None:
        """Take the idea from the doer's body."""
        if self.doer.body:
            await self.admission.assigning.end(self.session, self.idea, self.doer.body, state, self.now)
