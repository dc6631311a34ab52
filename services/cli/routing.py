"""`ideenkanal route`: who has an idea and why, and what these rules would do to all ideas on their way. In German."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlp.corpus import KINDS_WITHOUT_TOPIC
from nlp.understanding import NO_MODEL, OUTSIDE, REGION, Kind, Understanding
from services.cli.dossier import holders, rule_name
from services.cli.staff import reference_of, say, with_register
from services.ideas.catalogue import Catalogue
from services.ideas.description import body_name, percent, place_label, stage_words, topic_label
from services.ideas.dossier import Dossier
from services.ideas.model import AssignmentState
from services.ideas.register import Register
from services.ideas.rerouting import Rerouted, balances, rerouted
from services.ideas.routing import Aspect, Condition, Explanation, Finding, explain

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_AT_ONCE = 500
_ASPECTS = {Aspect.TOPICS: "Thema", Aspect.DISTRICTS: "Ort", Aspect.KINDS: "Art", Aspect.STAGES: "Stufe"}


def add_commands(commands: Commands) -> None:
    """Declare `route`."""
    route = commands.add_parser("route", help="who has an idea and why; or what these rules would do to all of them")
    route.add_argument("reference", nargs="?", metavar="REF")
    route.add_argument("--explain", action="store_true", help="each rule, with what of it was met")
    route.add_argument(
        "--dry-run",
        action="store_true",
        help="who would get and lose which ideas by the rules of --config FOLDER; nothing is changed",
    )
    # Also behind the command, where whoever tries rules writes it.
    route.add_argument("--config", type=Path, default=argparse.SUPPRESS, metavar="FOLDER", help=argparse.SUPPRESS)
    route.set_defaults(call=with_register(_route))


async def _route(options: argparse.Namespace, register: Register) -> int:
    if options.dry_run == bool(options.reference):
        print("Bitte nennen Sie entweder ein Aktenzeichen oder --dry-run.", file=sys.stderr)
        return 2
    if options.dry_run:
        return await _dry_run(register)
    dossier = await register.dossier(reference_of(options.reference))
    say("\n".join(_lines(register.catalogue, dossier, explained=options.explain)))
    return 0


def _lines(catalogue: Catalogue, dossier: Dossier, *, explained: bool) -> Iterator[str]:
    idea = dossier.idea
    yield f"{idea.reference}  {idea.title if idea.contributions else '(gelöscht)'}"
    yield f"  Stufe: {stage_words(catalogue, idea.stage)[0]}"
    yield ""
    yield "Zuständig"
    yield from (f"  {line}" for line in [*holders(catalogue, dossier)] or ["niemand"])
    if explained:
        yield from ("", "Was das Programm verstanden hat")
        yield from (f"  {line}" for line in _understood(catalogue, idea.understanding))
        yield from _explained(catalogue, dossier)


def _understood(catalogue: Catalogue, understanding: Understanding) -> Iterator[str]:
    yield f"Art: {_label(catalogue, Aspect.KINDS, understanding.kind)}"
    topics = [f"{topic_label(catalogue, topic.id)} ({percent(topic.probability)})" for topic in understanding.topics]
    if topics:
        yield f"Thema: {'; '.join(topics)}"
    elif understanding.kind in KINDS_WITHOUT_TOPIC:
        yield "Thema: keines, denn solche Nachrichten haben keines"
    elif understanding.model == NO_MODEL:
        yield "Thema: noch nicht gelesen, weil kein Modell da war"
    else:
        likely = ", ".join(
            f"{topic_label(catalogue, topic.id)} ({percent(topic.probability)})" for topic in understanding.suggestions
        )
        yield f"Thema: nicht sicher genug{f'; am ehesten {likely}' if likely else ''}"
    places = [
        f"{_label(catalogue, Aspect.DISTRICTS, district.key)} ({percent(district.probability)})"
        for district in understanding.districts
    ]
    meant = " oder ".join(place_label(catalogue, candidate) for candidate in understanding.candidates)
    yield f"Ort: {'; '.join(places) or (f'nicht eindeutig, {meant}' if meant else 'keiner erkannt')}"


def _explained(catalogue: Catalogue, dossier: Dossier) -> Iterator[str]:
    idea, lifecycle = dossier.idea, catalogue.lifecycle
    refused = [each.body for each in idea.assignments if each.state is AssignmentState.RETURNED]
    stage = lifecycle.asked_at(idea.stage)
    explanation = explain(catalogue.routes, catalogue.catch_all, idea.understanding, stage, refused)
    yield from ("", f"Die Regeln auf der Stufe „{stage_words(catalogue, stage)[0]}“")
    known = lifecycle.stages.get(idea.stage)
    if known and known.body and not lifecycle.is_untouched(idea.stage):
        yield f"  Die Stufe leitet: {body_name(catalogue, known.body)}"
    yield from (f"  {_rule(catalogue, finding)}" for finding in explanation.findings if finding.is_met)
    for body in refused:
        refusal = dossier.refusal(body)
        why = f": {refusal.reason} ({refusal.actor})" if refusal else ""
        yield f"  {body_name(catalogue, body)} hat die Idee als nicht zuständig zurückgegeben{why}"
    yield f"  {_outcome(catalogue, explanation)}"
    yield from ("", "Die anderen Regeln")
    yield from (f"  {_rule(catalogue, finding)}" for finding in explanation.findings if not finding.is_met)


def _rule(catalogue: Catalogue, finding: Finding) -> str:
    bodies = ", ".join(body_name(catalogue, body) for body in finding.rule.bodies)
    met = "trifft zu" if finding.is_met else "trifft nicht zu"
    asked = [_condition(catalogue, condition) for condition in finding.conditions]
    if not finding.is_asked:
        asked.append("ohne sicheres Thema zählen nur Regeln mit Stufe")
    without = [body_name(catalogue, body) for body in finding.left_out] if finding.is_met else []
    left_out = f"; ohne {', '.join(without)}, weil nicht zuständig" if without else ""
    return f"Regel {finding.rule.id} → {bodies} {met}: {', '.join(asked) or 'sie fragt nach nichts'}{left_out}"


def _condition(catalogue: Catalogue, condition: Condition) -> str:
    shown = condition.met_by or sorted(condition.wanted)
    named = " oder ".join(_label(catalogue, condition.aspect, value) for value in shown)
    return f"{_ASPECTS[condition.aspect]} {named} {'✓ ja' if condition.is_met else '✗ nein'}"


def _outcome(catalogue: Catalogue, explanation: Explanation) -> str:
    lifecycle = catalogue.lifecycle
    if lifecycle.is_over(explanation.stage):
        return "Der Weg der Idee ist hier zu Ende: Niemand muss mehr etwas tun."
    if explanation.is_caught and not lifecycle.is_untouched(explanation.stage):
        return "Keine Regel trifft zu: Auf dieser Stufe kommt niemand hinzu."
    if explanation.is_caught:
        catch_all = body_name(catalogue, catalogue.catch_all)
        return f"Keine Regel führt zu einer Stelle: Die Idee geht an {catch_all}, bis ein Mensch entscheidet."
    named = "; ".join(f"{body_name(catalogue, each.body)}, {rule_name(each.rule)}" for each in explanation.destinations)
    return f"Nach den Regeln bekommt sie: {named}"


def _label(catalogue: Catalogue, aspect: Aspect, value: str) -> str:
    words = catalogue.texts.words("de")
    match aspect:
        case Aspect.TOPICS:
            return topic_label(catalogue, value)
        case Aspect.KINDS:
            return words.kinds[Kind(value)]
        case Aspect.STAGES:
            return f"„{stage_words(catalogue, value)[0]}“"
        case _:
            special = {REGION: words.whole_region, OUTSIDE: words.outside}
            district = catalogue.districts.get(value)
            return special.get(value) or (district.name if district else value)


async def _dry_run(register: Register) -> int:
    catalogue, last = register.catalogue, 0
    changes, over = list[Rerouted](), list[Rerouted]()
    number = await register.rerouting.number()
    while batch := await register.rerouting.batch(last, _AT_ONCE):
        last = batch[-1].id
        for idea in batch:
            change = rerouted(catalogue, idea)
            is_over = catalogue.lifecycle.is_over(idea.stage)
            (over if is_over else changes).append(change)
            if change.is_changed:
                print(_line(catalogue, change) + (" (abgeschlossen)" if is_over else ""))
        if sys.stderr.isatty():
            done = len(changes) + len(over)
            print(f"\r{done} von {number} geprüft", end="" if done < number else "\n", file=sys.stderr)
    print("\n".join(_summary(catalogue, "Ideen auf dem Weg", "lägen", changes)))
    if over:
        print("\n".join(_summary(catalogue, "Abgeschlossene Ideen", "hätten am Anfang gelegen", over)))
    print("Geschrieben wurde nichts.")
    return 0


def _line(catalogue: Catalogue, change: Rerouted) -> str:
    fates = (("neu bei", change.come), ("nicht mehr bei", change.go), ("weiter bei", change.stay))
    named = [(fate, ", ".join(body_name(catalogue, body) for body in bodies)) for fate, bodies in fates if bodies]
    return f"{change.reference}  {'; '.join(f'{fate} {bodies}' for fate, bodies in named)}"


def _summary(catalogue: Catalogue, which: str, would_lie: str, changes: Sequence[Rerouted]) -> Iterator[str]:
    changed = sum(change.is_changed for change in changes)
    yield f"{which}: {len(changes)}; nach diesen Regeln {would_lie} anders: {changed}."
    for each in balances(changes, tuple(catalogue.bodies)):
        yield f"  {body_name(catalogue, each.body)}: +{each.come}, -{each.go}, unverändert {each.stay}"
