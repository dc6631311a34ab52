"""How an idea goes on: from stage to stage along the chain, and from hand to hand."""

from __future__ import annotations

from sqlalchemy import select

from services.ideas import ledger
from services.ideas.assigning import GIVEN_BACK, HANDED_ON, holders, is_open
from services.ideas.deeds import DeedKind
from services.ideas.errors import DeedRefused
from services.ideas.ledger import Event
from services.ideas.lifecycle import Stage
from services.ideas.model import AssignmentState
from services.ideas.performance import Performance
from services.ideas.routing import Destination
from services.ideas.stepping import step_to, write_step
from services.ideas.work_tables import ActRow, FindingRow

# What a deed was in the end, and whether the submitter hears of it.
Outcome = tuple[DeedKind, bool]


async def accept(doing: Performance, note: str) -> Outcome:
    """Yes: on to where the stage says, or the end of the doer's own part."""
    stage = doing.stage
    if not stage.accept:
        raise DeedRefused(f"Auf der Stufe „{stage.label}“ gibt es nichts anzunehmen.")
    if not doing.decides:
        return await _finish_part(doing, note)
    await _require_findings(doing, stage)
    return await _move(doing, stage.accept, note)


async def move(doing: Performance, wanted: str, note: str) -> Outcome:
    """To a stage; of several bodies, whoever does not decide can only end its own part with a no."""
    lifecycle = doing.admission.catalogue.lifecycle
    target = lifecycle.step(doing.idea.stage, wanted, note)
    if doing.idea.stage in lifecycle.stages:
        stage = doing.stage
        if not doing.decides and (target.id == lifecycle.declined or not stage.body):
            return await _finish_part(doing, f"{target.label}: {note}" if note else target.label)
        if not doing.decides:
            raise DeedRefused(
                f"Auf dieser Stufe entscheidet: {_name(doing, stage.body)}. Mit „annehmen“ oder „ablehnen“ sagen Sie "
                "Ihre Meinung dazu."
            )
        if target.id == stage.accept:
            await _require_findings(doing, stage)
    return await _move(doing, target.id, note)


async def pass_on(doing: Performance, bodies: tuple[str, ...], reason: str) -> Outcome:
    """To other bodies; to one that leads the next stage, the idea goes by moving there."""
    catalogue = doing.admission.catalogue
    if not reason.strip():
        raise DeedRefused("Bitte nennen Sie einen Grund, damit die andere Stelle weiß, worum es geht.")
    if unknown := [body for body in bodies if body not in catalogue.bodies]:
        raise DeedRefused(f"Die Stelle „{unknown[0]}“ gibt es nicht.")
    if set(bodies) <= {doing.doer.body}:
        raise DeedRefused("Die Idee liegt schon bei Ihnen. Bitte nennen Sie eine andere Stelle.")
    led = {body: _led_by(doing, body) for body in bodies}
    ahead = {body: stage for body, stage in led.items() if stage is not None and stage.id != doing.idea.stage}
    if ahead:
        return await _along_the_chain(doing, bodies, ahead, reason)
    return await _hand_over(doing, bodies, reason)


async def give_back(doing: Performance, reason: str) -> Outcome:
    """Not the doer's: the rules find another body."""
    catalogue, doer, assigning = doing.admission.catalogue, doing.doer, doing.admission.assigning
    if not doer.body:
        raise DeedRefused("Bitte nennen Sie die Stelle, die nicht zuständig ist.")
    if doer.body == catalogue.catch_all:
        raise DeedRefused("Bei Ihnen kommt an, was sonst niemand hat. Bitte geben Sie die Idee an eine Stelle weiter.")
    if not reason.strip():
        raise DeedRefused("Bitte schreiben Sie dazu, warum Sie nicht zuständig sind.")
    others = doing.others
    await doing.record(DeedKind.RETURN, reason)
    await doing.end(AssignmentState.RETURNED)
    await assigning.assign(doing.session, doing.idea, doing.understanding, doing.now, doing.act.id)
    if not await holders(doing.session, doing.idea):
        destination = Destination(catalogue.catch_all, GIVEN_BACK)
        await assigning.open(doing.session, doing.idea, destination, doing.now, doing.act.id)
    await _state(doing, others)
    return DeedKind.RETURN, False


async def _move(doing: Performance, wanted: str, note: str, reason: str = "") -> Outcome:
    before = doing.idea.stage
    stage = doing.admission.catalogue.lifecycle.step(before, wanted, note)
    await doing.record(DeedKind.MOVE, reason, detail={"from": before, "to": stage.id})
    await step_to(doing.session, doing.admission, doing.idea, stage, doing.act, note)
    return DeedKind.MOVE, stage.tells_submitter


async def _finish_part(doing: Performance, note: str) -> Outcome:
    others = doing.others
    await doing.record(DeedKind.STATE, reason=note)
    await doing.end(AssignmentState.DONE)
    await _state(doing, others)
    return DeedKind.STATE, False


async def _along_the_chain(
    doing: Performance, bodies: tuple[str, ...], ahead: dict[str, Stage], reason: str
) -> Outcome:
    body, target = next(iter(ahead.items()))
    if len(bodies) > 1 or target.id not in doing.stage.next or not doing.decides:
        hint = "Mit „annehmen“ geht es zum nächsten Schritt." if doing.stage.accept else ""
        raise DeedRefused(f"{_name(doing, body)} ist bei dieser Idee noch nicht an der Reihe. {hint}".rstrip())
    if target.id == doing.stage.accept:
        await _require_findings(doing, doing.stage)
    return await _move(doing, target.id, "", reason)


async def _hand_over(doing: Performance, bodies: tuple[str, ...], reason: str) -> Outcome:
    lifecycle, assigning, idea = doing.admission.catalogue.lifecycle, doing.admission.assigning, doing.idea
    await doing.record(DeedKind.PASS, reason, {"to": list(bodies)})
    if idea.stage == lifecycle.initial:
        await write_step(doing.session, idea, lifecycle.stages[lifecycle.routed], doing.act)
    givers = [doing.doer.body] if doing.doer.body else doing.others
    for giver in givers:
        if giver not in bodies:
            await assigning.end(doing.session, idea, giver, AssignmentState.PASSED, doing.now)
    for body in bodies:
        if not (body in doing.rows and is_open(doing.rows[body])):
            await assigning.open(doing.session, idea, Destination(body, HANDED_ON), doing.now, doing.act.id)
    return DeedKind.PASS, False


async def _require_findings(doing: Performance, stage: Stage) -> None:
    found = select(FindingRow.name).join(ActRow, ActRow.id == FindingRow.act_id)
    found = found.where(FindingRow.idea_id == doing.idea.id, ActRow.undone_at.is_(None))
    missing = set(stage.findings) - set(await doing.session.scalars(found))
    if missing and doing.doer.body:  # the operator may know what nobody has entered
        named = " und ".join(name for name in stage.findings if name in missing)
        raise DeedRefused(f"Vorher fehlt noch ein Ergebnis: {named}.")


async def _state(doing: Performance, bodies: list[str]) -> None:
    """Let bodies hear what another one has done."""
    await ledger.enter(doing.session, doing.idea.id, bodies, Event.STATEMENT, doing.now, act_id=doing.act.id)


def _led_by(doing: Performance, body: str) -> Stage | None:
    """The stage that a body stands for: the first one that it leads."""
    stages = doing.admission.catalogue.lifecycle.stages.values()
    return next((stage for stage in stages if stage.body == body), None)


def _name(doing: Performance, body: str) -> str:
    bodies = doing.admission.catalogue.bodies
    return bodies[body].name if body in bodies else body
