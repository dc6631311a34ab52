"""`ideenkanal measure`: ideas that become one measure of the Masterplan, and what becomes of it. In German."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from services.cli.acting import add_doer, clock, doer_of
from services.cli.staff import reference_of, say, with_register
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Bundle
from services.ideas.description import stage_words
from services.ideas.errors import DeedRefused, IdeaNotFound
from services.ideas.news import Measure
from services.ideas.reference import parse_measure_number
from services.ideas.register import Register

Commands = Any  # argparse keeps the type of its sub-parsers to itself
Call = Callable[[argparse.Namespace, Register], Awaitable[int]]


def add_commands(commands: Commands) -> None:
    """Declare `measure new`, `list`, `show`, `add`, `remove`, `stage` and `undo`."""
    measure = commands.add_parser("measure", help="ideas that become a measure of the Masterplan together")
    actions = measure.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="a new measure; the authors of its ideas read its title")
    new.add_argument("title", metavar="TITLE")
    new.set_defaults(call=with_register(_new))
    actions.add_parser("list", help="all measures").set_defaults(call=with_register(_list))
    show = actions.add_parser("show", help="a measure with its ideas")
    show.add_argument("measure", metavar="MEASURE")
    show.set_defaults(call=with_register(_show))
    add = _command(actions, "add", "ideas become part of a measure; their authors are told", _add)
    add.add_argument("references", nargs="+", metavar="REF")
    remove = _command(actions, "remove", "an idea is no part of a measure any more", _remove)
    remove.add_argument("reference", metavar="REF")
    stage = _command(actions, "stage", "bring a measure and all its ideas to a stage; their authors are told", _stage)
    stage.add_argument("stage", metavar="STAGE")
    stage.add_argument("--note", default="", help="what the authors read about it")
    _command(actions, "undo", "take back a measure's last step, while nobody has been told", _undo)


def _command(actions: Commands, name: str, purpose: str, call: Call) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=purpose)
    parser.add_argument("measure", metavar="MEASURE")
    add_doer(parser)
    parser.set_defaults(call=with_register(call))
    return parser


async def _new(options: argparse.Namespace, register: Register) -> int:
    measure = await register.measures.create(options.title, datetime.now(UTC))
    say(f"Die Maßnahme „{measure.title}“ hat die Nummer {measure.reference}.")
    return 0


async def _list(_options: argparse.Namespace, register: Register) -> int:
    found = await register.measures.all()
    for bundle in found:
        say(f"{_heading(register.catalogue, bundle.measure)} ({_ideas(len(bundle.ideas))})")
    if not found:
        print("Es gibt noch keine Maßnahmen.")
    return 0


async def _show(options: argparse.Namespace, register: Register) -> int:
    bundle = await register.measures.one(_number(options, register))
    say(_heading(register.catalogue, bundle.measure))
    for reference in bundle.ideas:
        idea = await register.idea(reference)
        title = idea.title if idea.contributions else "(gelöscht)"
        say(f"  {idea.reference}  {title}: {stage_words(register.catalogue, idea.stage)[0]}")
    return 0


async def _add(options: argparse.Namespace, register: Register) -> int:
    number, refused = _number(options, register), 0
    references = dict.fromkeys(reference_of(text) for text in options.references)
    doer, now = doer_of(options, register.catalogue), datetime.now(UTC)
    for reference in references:
        try:
            done = await register.work.act(reference, Bundle(number), doer, now)
        except (DeedRefused, IdeaNotFound) as error:
            print(error, file=sys.stderr)
            refused += 1
            continue
        told = "Die einreichende Person wird benachrichtigt." if done.told else "Niemand wird benachrichtigt."
        print(f"{done.reference} gehört jetzt zur Maßnahme {number}. {told}")
    return 1 if refused else 0


async def _remove(options: argparse.Namespace, register: Register) -> int:
    number, reference = _number(options, register), reference_of(options.reference)
    doer = doer_of(options, register.catalogue)
    await register.measures.take_out(number, reference, doer, datetime.now(UTC))
    print(f"{reference} gehört nicht mehr zur Maßnahme {number}. Die einreichende Person hört davon nichts.")
    return 0


async def _stage(options: argparse.Namespace, register: Register) -> int:
    catalogue, now = register.catalogue, datetime.now(UTC)
    doer = doer_of(options, catalogue)
    carried = await register.measures.move(_number(options, register), options.stage, options.note, doer, now)
    number, stage = carried.measure.reference, stage_words(catalogue, carried.measure.stage)[0]
    print(f"Die Maßnahme {number} ist jetzt auf der Stufe „{stage}“, mit ihr {_ideas(len(carried.moved))}.")
    at = f" um {clock(catalogue, carried.undo_until)}" if carried.undo_until > now else ""
    print(f"Benachrichtigt werden{at}: {carried.told} von {len(carried.moved)} einreichenden Personen.")
    if carried.left:
        print(f"Unverändert, weil ihr Weg zu Ende ist: {', '.join(carried.left)}.")
    if carried.undo_until > now:
        until = clock(catalogue, carried.undo_until)
        print(f"Bis {until} können Sie das zurücknehmen: ideenkanal measure undo {number}")
    return 0


async def _undo(options: argparse.Namespace, register: Register) -> int:
    doer = doer_of(options, register.catalogue)
    carried = await register.measures.undo(_number(options, register), doer, datetime.now(UTC))
    number = carried.measure.reference
    again = "1 Idee steht wieder, wo sie stand" if len(carried.moved) == 1 else ""
    again = again or f"{len(carried.moved)} Ideen stehen wieder, wo sie standen"
    print(f"Bei der Maßnahme {number} zurückgenommen; {again}.")
    return 0


def _number(options: argparse.Namespace, register: Register) -> str:
    number = parse_measure_number(options.measure, register.catalogue.settings.region.reference_prefix)
    if number is None:
        raise DeedRefused(f"„{options.measure}“ ist keine Nummer einer Maßnahme. Sie sieht so aus: SWS-M1.")
    return number


def _heading(catalogue: Catalogue, measure: Measure) -> str:
    stage = stage_words(catalogue, measure.stage)[0] if measure.stage else "noch ohne Stand"
    return f"{measure.reference}  {measure.title}: {stage}"


def _ideas(number: int) -> str:
    return "1 Idee" if number == 1 else f"{number} Ideen"
