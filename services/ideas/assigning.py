"""Which bodies have an idea: by the rules when it comes or moves on, and from hand to hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas import groups, ledger
from services.ideas.catalogue import Catalogue
from services.ideas.ledger import Event
from services.ideas.lifecycle import Stage
from services.ideas.model import AssignmentState
from services.ideas.outbox import Outbox
from services.ideas.routing import CATCH_ALL, Destination, route
from services.ideas.tables import AssignmentRow, ContributionRow, IdeaRow, StageChangeRow

PROGRAM = "program"
# The rule of an assignment that a stage, a person, or nobody else's answer leads to.
LEADS, HANDED_ON, GIVEN_BACK = "stage", "handed-on", "given-back"


@dataclass(frozen=True, slots=True)
class Assigning:
    """Gives ideas to bodies, each time within the caller's transaction."""

    catalogue: Catalogue
    outbox: Outbox

    async def assign(
        self,
        session: AsyncSession,
        idea: IdeaRow,
        understanding: Understanding,
        now: datetime,
        act_id: int | None = None,
    ) -> None:
        """Give the idea to the bodies that the rules name for its present stage, as far as they never had it.

        At the initial stage a rule that is met moves it on to the routed one; without any it waits with the catch-all
        body. At later stages rules only add bodies: the triage that the idea went through is over. At the end of its
        way nobody gets it.
        """
        lifecycle = self.catalogue.lifecycle
        if lifecycle.is_over(idea.stage):
            return
        rows = await assignments(session, idea)
        triaged = lifecycle.is_untouched(idea.stage)
        destinations = self._destinations(rows, understanding, lifecycle.asked_at(idea.stage))
        ruled = any(destination.rule != CATCH_ALL for destination in destinations)
        if idea.stage == lifecycle.initial and ruled:
            idea.stage = lifecycle.routed
            session.add(StageChangeRow(idea_id=idea.id, stage=idea.stage, at=now, actor=PROGRAM, note=""))
        is_returned = any(row.state == AssignmentState.RETURNED for row in rows.values())
        for destination in destinations:
            is_caught = destination.rule == CATCH_ALL
            if destination.body not in rows and (triaged or not is_caught):
                given = Destination(destination.body, GIVEN_BACK) if is_caught and is_returned else destination
                await self.open(session, idea, given, now, act_id)

    async def assign_anew(
        self, session: AsyncSession, idea: IdeaRow, understanding: Understanding, now: datetime
    ) -> None:
        """Give the idea to the bodies that the rules name now; who was not told of it yet hears no more of it.

        Where these have done their part already and nobody else has the idea any more, it is theirs again.
        """
        lifecycle = self.catalogue.lifecycle
        if not lifecycle.is_untouched(idea.stage):
            await self.assign(session, idea, understanding, now)
            return
        rows = await assignments(session, idea)
        named = self._destinations(rows, understanding, lifecycle.routed)
        # What a person has decided stands above the rules.
        given = [body for body, row in rows.items() if row.rule in {HANDED_ON, GIVEN_BACK}]
        own = select(IdeaRow.id).where(IdeaRow.id == idea.id)
        await ledger.forget_untold(session, own, keep=[*(each.body for each in named), *given])
        await self.assign(session, idea, understanding, now)
        if not await holders(session, idea):
            for destination in named:
                await self.open(session, idea, destination, now)

    async def enter_stage(
        self, session: AsyncSession, idea: IdeaRow, understanding: Understanding, now: datetime, act_id: int | None
    ) -> None:
        """Give an idea that has come to another stage to the body that leads it and to those that the rules name.

        Whom the new stage does not concern has done its part; where it concerns nobody, who has the idea keeps it. At
        the end of an idea's way nobody has it any more, and everybody who had it hears what became of it.
        """
        lifecycle = self.catalogue.lifecycle
        rows = await assignments(session, idea)
        wanted = self._wanted(rows, understanding, lifecycle.stages[idea.stage])
        is_over = lifecycle.is_over(idea.stage)
        for body, row in rows.items():
            if is_open(row) and (is_over or body not in wanted):
                _end(row, AssignmentState.DONE, now)
        if is_over:
            await ledger.enter(session, idea.id, (*rows, *wanted), Event.OUTCOME, now, act_id=act_id)
            return
        for body, destination in wanted.items():
            if body not in rows or not is_open(rows[body]):
                await self.open(session, idea, destination, now, act_id)
            else:
                row = rows[body]
                row.due_at, row.reminded_at, row.raised_at = self.due_at(idea, now), None, None
        await session.flush()
        await self.assign(session, idea, understanding, now, act_id)

    async def open(
        self,
        session: AsyncSession,
        idea: IdeaRow,
        destination: Destination,
        now: datetime,
        act_id: int | None = None,
    ) -> None:
        """Give the idea to one body, also to one that had it before; it is told. What is erased is nobody's."""
        if await _is_erased(session, idea):
            return
        body = destination.body
        row = (await assignments(session, idea)).get(body)
        if row is None:
            row = AssignmentRow(idea_id=idea.id, body=body)
            session.add(row)
        row.rule, row.assigned_at, row.state = destination.rule, now, AssignmentState.OPEN
        row.due_at, row.ended_at, row.reminded_at, row.raised_at = self.due_at(idea, now), None, None, None
        await session.flush()
        await ledger.enter(session, idea.id, [body], Event.NEW, now, act_id=act_id)
        await groups.alert(session, self.outbox, self.catalogue, idea, body, Event.NEW, now)

    async def end(self, session: AsyncSession, idea: IdeaRow, body: str, state: AssignmentState, now: datetime) -> None:
        """Take the idea from a body that has it."""
        row = (await assignments(session, idea)).get(body)
        if row is not None and is_open(row):
            _end(row, state, now)
            await session.flush()

    @staticmethod
    async def end_all(session: AsyncSession, idea: IdeaRow, now: datetime) -> None:
        """Take the idea from everybody who has it: nothing more is to be done."""
        for row in (await assignments(session, idea)).values():
            if is_open(row):
                _end(row, AssignmentState.DONE, now)
        await session.flush()

    def due_at(self, idea: IdeaRow, now: datetime) -> datetime | None:
        """When a body that gets the idea now should be done with it."""
        stage = self.catalogue.lifecycle.stages.get(idea.stage)
        return now + timedelta(days=stage.expected_days) if stage and stage.expected_days else None

    def _wanted(
        self, rows: dict[str, AssignmentRow], understanding: Understanding, stage: Stage
    ) -> dict[str, Destination]:
        """Who is to have an idea that comes to this stage, by body."""
        found = [Destination(stage.body, LEADS)] if stage.body else []
        found += [each for each in self._destinations(rows, understanding, stage.id) if self._is_of_stages(each.rule)]
        if not found:
            found = [Destination(body, row.rule) for body, row in rows.items() if is_open(row)]
        if not found:  # it is taken up again
            asked_at = self.catalogue.lifecycle.asked_at(stage.id)
            found = list(self._destinations(rows, understanding, asked_at))
        wanted: dict[str, Destination] = {}
        for each in found:
            wanted.setdefault(each.body, each)
        return wanted

    def _destinations(
        self, rows: dict[str, AssignmentRow], understanding: Understanding, stage: str
    ) -> tuple[Destination, ...]:
        refused = [body for body, row in rows.items() if row.state == AssignmentState.RETURNED]
        return route(self.catalogue.routes, self.catalogue.catch_all, understanding, stage, refused)

    def _is_of_stages(self, rule: str) -> bool:
        return any(each.id == rule and each.stages for each in self.catalogue.routes)


async def assignments(session: AsyncSession, idea: IdeaRow) -> dict[str, AssignmentRow]:
    """Everybody who has the idea or has had it, by body, in the order in which they got it first."""
    found = select(AssignmentRow).where(AssignmentRow.idea_id == idea.id).order_by(AssignmentRow.id)
    return {row.body: row for row in await session.scalars(found)}


async def _is_erased(session: AsyncSession, idea: IdeaRow) -> bool:
    if idea.submitter_id is not None:
        return False
    return await session.scalar(select(ContributionRow.id).where(ContributionRow.idea_id == idea.id).limit(1)) is None


async def holders(session: AsyncSession, idea: IdeaRow) -> list[str]:
    """The bodies that have the idea, in that order."""
    return [body for body, row in (await assignments(session, idea)).items() if is_open(row)]


def is_open(row: AssignmentRow) -> bool:
    """Whether a body has the idea."""
    return row.state == AssignmentState.OPEN


def _end(row: AssignmentRow, state: AssignmentState, now: datetime) -> None:
    row.state, row.ended_at = state, now
