"""One step of an idea's way: it comes to a stage by an act, and its bodies change."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas import ledger
from services.ideas.admission import Admission
from services.ideas.assigning import holders
from services.ideas.ledger import Event
from services.ideas.lifecycle import Stage
from services.ideas.tables import IdeaRow, StageChangeRow
from services.ideas.work_tables import ActRow


async def write_step(session: AsyncSession, idea: IdeaRow, stage: Stage, act: ActRow, note: str = "") -> None:
    """Let an idea stand at a stage; who has it does not change. The submitter reads the note."""
    idea.stage = stage.id
    session.add(StageChangeRow(idea_id=idea.id, stage=stage.id, at=act.at, actor=act.actor, note=note, act_id=act.id))
    await session.flush()


async def step_to(  # noqa: PLR0913, PLR0917 - what comes where, by which rules, and by which act
    session: AsyncSession, admission: Admission, idea: IdeaRow, stage: Stage, act: ActRow, note: str
) -> None:
    """Bring an idea to a stage and give it to the bodies there; who loses it hears so, but for the act's own body."""
    had = await holders(session, idea)
    await write_step(session, idea, stage, act, note)
    understanding = Understanding.from_json(idea.understanding)
    await admission.assigning.enter_stage(session, idea, understanding, act.at, act.id)
    if not admission.catalogue.lifecycle.is_over(stage.id):  # else everybody hears of the end
        left = await holders(session, idea)
        done = [body for body in had if body not in left and body != act.body]
        await ledger.enter(session, idea.id, done, Event.STATEMENT, act.at, act_id=act.id)
