"""What staff do with an idea on the command line: accept, move, pass on, give back, ask, find, undo. In German."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.cli.dossier import VERDICTS
from services.cli.staff import reference_of, say, with_register
from services.ideas.body_names import bodies_like, body_called
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Accept, Ask, Deed, DeedKind, Doer, Done, Find, GiveBack, Move, PassOn, Verdict
from services.ideas.description import body_name, stage_words
from services.ideas.errors import DeedRefused
from services.ideas.register import Register

Commands = Any  # argparse keeps the type of its sub-parsers to itself
# What may be typed, and what is read.
_VERDICTS = {"yes": Verdict.YES, "ja": Verdict.YES, "no": Verdict.NO, "nein": Verdict.NO}
_VERDICTS |= {"partly": Verdict.PARTLY, "teilweise": Verdict.PARTLY}
_LONGEST_NAME = 64
_UNDONE = {
    DeedKind.MOVE: "Die Idee steht wieder, wo sie stand.",
    DeedKind.CARRY: "Die Idee steht wieder, wo sie stand.",
    DeedKind.ASK: "Die Frage wird nicht gestellt.",
    DeedKind.FIND: "Das Ergebnis gilt nicht mehr.",
    DeedKind.BUNDLE: "Die Idee gehört nicht mehr zu dieser Maßnahme.",
    DeedKind.UNBUNDLE: "Die Idee gehört wieder zur Maßnahme.",
}


def add_commands(commands: Commands) -> None:
    """Declare `accept`, `stage`, `pass`, `return`, `ask`, `find` and `undo`."""
    accept = _command(commands, "accept", "yes: the idea goes on to where its stage leads", _accept)
    accept.add_argument("--note", default="", help="what the submitter reads about it")
    stage = _command(commands, "stage", "move an idea to another stage; its submitter is told", _stage)
    stage.add_argument("stage", metavar="STAGE")
    stage.add_argument("--note", default="", help="what the submitter reads about it")
    hand_on = _command(commands, "pass", "give an idea to other bodies; to several: split it", _pass)
    hand_on.add_argument("bodies", nargs="+", metavar="BODY", help="id or name; your own keeps a part")
    hand_on.add_argument("--reason", default="", help="why, for the other body")
    give_back = _command(commands, "return", "it is not this body's: the rules find another one", _return)
    give_back.add_argument("--reason", default="", help="why, for whoever gets it next")
    ask = _command(commands, "ask", "ask the submitter something", _ask)
    ask.add_argument("text", metavar="TEXT", help="what the submitter reads")
    find = _command(commands, "find", "answer one of the questions that the stage has to be examined for", _find)
    find.add_argument("name", metavar="NAME", help="the question, as stages.toml names it")
    find.add_argument("verdict", choices=sorted(_VERDICTS), metavar="yes|no|partly")
    find.add_argument("--note", default="", help="what is to be said about it, for staff")
    _command(commands, "undo", "take back the last thing that was done, while nobody has been told", _undo)


def add_doer(parser: argparse.ArgumentParser) -> None:
    """Declare in whose name something is done, and by whom."""
    parser.add_argument("--as", dest="body", default="", metavar="BODY", help="in the name of this body (id or name)")
    parser.add_argument(
        "--actor", default="staff", type=_name, metavar="NAME", help="who decided (a role, for the record)"
    )


def doer_of(options: argparse.Namespace, catalogue: Catalogue) -> Doer:
    """Who does it; raises DeedRefused for a body that nobody is called."""
    return Doer(options.actor, body_named(catalogue, options.body) if options.body else "")


def body_named(catalogue: Catalogue, text: str) -> str:
    """The id of the body that staff call so; raises DeedRefused with those that are called like it."""
    if found := body_called(catalogue, text):
        return found
    like = [f"{catalogue.bodies[body].name} ({body})" for body in bodies_like(catalogue, text)]
    known = f"Meinten Sie {' oder '.join(like)}?" if like else f"Möglich sind: {', '.join(catalogue.bodies)}."
    raise DeedRefused(f"Eine Stelle „{text}“ gibt es nicht. {known}")


def holders(catalogue: Catalogue, bodies: Sequence[str]) -> str:
    """Who has an idea now (ids), as a sentence."""
    named = "; ".join(body_name(catalogue, body) for body in bodies)
    return f"Die Idee liegt jetzt bei: {named}." if named else "Niemand muss mehr etwas tun."


def clock(catalogue: Catalogue, moment: datetime) -> str:
    """A time of the next minutes, as people of the region read their clocks."""
    return f"{moment.astimezone(catalogue.settings.region.zone):%H:%M} Uhr"


def _command(commands: Commands, name: str, purpose: str, call: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=purpose)
    parser.add_argument("reference", metavar="REF")
    add_doer(parser)
    parser.set_defaults(call=with_register(call))
    return parser


def _name(text: str) -> str:
    if not 0 < len(text.strip()) <= _LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"erwartet werden 1 bis {_LONGEST_NAME} Zeichen")
    return text.strip()


async def _accept(options: argparse.Namespace, register: Register) -> int:
    return await _act(options, register, Accept(options.note))


async def _stage(options: argparse.Namespace, register: Register) -> int:
    return await _act(options, register, Move(options.stage, options.note))


async def _pass(options: argparse.Namespace, register: Register) -> int:
    bodies = dict.fromkeys(body_named(register.catalogue, name) for name in options.bodies)
    return await _act(options, register, PassOn(tuple(bodies), options.reason))


async def _return(options: argparse.Namespace, register: Register) -> int:
    return await _act(options, register, GiveBack(options.reason))


async def _ask(options: argparse.Namespace, register: Register) -> int:
    return await _act(options, register, Ask(options.text))


async def _find(options: argparse.Namespace, register: Register) -> int:
    return await _act(options, register, Find(options.name, _VERDICTS[options.verdict], options.note))


async def _act(options: argparse.Namespace, register: Register, deed: Deed) -> int:
    reference, now = reference_of(options.reference), datetime.now(UTC)
    catalogue = register.catalogue
    done = await register.work.act(reference, deed, doer_of(options, catalogue), now)
    lines = [f"{_done(catalogue, deed, done)} {holders(catalogue, done.bodies)}", await _told(register, done, now)]
    if done.undo_until and done.undo_until > now:
        until = clock(catalogue, done.undo_until)
        lines.append(f"Bis {until} können Sie das zurücknehmen: ideenkanal undo {done.reference}")
    say("\n".join(lines))
    return 0


async def _undo(options: argparse.Namespace, register: Register) -> int:
    reference, catalogue = reference_of(options.reference), register.catalogue
    kind = await register.work.undo(reference, doer_of(options, catalogue), datetime.now(UTC))
    idea = await register.idea(reference)
    bodies = [assignment.body for assignment in idea.assignments if assignment.is_open]
    print(" ".join(filter(None, [f"Bei {reference} zurückgenommen.", _UNDONE.get(kind), holders(catalogue, bodies)])))
    print("Die einreichende Person hört davon nichts.")
    return 0


def _done(catalogue: Catalogue, deed: Deed, done: Done) -> str:
    match deed, done.kind:
        case _, DeedKind.STATE:
            return f"Ihr Teil von {done.reference} ist erledigt, andere Stellen arbeiten noch daran."
        case _, DeedKind.MOVE:
            return f"{done.reference} ist jetzt auf der Stufe „{stage_words(catalogue, done.stage)[0]}“."
        case Ask(), _:
            return f"Die Frage zu {done.reference} ist vermerkt."
        case Find(name, verdict), _:
            stage = catalogue.lifecycle.stages[done.stage]
            named = next(each for each in stage.findings if each.casefold() == name.casefold())
            return f"Bei {done.reference} ist vermerkt: {named} {VERDICTS[verdict]}."
        case GiveBack(), _:
            return f"{done.reference} ist zurückgegeben."
        case _:
            return f"{done.reference} ist weitergegeben."


async def _told(register: Register, done: Done, now: datetime) -> str:
    """What the submitter hears of it, and when."""
    catalogue = register.catalogue
    stage = catalogue.lifecycle.stages.get(done.stage)
    if done.kind is not DeedKind.ASK and not (done.kind is DeedKind.MOVE and stage and stage.tells_submitter):
        return "Die einreichende Person erfährt davon nichts."
    subscription = await register.mailboxes.by_reference(done.reference)
    if subscription.unsubscribed:
        return "Die einreichende Person möchte keine Nachrichten."
    if not done.told:
        return "Die einreichende Person hat ihre Adresse nicht bestätigt und bekommt keine Nachricht."
    at = f" um {clock(catalogue, done.undo_until)}" if done.undo_until and done.undo_until > now else ""
    return f"Die einreichende Person wird{at} benachrichtigt."
