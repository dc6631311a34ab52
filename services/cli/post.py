"""What staff do about mail that needs them: messages that wait, and addresses that cannot be reached. In German."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from services.cli.staff import reference_of, say, with_register
from services.ideas.holding import HeldMessage
from services.ideas.readings import HoldReason, Submission
from services.ideas.register import Register

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_MOST_LISTED = 100
_ACTOR = "staff"
_REASONS: Mapping[str, str] = {
    HoldReason.NO_TOKEN: "Antwort oder Aktenzeichen ohne die geheime Adresse",
    HoldReason.UNKNOWN_TOKEN: "Antwort an eine geheime Adresse, die es nicht gibt",
    HoldReason.TO_DIGEST: "Antwort auf eine Übersicht",
}


def add_commands(commands: Commands) -> None:
    """Declare `held` and `undeliverable`."""
    held = commands.add_parser("held", help="messages that only a person can place or read, and what becomes of them")
    held.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="show this one (default: list all)")
    act = held.add_mutually_exclusive_group()
    act.add_argument("--attach", metavar="REF", help="add it to the conversation of this idea")
    act.add_argument("--new", action="store_true", help="make a new idea of it")
    act.add_argument("--dismiss", action="store_true", help="nothing is to be done about it")
    act.add_argument("--read-again", action="store_true", help="let the program try to read it once more")
    act.add_argument("--raw", action="store_true", help="write the message as it came to standard output")
    held.set_defaults(call=with_register(_held))
    undeliverable = commands.add_parser("undeliverable", help="addresses that mail came back from")
    undeliverable.add_argument("--resume", metavar="ADDRESS", help="send to this address again")
    undeliverable.set_defaults(call=with_register(_undeliverable))


async def _held(options: argparse.Namespace, register: Register) -> int:
    if options.number is None:
        if options.attach or options.new or options.dismiss or options.read_again or options.raw:
            print("Bitte nennen Sie auch die Nummer der Nachricht.", file=sys.stderr)
            return 2
        return await _list(register)
    held = await register.holding_pen.message(options.number)
    return await _act(options)(options, register, held)


_Act = Callable[[argparse.Namespace, Register, HeldMessage], Awaitable[int]]


def _act(options: argparse.Namespace) -> _Act:
    acts: tuple[tuple[_Act, bool], ...] = (
        (_attach, bool(options.attach)),
        (_new, options.new),
        (_dismiss, options.dismiss),
        (_read_again, options.read_again),
        (_raw, options.raw),
    )
    return next((act for act, is_wanted in acts if is_wanted), _show)


async def _list(register: Register) -> int:
    number = await register.holding_pen.number()
    if not number:
        print("Es wartet keine Nachricht auf Sie.")
        return 0
    print("1 Nachricht wartet auf Sie." if number == 1 else f"{number} Nachrichten warten auf Sie.")
    async with AsyncExitStack() as stack:
        read = await _reading(stack, register)
        for each in await register.holding_pen.numbers(_MOST_LISTED):
            held = await register.holding_pen.message(each)
            said = None if held.is_unread else await read(held)
            sender = f"\n      Von: {said.sender.address}\n      Betreff: {said.subject or '(keiner)'}" if said else ""
            say(f"{held.logged.id:>5} {_when(register, held)}  {_why(held)}{sender}")
    if number > _MOST_LISTED:
        print(f"… und {number - _MOST_LISTED} weitere, sobald diese erledigt sind.")
    print("Ansehen: ideenkanal held NUMMER")
    return 0


async def _show(_options: argparse.Namespace, register: Register, held: HeldMessage) -> int:
    number = held.logged.id
    lines = [f"Nachricht {number} vom {_when(register, held)}: {_why(held)}"]
    said = None
    if not held.is_unread:
        async with AsyncExitStack() as stack:
            said = await (await _reading(stack, register))(held)
    if said is None:
        lines += [f"Im Original:     ideenkanal held {number} --raw"]
        lines += [f"Neu lesen:       ideenkanal held {number} --read-again"]
    else:
        lines += [f"  Von:     {said.sender.address}", f"  Betreff: {said.subject}", ""]
        lines += [f"  {line}" for line in (said.full_text or said.text).splitlines()]
        lines += [""] + [f"  Anhang: {attachment.filename}" for attachment in said.attachments]
        lines += [f"Zu einer Idee:   ideenkanal held {number} --attach AKTENZEICHEN"]
        lines += [f"Als neue Idee:   ideenkanal held {number} --new"]
    say("\n".join([*lines, f"Nichts zu tun:   ideenkanal held {number} --dismiss"]))
    return 0


async def _attach(options: argparse.Namespace, register: Register, held: HeldMessage) -> int:
    reference = reference_of(options.attach)
    submission = await _readable(register, held)
    if submission is None:
        return 1
    await register.holding_pen.attach(held.logged.id, reference, submission, _ACTOR)
    print(f"Die Nachricht gehört jetzt zu {reference}. Die zuständigen Stellen sehen sie in der nächsten Übersicht.")
    return 0


async def _new(_options: argparse.Namespace, register: Register, held: HeldMessage) -> int:
    submission = await _readable(register, held)
    if submission is None:
        return 1
    # The running program understands and routes it, as it does with what came while no model was there.
    reference = await register.holding_pen.admit(held.logged.id, submission, _ACTOR, datetime.now(UTC))
    print(f"Aus der Nachricht ist die Idee {reference} geworden.")
    return 0


async def _dismiss(_options: argparse.Namespace, register: Register, held: HeldMessage) -> int:
    await register.holding_pen.dismiss(held.logged.id, _ACTOR)
    print("Die Nachricht wartet nicht mehr. Sie bleibt gespeichert.")
    return 0


async def _read_again(_options: argparse.Namespace, register: Register, held: HeldMessage) -> int:
    await register.holding_pen.read_again(held.logged.id, datetime.now(UTC))
    print("Das Programm liest die Nachricht noch einmal.")
    return 0


async def _raw(_options: argparse.Namespace, _register: Register, held: HeldMessage) -> int:
    sys.stdout.buffer.write(held.logged.message.raw)
    return 0


async def _readable(register: Register, held: HeldMessage) -> Submission | None:
    async with AsyncExitStack() as stack:
        said = await (await _reading(stack, register))(held)
    if said is None:
        print(f"Die Nachricht ist nicht lesbar. Im Original: ideenkanal held {held.logged.id} --raw", file=sys.stderr)
    return said


async def _reading(stack: AsyncExitStack, register: Register) -> Callable[[HeldMessage], Awaitable[Submission | None]]:
    """Reads what a waiting message says; None where it cannot be read."""
    from services.intake.channel import MessageDefeated
    from services.intake.email import CHANNEL
    from services.intake.email.channel import submission_of
    from services.intake.email.worker.reading import ReadingProcess

    settings = register.catalogue.settings
    process = await stack.enter_async_context(ReadingProcess(settings.email, settings.region.reference_prefix))

    async def read(held: HeldMessage) -> Submission | None:
        message = held.logged.message
        if message.channel != CHANNEL:
            return None
        try:
            mail = await process.read(message.raw, message.envelope)
        except MessageDefeated:
            return None
        return submission_of(mail, message.envelope, register.catalogue.texts.languages)

    return read


def _why(held: HeldMessage) -> str:
    return f"nicht lesbar ({held.reason})" if held.is_unread else _REASONS.get(held.reason, held.reason)


def _when(register: Register, held: HeldMessage) -> str:
    zone = register.catalogue.settings.region.zone
    return f"{held.logged.message.received_at.astimezone(zone):%d.%m.%Y %H:%M}"


async def _undeliverable(options: argparse.Namespace, register: Register) -> int:
    if options.resume:
        resumed = await register.mailboxes.resume(options.resume, datetime.now(UTC))
        if not resumed:
            print("Nachrichten an diese Adresse sind nicht angehalten. Bitte prüfen Sie die Schreibweise.")
            return 1
        print("Nachrichten gehen wieder an diese Adresse.")
        return 0
    addresses = await register.mailboxes.undeliverable()
    if not addresses:
        print("Alle Adressen sind erreichbar.")
        return 0
    zone = register.catalogue.settings.region.zone
    for each in addresses:
        whose = ", ".join(each.references) or "Postfach einer Stelle"
        say(f"{each.address}  seit {each.since.astimezone(zone):%d.%m.%Y}  ({each.reason})  {whose}")
    print("Wieder senden: ideenkanal undeliverable --resume ADRESSE")
    return 0
