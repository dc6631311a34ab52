"""An idea's dossier as staff read it: who has it and until when, what was done with it and why, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.ideas.assigning import GIVEN_BACK, HANDED_ON, LEADS
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import DeedKind, Verdict
from services.ideas.description import body_name, stage_words, topic_label
from services.ideas.dossier import Act, Dossier
from services.ideas.model import Assignment, AssignmentState
from services.ideas.routing import CATCH_ALL

VERDICTS = {Verdict.YES: "ja", Verdict.NO: "nein", Verdict.PARTLY: "teilweise"}
_ENDED = {
    AssignmentState.DONE: "Teil erledigt",
    AssignmentState.PASSED: "weitergegeben",
    AssignmentState.RETURNED: "nicht zuständig",
}
_WHY = {
    CATCH_ALL: "weil keine Regel zutraf",
    LEADS: "leitet diese Stufe",
    HANDED_ON: "von einer anderen Stelle",
    GIVEN_BACK: "weil sonst niemand zuständig war",
}


def holders(catalogue: Catalogue, dossier: Dossier) -> Iterator[str]:
    """A line for each body that has the idea, and then for each that had it."""
    for assignment in dossier.idea.assignments:
        if assignment.is_open:
            until = f", bis {day(catalogue, assignment.due_at)}" if assignment.due_at else ""
            yield f"{_since(catalogue, assignment)}{until}"
    for assignment in dossier.idea.assignments:
        if not assignment.is_open:
            refusal = dossier.refusal(assignment.body)
            reason = f": {refusal.reason}" if assignment.state is AssignmentState.RETURNED and refusal else ""
            yield f"{_since(catalogue, assignment)}; {_ENDED[assignment.state]}{reason}"


def acts(catalogue: Catalogue, dossier: Dossier) -> Iterator[str]:
    """A line for each thing that staff did: when, who, what, why, and whether it was taken back."""
    for act in dossier.acts:
        in_name_of = f" für {body_name(catalogue, act.body)}" if act.body else ""
        reason = f": {act.reason}" if act.reason else ""
        undone = f" [zurückgenommen von {act.undone_by}]" if act.undone_at else ""
        yield f"{moment(catalogue, act.at)}  {act.actor}{in_name_of}: {_what(catalogue, act)}{reason}{undone}"


def results(catalogue: Catalogue, dossier: Dossier) -> Iterator[str]:
    """A line for each finding, for each question to the submitter, and for the measure that it is part of."""
    for finding in dossier.findings:
        note = f" ({finding.note})" if finding.note else ""
        yield f"{finding.name}: {VERDICTS[finding.verdict]}{note}"
    for inquiry in dossier.inquiries:
        asker = f" von {body_name(catalogue, inquiry.body)}" if inquiry.body else ""
        yield f"Rückfrage{asker} am {moment(catalogue, inquiry.at)}: {inquiry.text}"
    if measure := dossier.measure:
        at = f", {stage_words(catalogue, measure.stage)[0]}" if measure.stage else ""
        yield f"Maßnahme {measure.reference}: {measure.title}{at}"


def moment(catalogue: Catalogue, at: datetime) -> str:
    """A time as people of the region read it."""
    return f"{at.astimezone(catalogue.settings.region.zone):%d.%m.%Y %H:%M}"


def day(catalogue: Catalogue, at: datetime) -> str:
    """The day of a time as people of the region read it."""
    return f"{at.astimezone(catalogue.settings.region.zone):%d.%m.%Y}"


def rule_name(rule: str) -> str:
    """How an assignment came about, in words."""
    return _WHY.get(rule, f"nach der Regel {rule}")


def _since(catalogue: Catalogue, assignment: Assignment) -> str:
    since = day(catalogue, assignment.assigned_at)
    return f"{body_name(catalogue, assignment.body)}: seit {since}, {rule_name(assignment.rule)}"


def _what(catalogue: Catalogue, act: Act) -> str:
    detail = act.detail
    match act.kind:
        case DeedKind.MOVE | DeedKind.CARRY:
            with_measure = " mit ihrer Maßnahme" if act.kind is DeedKind.CARRY else ""
            return f"auf „{stage_words(catalogue, detail['to'])[0]}“ gebracht{with_measure}"
        case DeedKind.PASS:
            return f"weitergegeben an {', '.join(body_name(catalogue, body) for body in detail['to'])}"
        case DeedKind.FIND:
            return f"geprüft, {detail['name']}: {VERDICTS[Verdict(detail['verdict'])]}"
        case DeedKind.TOPIC:
            return f"Thema {topic_label(catalogue, detail['to'])} genannt"
        case DeedKind.PLACE:
            return f"Ort {detail['to']} genannt"
        case _:
            return _PLAIN[act.kind]


_PLAIN = {
    DeedKind.STATE: "eigenen Teil erledigt",
    DeedKind.RETURN: "als nicht zuständig zurückgegeben",
    DeedKind.ASK: "die einreichende Person gefragt",
    DeedKind.BUNDLE: "in eine Maßnahme aufgenommen",
    DeedKind.UNBUNDLE: "aus ihrer Maßnahme genommen",
}
