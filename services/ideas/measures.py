"""Measures of the Masterplan: ideas that become one together, and whose authors hear what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ideas import ledger
from services.ideas.admission import Admission
from services.ideas.assigning import assignments
from services.ideas.conversation import known_idea, living
from services.ideas.deeds import DeedKind, Doer
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.lifecycle import Stage
from services.ideas.news import Measure
from services.ideas.reference import measure_number
from services.ideas.snapshot import snapshot
from services.ideas.stepping import step_to
from services.ideas.store import Store
from services.ideas.tables import IdeaRow
from services.ideas.work import last_act, undo
from services.ideas.work_tables import ActRow, MeasureIdeaRow, MeasureRow

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Bundle:
    """A measure with the reference numbers of its ideas, oldest first."""

    measure: Measure
    ideas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a step of a measure did: the ideas that came along, those left where their way ended, how many are told.

    `undo_until` is until when it can be taken back.
    """

    measure: Measure
    moved: tuple[str, ...]
    left: tuple[str, ...]
    told: int
    undo_until: datetime


class Measures:
    """Each method is one transaction; all raise StoreError as `Store` says.

    They raise DeedRefused, with a sentence for staff (German), where something cannot be done, and IdeaNotFound.
    """

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def create(self, title: str, now: datetime) -> Measure:
        """A new measure, without ideas and at no stage yet; authors read its title."""
        title = " ".join(title.split())
        if not 0 < len(title) <= _LONGEST_TITLE:
            raise DeedRefused(f"Bitte geben Sie der Maßnahme einen Namen von höchstens {_LONGEST_TITLE} Zeichen.")
        async with self._store.writing() as session:
            row = MeasureRow(reference=secrets.token_hex(12), title=title, stage="", created_at=now)
            session.add(row)
            await session.flush()
            row.reference = measure_number(self._admission.catalogue.settings.region.reference_prefix, row.id)
            return _measure(row)

    async def all(self) -> tuple[Bundle, ...]:
        """Every measure, oldest first."""
        async with self._store.reading() as session:
            rows = (await session.scalars(select(MeasureRow).order_by(MeasureRow.id))).all()
            ideas = await _references(session, [row.id for row in rows])
        return tuple(Bundle(_measure(row), ideas.get(row.id, ())) for row in rows)

    async def one(self, reference: str) -> Bundle:
        """A measure by its number."""
        async with self._store.reading() as session:
            row = await _known(session, reference)
            return Bundle(_measure(row), (await _references(session, [row.id])).get(row.id, ()))

    async def take_out(self, reference: str, idea_reference: str, doer: Doer, now: datetime) -> None:
        """An idea is no part of a measure any more; its author is not told, unless they were told that it is."""
        async with self._store.writing() as session:
            row, idea = await _known(session, reference), await known_idea(session, idea_reference)
            part = await session.get(MeasureIdeaRow, idea.id)
            if part is None or part.measure_id != row.id:
                raise DeedRefused(f"Die Idee {idea.reference} gehört nicht zur Maßnahme {reference}.")
            await self._record_taking_out(session, idea, row.id, doer, now)
            await session.execute(delete(MeasureIdeaRow).where(MeasureIdeaRow.idea_id == idea.id))

    async def move(self, reference: str, stage_id: str, note: str, doer: Doer, now: datetime) -> Carried:
        """Bring a measure to a stage, and every idea in it along, wherever its own way would lead.

        What is over or was withdrawn stays as it is. Each author is told once, with the note.
        """
        lifecycle = self._admission.catalogue.lifecycle
        async with self._store.writing() as session:
            row = await _known(session, reference, lock=True)
            stage = lifecycle.carried_to(row.stage, stage_id, note)
            step = _Step(row.id, row.stage, stage, note, doer, now)
            row.stage = stage.id
            moved, left, told = list[str](), list[str](), 0
            for idea in await _ideas(session, row.id):
                if lifecycle.is_over(idea.stage):
                    left.append(idea.reference)
                else:
                    told += await _carry(session, self._admission, idea, step)
                    moved.append(idea.reference)
            until = now + self._admission.updates.window
            return Carried(_measure(row), tuple(moved), tuple(left), told, until)

    async def undo(self, reference: str, doer: Doer, now: datetime) -> Carried:
        """Take back a measure's last step, while nobody has been told; ideas that somebody has moved since stay."""
        async with self._store.writing() as session:
            row = await _known(session, reference, lock=True)
            steps = [(idea, await _last_step(session, idea, row)) for idea in await _ideas(session, row.id)]
            moved = [(idea, step) for idea, step in steps if step is not None]
            if not moved:
                raise DeedRefused(f"Bei der Maßnahme {reference} gibt es nichts, was Sie zurücknehmen können.")
            for idea, step in moved:
                row.stage = step.detail["before"]
                await undo(session, self._admission, idea, doer, now)
            left = [idea.reference for idea, step in steps if step is None]
            return Carried(_measure(row), tuple(idea.reference for idea, _ in moved), tuple(left), 0, now)

    async def _record_taking_out(
        self, session: AsyncSession, idea: IdeaRow, measure_id: int, doer: Doer, now: datetime
    ) -> None:
        bundled = select(ActRow).where(
            ActRow.idea_id == idea.id, ActRow.kind == DeedKind.BUNDLE, ActRow.undone_at.is_(None)
        )
        for act in await session.scalars(bundled):
            if act.detail["measure"] == measure_id:
                await self._admission.updates.take_back(session, idea, act.id, now)
        detail = {"measure": None, "before": measure_id}
        session.add(await _act(session, idea, DeedKind.UNBUNDLE, detail, doer, now))


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a measure (id) from the stage `before` (id)."""

    measure: int
    before: str
    stage: Stage
    note: str
    doer: Doer
    now: datetime


async def _carry(session: AsyncSession, admission: Admission, idea: IdeaRow, step: _Step) -> bool:
    """Bring an idea to its measure's stage; whether its submitter will be told."""
    detail = {"from": idea.stage, "to": step.stage.id, "measure": step.measure, "before": step.before}
    act = await _act(session, idea, DeedKind.CARRY, detail, step.doer, step.now)
    session.add(act)
    await session.flush()
    await step_to(session, admission, idea, step.stage, act, step.note)
    act.after = snapshot(idea, await assignments(session, idea))
    if step.doer.body:
        await ledger.enter(session, idea.id, [step.doer.body], Event.DECIDED, step.now, act_id=act.id)
    return step.stage.tells_submitter and await admission.updates.owe(session, idea, act.id, step.now)


async def _last_step(session: AsyncSession, idea: IdeaRow, measure: MeasureRow) -> ActRow | None:
    """The act by which an idea came to its measure's present stage, where nothing has been done with it since."""
    last, _ = await last_act(session, idea)
    if last is None or idea.stage != measure.stage:  # it was withdrawn since
        return None
    is_step = last.kind == DeedKind.CARRY and last.detail["measure"] == measure.id
    return last if is_step and last.detail["to"] == measure.stage else None


async def _act(  # noqa: PLR0913, PLR0917 - what was done, to what, by whom, and when
    session: AsyncSession, idea: IdeaRow, kind: DeedKind, detail: dict[str, Any], doer: Doer, now: datetime
) -> ActRow:
    return ActRow(
        idea_id=idea.id,
        at=now,
        actor=doer.name,
        body=doer.body,
        kind=kind,
        detail=detail,
        before=snapshot(idea, await assignments(session, idea)),
    )


async def _known(session: AsyncSession, reference: str, *, lock: bool = False) -> MeasureRow:
    wanted = select(MeasureRow).where(MeasureRow.reference == reference)
    row: MeasureRow | None = await session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if row is None:
        raise DeedRefused(f"Eine Maßnahme mit der Nummer {reference} gibt es nicht.")
    return row


async def _ideas(session: AsyncSession, measure_id: int) -> Sequence[IdeaRow]:
    """The ideas of a measure, to be changed; one that was merged is the other, and none whose words are locked."""
    part = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).join(
        MeasureIdeaRow, MeasureIdeaRow.idea_id == IdeaRow.id
    )
    part = part.where(MeasureIdeaRow.measure_id == measure_id)
    ideas = select(IdeaRow).where(IdeaRow.id.in_(part), IdeaRow.locked_at.is_(None)).order_by(IdeaRow.id)
    held = (await session.scalars(ideas.with_for_update())).all()
    # One may have been merged while this waited for it, into another one of them perhaps.
    found = {whole.id: whole for idea in held if (whole := await living(session, idea)) is not None}
    return [found[idea_id] for idea_id in sorted(found)]


async def _references(session: AsyncSession, measures: Sequence[int]) -> dict[int, tuple[str, ...]]:
    whole = aliased(IdeaRow)
    rows = await session.execute(
        select(MeasureIdeaRow.measure_id, whole.reference)
        .join(IdeaRow, IdeaRow.id == MeasureIdeaRow.idea_id)
        .join(whole, whole.id == func.coalesce(IdeaRow.merged_into_id, IdeaRow.id))
        .where(MeasureIdeaRow.measure_id.in_(measures), whole.locked_at.is_(None))
        .order_by(whole.id)
    )
    found: dict[int, dict[str, None]] = {}
    for measure_id, reference in rows:
        found.setdefault(measure_id, {})[reference] = None
    return {measure_id: tuple(references) for measure_id, references in found.items()}


def _measure(row: MeasureRow) -> Measure:
    return Measure(row.reference, row.title, row.stage)
