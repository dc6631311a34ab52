"""What staff look at on the command line: an idea and its files. Its words are German."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from services.cli.dossier import acts, holders, results
from services.cli.service import open_register
from services.ideas.catalogue import Catalogue
from services.ideas.description import describe, percent
from services.ideas.dossier import Dossier
from services.ideas.errors import IdeaNotFound
from services.ideas.model import Contribution, NotificationState
from services.ideas.reasons import reasons
from services.ideas.reference import parse_reference
from services.ideas.register import Register
from services.ideas.similar import named

Commands = Any  # argparse keeps the type of its sub-parsers to itself
STATES = {
    NotificationState.DUE: "wartet",
    NotificationState.SENDING: "wird gerade gesendet",
    NotificationState.SENT: "gesendet",
    NotificationState.GIVEN_UP: "aufgegeben",
    NotificationState.WITHHELD: "wird nicht gesendet",
    NotificationState.BOUNCED: "kam zurück",
}
# What would steer a terminal, and what turns the direction of a line.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def add_commands(commands: Commands) -> None:
    """Declare `show` and `files`."""
    show = commands.add_parser("show", help="an idea with everything that happened to it")
    show.add_argument("reference", metavar="REF")
    show.add_argument("--full", action="store_true", help="each message whole, with what it quotes and its signature")
    show.set_defaults(call=with_register(_show))
    files = commands.add_parser("files", help="save the attachments of an idea; nobody has checked them")
    files.add_argument("reference", metavar="REF")
    files.add_argument("folder", metavar="FOLDER", type=Path)
    files.set_defaults(call=with_register(_files))


def with_register(
    command: Callable[[argparse.Namespace, Register], Awaitable[int]],
) -> Callable[[argparse.Namespace, Catalogue], int]:
    """A command of staff, with the register of an installation that is there already."""

    async def run(options: argparse.Namespace, catalogue: Catalogue) -> int:
        async with AsyncExitStack() as stack:
            return await command(options, await open_register(stack, catalogue, create=False))

    return lambda options, catalogue: asyncio.run(run(options, catalogue))


def reference_of(text: str) -> str:
    """A reference number as staff type it; raises IdeaNotFound where it cannot be one."""
    reference = parse_reference(text)
    if reference is None:
        raise IdeaNotFound(f"„{text}“ ist kein gültiges Aktenzeichen. Bitte prüfen Sie die Ziffern.")
    return reference


async def _show(options: argparse.Namespace, register: Register) -> int:
    dossier = await register.dossier(reference_of(options.reference))
    idea = dossier.idea
    similar = named(register.catalogue, (await register.similar.of([idea.reference])).get(idea.reference, ()))
    lines = [*_lines(register, dossier, similar, full=options.full), "", "Nachrichten an die einreichende Person"]
    for delivery in await register.deliveries(idea.reference):
        state = STATES[NotificationState(delivery.state)]
        error = f", {delivery.last_error}" if delivery.last_error else ""
        lines.append(f"  {delivery.key}: {state} (Versuche: {delivery.attempts}{error})")
    say("\n".join(lines))
    return 0


def say(text: str) -> None:
    """Print what holds citizens' words."""
    print(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text))


def _lines(register: Register, dossier: Dossier, similar: Sequence[str], *, full: bool) -> list[str]:
    catalogue, idea = register.catalogue, dossier.idea
    description = describe(catalogue, idea)
    zone = catalogue.settings.region.zone
    lines = [
        f"{idea.reference}  {idea.title if idea.contributions else '(gelöscht)'}",
        f"  Art:       {description.kind}",
        f"  Stufe:     {description.stage}",
        f"  Themen:    {'; '.join(description.topics) or 'noch offen'}",
        f"  Orte:      {'; '.join(description.places) or 'keine'}",
    ]
    if decided := reasons(idea):
        lines.insert(4, f"  Gründe:    {', '.join(f'{word} {percent(share)}' for word, share in decided)}")
    if description.candidates:
        lines.append(f"  Gemeint?   {' oder '.join(description.candidates)}")
    if similar:
        lines.append(f"  Ähnlich:   {'; '.join(similar)}")
    lines += [
        f"  Modell:    {idea.understanding.model}",
    ]
    for title, found in (
        ("Zuständig", holders(catalogue, dossier)),
        ("Was die Stellen getan haben", acts(catalogue, dossier)),
        ("Ergebnisse", results(catalogue, dossier)),
    ):
        if section := [f"  {line}" for line in found]:
            lines += ["", title, *section]
    lines += ["", "Verlauf"]
    lines += [
        f"  {change.at.astimezone(zone):%d.%m.%Y %H:%M}  {change.stage} ({change.actor})"
        + (f": {change.note}" if change.note else "")
        for change in idea.stages
    ]
    for contribution in idea.contributions:
        lines += ["", f"Nachricht vom {contribution.at.astimezone(zone):%d.%m.%Y %H:%M}, {idea.channel}"]
        text = (contribution.full_text if full else "") or contribution.text
        lines += [f"  {line}" for line in [contribution.subject, *text.splitlines()] if line]
        lines += [f"  {title}: {'; '.join(items)}" for title, items in _beside(contribution) if items]
    return lines


def _beside(contribution: Contribution) -> tuple[tuple[str, Sequence[str]], ...]:
    """What came with the words of a message, and how they read before."""
    point = contribution.point
    return (
        ("Standort", (f"{point.latitude:.5f}, {point.longitude:.5f}",) if point else ()),
        ("Anhänge", contribution.attachments),
        ("Wird noch geladen", contribution.awaited),
        ("Konnte nicht geladen werden", contribution.lost),
        ("Vor einer Änderung", contribution.earlier),
    )


async def _files(options: argparse.Namespace, register: Register) -> int:
    found = await register.attachments(reference_of(options.reference))
    options.folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(found, start=1):
        path = options.folder / f"{number:02d}-{file.filename}"
        path.write_bytes(file.content)
        say(str(path))
    if not found:
        print("Zu dieser Idee gibt es keine Anhänge.")
    return 0
