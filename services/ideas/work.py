"""The work of the bodies: what staff do with ideas, what they take back, and what they are reminded of."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas import ledger
from services.ideas.admission import Admission
from services.ideas.conversation import known_idea
from services.ideas.deeds import CORRECTIONS, Deed, DeedKind, Doer, Done
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.performing import perform
from services.ideas.reminding import late_ideas, remind
from services.ideas.snapshot import restore
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, StageChangeRow
from services.ideas.work_tables import ActRow, FindingRow, InquiryRow, LedgerRow, MeasureIdeaRow


class Work:
    """Each method is one transaction; all raise StoreError as `Store` says.

    Every method names the idea by its reference (IdeaNotFound) and raises DeedRefused, with a sentence for staff, where
    it cannot be done.
    """

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission

    async def act(self, reference: str, deed: Deed, doer: Doer, now: datetime) -> Done:
        """Do something with an idea; its submitter is told once it cannot be undone any more."""
        async with self._store.writing() as session:
            idea = await known_idea(session, reference)
            return await perform(session, self._admission, idea, deed, doer, now)

    async def undo(self, reference: str, doer: Doer, now: datetime) -> DeedKind:
        """Take back the last thing that was done with an idea; what it was."""
        async with self._store.writing() as session:
            return await undo(session, self._admission, await known_idea(session, reference), doer, now)

    async def remind(self, now: datetime) -> int:
        """Remind bodies of what lies longer than expected, and tell who watches of what still does.

        Returns of how many ideas; only after 0 is nothing left, as a call takes some hundreds at most, and others may
        be reminding of the same ones.
        """
        catalogue = self._admission.catalogue
        async with self._store.reading() as session:
            ideas = await late_ideas(session, catalogue, now)
        if ideas:
            async with self._store.writing() as session:
                await remind(session, catalogue, ideas, now)
        return len(ideas)


async def undo(session: AsyncSession, admission: Admission, idea: IdeaRow, doer: Doer, now: datetime) -> DeedKind:
    """Take back the last act: the idea stands as before, its submitter hears nothing, told bodies hear of it.

    Better labels that it was given since stay.
    """
    act, was_corrected = await last_act(session, idea)
    if act is None and was_corrected:
        raise DeedRefused("Thema und Ort nehmen Sie zurück, indem Sie sie noch einmal berichtigen.")
    if act is None or (doer.body and act.body != doer.body):
        raise DeedRefused(f"Bei {idea.reference} gibt es nichts, was Sie zurücknehmen können.")
    if idea.stage == admission.catalogue.lifecycle.withdrawn:
        raise DeedRefused(f"Die Idee {idea.reference} ist inzwischen zurückgezogen. Dabei bleibt es.")
    kind = DeedKind(act.kind)
    updates = admission.updates
    if now > act.at + updates.window or not await updates.take_back(session, idea, act.id, now):
        minutes = int(updates.window / timedelta(minutes=1))
        raise DeedRefused(f"Für {idea.reference} ist es zu spät: Zurücknehmen geht {minutes} Minuten lang.")
    act.undone_at, act.undone_by = now, doer.name
    await session.execute(update(StageChangeRow).where(StageChangeRow.act_id == act.id).values(undone_at=now))
    for table in (FindingRow, InquiryRow):
        await session.execute(delete(table).where(table.act_id == act.id))
    if kind in (DeedKind.BUNDLE, DeedKind.UNBUNDLE):
        await _bundle_as(session, idea, act.detail["before"])
    await restore(session, idea, act.before, act.after)
    # What its submitter has said since may concern further bodies.
    await admission.assigning.assign(session, idea, Understanding.from_json(idea.understanding), now)
    await _untell(session, idea, act, now)
    return kind


async def last_act(session: AsyncSession, idea: IdeaRow) -> tuple[ActRow | None, bool]:
    """The last act that could be undone, if there is one, and whether a label was corrected."""
    done = select(ActRow).where(ActRow.idea_id == idea.id, ActRow.undone_at.is_(None))
    acts = (await session.scalars(done.order_by(ActRow.id.desc()))).all()
    # Of what was erased, and of an idea that lives on in another one, nothing says how it stood before.
    last = next((act for act in acts if act.kind not in CORRECTIONS and act.before), None)
    return last, any(act.kind in CORRECTIONS for act in acts)


async def _untell(session: AsyncSession, idea: IdeaRow, act: ActRow, now: datetime) -> None:
    """Let nobody hear of an act any more; who has heard of it hears that it was undone."""
    of_act = LedgerRow.act_id == act.id
    # In this order: what a digest takes at the same moment is not deleted, and found among what was told.
    await session.execute(delete(LedgerRow).where(of_act, LedgerRow.digest_id.is_(None)))
    told = set(await session.scalars(select(LedgerRow.body).where(of_act)))
    await ledger.enter(session, idea.id, told, Event.UNDONE, now, act_id=act.id)


async def _bundle_as(session: AsyncSession, idea: IdeaRow, measure: int | None) -> None:
    await session.execute(delete(MeasureIdeaRow).where(MeasureIdeaRow.idea_id == idea.id))
    if measure is not None:
        session.add(MeasureIdeaRow(idea_id=idea.id, measure_id=measure))
