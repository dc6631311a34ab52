"""What a deed changes, within one transaction: the idea's stage, who has it, what bodies and its submitter hear."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas import ledger
from services.ideas.admission import Admission
from services.ideas.assigning import assignments, is_open
from services.ideas.corrections import Field, correct, with_place, with_topic
from services.ideas.deeds import (
    CORRECTIONS,
    Accept,
    Ask,
    Bundle,
    Deed,
    DeedKind,
    Doer,
    Done,
    Find,
    GiveBack,
    Move,
    NamePlace,
    NameTopic,
    PassOn,
)
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.moving import accept, give_back, move, pass_on
from services.ideas.performance import Performance
from services.ideas.snapshot import snapshot
from services.ideas.tables import AssignmentRow, IdeaRow, SubmitterRow
from services.ideas.undeliverable import reachable_elsewhere
from services.ideas.work_tables import ActRow, FindingRow, InquiryRow, MeasureIdeaRow, MeasureRow


async def perform(  # noqa: PLR0913, PLR0917 - what is done, to what, by which rules, by whom, and when
    session: AsyncSession, admission: Admission, idea: IdeaRow, deed: Deed, doer: Doer, now: datetime
) -> Done:
    """Do it. Raises DeedRefused with a sentence for staff (German) that says why not; nothing has changed then."""
    rows = await assignments(session, idea)
    if doer.body and not (doer.body in rows and is_open(rows[doer.body])):
        raise DeedRefused(await _not_theirs(session, admission, idea, doer, rows))
    lifecycle = admission.catalogue.lifecycle
    if lifecycle.is_over(idea.stage) and not isinstance(deed, Move | NameTopic | NamePlace):
        label = lifecycle.stages[idea.stage].label
        raise DeedRefused(
            f"Der Weg von {idea.reference} ist zu Ende ({label}). Möglich ist nur noch eine andere Stufe."
        )
    act = ActRow(
        idea_id=idea.id,
        at=now,
        actor=doer.name,
        body=doer.body,
        kind="",
        reason="",
        detail={},
        before=snapshot(idea, rows),
    )
    performance = Performance(session, admission, idea, doer, now, act, rows)
    kind, tells = await _do(performance, deed)
    if kind not in CORRECTIONS and doer.body:
        await ledger.enter(session, idea.id, [doer.body], Event.DECIDED, now, act_id=act.id)
    told = tells and await admission.updates.owe(session, idea, act.id, now)
    await session.flush()
    left = await assignments(session, idea)
    act.after = snapshot(idea, left)
    now_with = [body for body, row in left.items() if is_open(row)]
    undo_until = None if kind in CORRECTIONS else now + admission.updates.window
    return Done(idea.reference, act.id, kind, idea.stage, tuple(now_with), undo_until, told)


async def _do(  # noqa: C901, PLR0911 - one case for each deed
    doing: Performance, deed: Deed
) -> tuple[DeedKind, bool]:
    """What the deed was in the end, and whether the submitter hears of it."""
    match deed:
        case Accept(note):
            return await accept(doing, note)
        case Move(stage, note):
            return await move(doing, stage, note)
        case PassOn(bodies, reason):
            return await pass_on(doing, bodies, reason)
        case GiveBack(reason):
            return await give_back(doing, reason)
        case Ask(text):
            return await _ask(doing, text)
        case Find():
            return await _find(doing, deed)
        case Bundle(measure):
            return await _bundle(doing, measure)
        case NameTopic(topic):
            if topic not in doing.admission.catalogue.topics:
                raise DeedRefused(f"Das Thema „{topic}“ gibt es nicht.")
            after = with_topic(doing.understanding, topic)
            return await _correct(doing, Field.TOPIC, after, topic)
        case NamePlace(name, place):
            return await _correct(doing, Field.PLACE, with_place(doing.understanding, place), name)


async def _ask(doing: Performance, text: str) -> tuple[DeedKind, bool]:
    if not text.strip():
        raise DeedRefused("Bitte schreiben Sie, was Sie fragen möchten.")
    number = doing.idea.submitter_id
    submitter = await doing.session.get(SubmitterRow, number) if number is not None else None
    if submitter is None:
        raise DeedRefused("Die Daten der Person sind gelöscht. Sie kann nicht mehr gefragt werden.")
    if submitter.verified_at is None:
        raise DeedRefused("Die Person hat ihre Adresse nicht bestätigt. Wir dürfen ihr nicht schreiben.")
    elsewhere = await reachable_elsewhere(doing.session, submitter)
    if submitter.undeliverable_at is not None and elsewhere is None:
        raise DeedRefused("Die Person ist nicht mehr zu erreichen. Sie kann nicht gefragt werden.")
    if submitter.unsubscribed_at is not None and elsewhere is None:
        raise DeedRefused("Die Person möchte keine Nachrichten. Sie kann nicht gefragt werden.")
    await doing.record(DeedKind.ASK)
    inquiry = InquiryRow(
        idea_id=doing.idea.id, act_id=doing.act.id, body=doing.doer.body, text=text.strip(), at=doing.now
    )
    doing.session.add(inquiry)
    return DeedKind.ASK, True


async def _find(doing: Performance, found: Find) -> tuple[DeedKind, bool]:
    names = {name.casefold(): name for name in doing.stage.findings}
    name = names.get(found.name.casefold())
    if name is None:
        possible = " und ".join(doing.stage.findings) or "nichts"
        raise DeedRefused(f"Auf dieser Stufe ist „{found.name}“ nicht zu prüfen, sondern: {possible}.")
    await doing.record(DeedKind.FIND, found.note, {"name": name, "verdict": found.verdict.value})
    finding = FindingRow(
        idea_id=doing.idea.id,
        act_id=doing.act.id,
        name=name,
        verdict=found.verdict,
        note=found.note,
        at=doing.now,
    )
    doing.session.add(finding)
    return DeedKind.FIND, False


async def _bundle(doing: Performance, reference: str) -> tuple[DeedKind, bool]:
    measure = await doing.session.scalar(select(MeasureRow).where(MeasureRow.reference == reference))
    if measure is None:
        raise DeedRefused(f"Eine Maßnahme mit der Nummer {reference} gibt es nicht.")
    present = await doing.session.get(MeasureIdeaRow, doing.idea.id)
    if present is not None and present.measure_id == measure.id:
        raise DeedRefused(f"Die Idee gehört schon zur Maßnahme {reference}.")
    before = present.measure_id if present else None
    await doing.record(DeedKind.BUNDLE, detail={"measure": measure.id, "before": before})
    if present is None:
        doing.session.add(MeasureIdeaRow(idea_id=doing.idea.id, measure_id=measure.id))
    else:
        present.measure_id = measure.id
    return DeedKind.BUNDLE, True


async def _correct(doing: Performance, field: Field, after: Understanding, said: str) -> tuple[DeedKind, bool]:
    kind = DeedKind.TOPIC if field is Field.TOPIC else DeedKind.PLACE
    await doing.record(kind, detail={"to": said})
    await correct(doing.session, doing.idea, field, after, actor=doing.doer.name, now=doing.now)
    await doing.admission.assigning.assign_anew(doing.session, doing.idea, after, doing.now)
    await ledger.tell_again(doing.session, doing.idea, Event.CHANGED, doing.now)
    return kind, False


async def _not_theirs(
    session: AsyncSession, admission: Admission, idea: IdeaRow, doer: Doer, rows: Mapping[str, AssignmentRow]
) -> str:
    """Why a body cannot do anything with an idea: it never had it, or somebody has settled it."""
    if doer.body not in rows:
        return f"Die Idee {idea.reference} liegt nicht bei Ihnen."
    last = await session.scalar(
        select(ActRow).where(ActRow.idea_id == idea.id, ActRow.undone_at.is_(None)).order_by(ActRow.id.desc()).limit(1)
    )
    stage = admission.catalogue.lifecycle.stages.get(idea.stage)
    stands = f"Stand: {stage.label if stage else idea.stage}."
    if last is None:
        return f"Die Idee {idea.reference} ist bei Ihnen schon erledigt. {stands}"
    bodies = admission.catalogue.bodies
    who = bodies[last.body].name if last.body in bodies else "die Betreuung des Ideenkanals"
    at = last.at.astimezone(admission.catalogue.settings.region.zone)
    return f"Die Idee {idea.reference} hat {who} am {at:%d.%m.} um {at:%H:%M} Uhr schon erledigt. {stands}"
