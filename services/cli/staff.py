"""What staff do on the command line: look at an idea, move it on, show or send a digest. Its words are German."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from services.cli.service import open_register
from services.ideas.catalogue import Catalogue
from services.ideas.description import describe
from services.ideas.errors import IdeaNotFound
from services.ideas.model import Idea
from services.ideas.reference import parse_reference
from services.ideas.register import Register
from services.ideas.texts import Part

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_DIGEST_WINDOW = timedelta(days=7)


def add_commands(commands: Commands) -> None:
    """Declare `show`, `stage` and `digest`."""
    show = commands.add_parser("show", help="an idea with everything that happened to it")
    show.add_argument("reference", metavar="REF")
    show.set_defaults(call=_with_register(_show))
    stage = commands.add_parser("stage", help="move an idea to another stage; its submitter is told")
    stage.add_argument("reference", metavar="REF")
    stage.add_argument("stage", metavar="STAGE")
    stage.add_argument("--note", default="", help="what the submitter reads about it")
    stage.add_argument("--actor", default="staff", help="who decided (a role, for the record)")
    stage.set_defaults(call=_with_register(_stage))
    digest = commands.add_parser("digest", help="show what a body was given, or send it what it was not told yet")
    digest.add_argument("--body", required=True, metavar="ID")
    digest.add_argument("--from", dest="start", type=_moment, metavar="TIME", help="ISO 8601; default: a week ago")
    digest.add_argument("--to", dest="end", type=_moment, metavar="TIME", help="ISO 8601; default: now")
    digest.add_argument("--send", action="store_true", help="send what the body was not told yet, now")
    digest.set_defaults(call=_with_register(_digest))


def _with_register(
    command: Callable[[argparse.Namespace, Register], Awaitable[int]],
) -> Callable[[argparse.Namespace, Catalogue], int]:
    async def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
        async with AsyncExitStack() as stack:
            return await command(options, await open_register(stack, catalogue))

    return lambda options, catalogue: asyncio.run(run(options, catalogue))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()


def _reference(text: str) -> str:
    reference = parse_reference(text)
    if reference is None:
        raise IdeaNotFound(f"„{text}“ ist kein gültiges Aktenzeichen. Bitte prüfen Sie die Ziffern.")
    return reference


async def _show(options: argparse.Namespace, register: Register) -> int:
    idea = await register.idea(_reference(options.reference))
    print("\n".join(_lines(register, idea)))
    print("\nNachrichten an die einreichende Person")
    for delivery in await register.deliveries(idea.reference):
        error = f", {delivery.last_error}" if delivery.last_error else ""
        print(f"  {delivery.key}: {delivery.state} (Versuche: {delivery.attempts}{error})")
    return 0


def _lines(register: Register, idea: Idea) -> list[str]:
    catalogue = register.catalogue
    description = describe(catalogue, idea)
    zone = catalogue.settings.region.zone
    lines = [
        f"{idea.reference}  {idea.title}",
        f"  Art:       {description.kind}",
        f"  Stufe:     {description.stage}",
        f"  Themen:    {', '.join(description.topics) or 'noch offen'}",
        f"  Orte:      {', '.join(description.places) or 'keine'}",
    ]
    if description.candidates:
        lines.append(f"  Gemeint?   {' oder '.join(description.candidates)}")
    lines += [
        f"  Zuständig: {', '.join(description.bodies)}",
        f"  Modell:    {idea.understanding.model}",
        "",
        "Verlauf",
    ]
    lines += [
        f"  {change.at.astimezone(zone):%d.%m.%Y %H:%M}  {change.stage} ({change.actor})"
        + (f": {change.note}" if change.note else "")
        for change in idea.stages
    ]
    for contribution in idea.contributions:
        lines += ["", f"Nachricht vom {contribution.at.astimezone(zone):%d.%m.%Y %H:%M}, {idea.channel}"]
        lines += [f"  {line}" for line in [contribution.subject, *contribution.text.splitlines()] if line]
        if contribution.attachments:
            lines.append(f"  Anlagen: {', '.join(contribution.attachments)}")
    return lines


async def _stage(options: argparse.Namespace, register: Register) -> int:
    reference = _reference(options.reference)
    idea = await register.change_stage(reference, options.stage, options.note, options.actor, datetime.now(UTC))
    stage = register.catalogue.lifecycle.stages[idea.stage]
    told = "Die einreichende Person wird benachrichtigt." if stage.tells_submitter else ""
    print(f"{idea.reference} ist jetzt auf der Stufe „{stage.label}“. {told}".rstrip())
    return 0


async def _digest(options: argparse.Namespace, register: Register) -> int:
    catalogue = register.catalogue
    if options.body not in catalogue.bodies:
        known = ", ".join(sorted(catalogue.bodies))
        print(f"Die Stelle „{options.body}“ gibt es nicht. Möglich sind: {known}.", file=sys.stderr)
        return 2
    now = datetime.now(UTC)
    if options.send:
        number = await register.write_digest(options.body, f"on demand {now:%Y-%m-%dT%H:%M:%S.%f}", now)
        print(f"{number} Ideen gehen an {catalogue.bodies[options.body].name}." if number else "Es gibt nichts Neues.")
        return 0
    from services.notifier.content import digest_values

    end = options.end or now
    ideas = await register.assigned(options.body, options.start or end - _DIGEST_WINDOW, end)
    if not ideas:
        print("In diesem Zeitraum gibt es keine Ideen für diese Stelle.")
        return 0
    values = digest_values(register, options.body, ideas, end)
    print(catalogue.texts.render("de", "digest", Part.TEXT, values), end="")
    return 0
