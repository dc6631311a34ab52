"""What staff see of the outbox, and what they do about it: send again, pause, release. In German."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from services.cli.staff import say, with_register
from services.ideas.model import NotificationState
from services.ideas.outbox import IN_DOUBT
from services.ideas.outbox_control import COPIED, OLDER_COPY, Overview, Pause, Stranded
from services.ideas.register import Register

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_ALL = "all"
_STATES: Mapping[str, str] = {
    NotificationState.DUE: "warten",
    NotificationState.SENDING: "werden gerade gesendet",
    NotificationState.SENT: "gesendet",
    NotificationState.GIVEN_UP: "aufgegeben",
    NotificationState.BOUNCED: "zurückgekommen",
    NotificationState.WITHHELD: "zurückgehalten",
}
_CHANNELS: Mapping[str, str] = {"email": "E-Mail", "telegram": "Telegram"}
_TEMPLATES: Mapping[str, str] = {
    "confirmation": "Eingangsbestätigung",
    "update": "Zwischenstand",
    "digest": "Übersicht",
    "alert": "Hinweis an die Gruppe",
}
_COPIES: Mapping[str, str] = {
    OLDER_COPY: (
        "Die Datenbank ist eine ältere Kopie: Was nach der Sicherung schon gesendet wurde, ginge noch einmal hinaus."
    ),
    COPIED: (
        "Das Datenverzeichnis wurde kopiert. Ist es eine Sicherung, ginge noch einmal hinaus, was nach ihr schon "
        "gesendet wurde. Sind Sie nur umgezogen, ist nichts zu befürchten."
    ),
}
_REASONS: Mapping[str, str] = {IN_DOUBT: "unklar, ob die Nachricht ankam; zweimal versucht"}


def add_commands(commands: Commands) -> None:
    """Declare `outbox`."""
    outbox = commands.add_parser("outbox", help="messages that wait or were given up, and whether any are sent")
    outbox.add_argument("--addresses", action="store_true", help="also show the addresses of what was given up")
    act = outbox.add_mutually_exclusive_group()
    act.add_argument("--retry", metavar="NUMBER|all", help="send this given-up message once more, or all of them")
    act.add_argument("--pause", nargs="?", const="", metavar="REASON", help="send nothing until it is released")
    act.add_argument("--release", action="store_true", help="send again")
    outbox.add_argument("--discard", action="store_true", help="with --release: what is due is not sent")
    outbox.set_defaults(call=with_register(_outbox))


async def _outbox(options: argparse.Namespace, register: Register) -> int:
    if options.discard and not options.release:
        print("--discard geht nur zusammen mit --release.", file=sys.stderr)
        return 2
    if options.retry is not None:
        return await _retry(options.retry, register)
    if options.pause is not None:
        return await _pause(options.pause, register)
    if options.release:
        return await _release(register, discard=options.discard)
    overview = await register.outbox_control.overview()
    for line in _lines(overview, register, addresses=options.addresses):
        say(line)
    return 0


def _lines(overview: Overview, register: Register, *, addresses: bool) -> Iterator[str]:
    if overview.pause:
        yield from _paused(overview.pause, register)
    if not overview.counts:
        yield "Es gibt noch keine Nachrichten."
        return
    yield ", ".join(f"{overview.counts[state]} {word}" for state, word in _STATES.items() if state in overview.counts)
    if overview.oldest:
        yield f"Die älteste, die noch zu senden ist, ist vom {_when(register, overview.oldest)}."
    for each in overview.given_up:
        yield _stranded(each, register, address=addresses)
    if overview.given_up:
        yield "Noch einmal senden: ideenkanal outbox --retry NUMMER (oder all)"


def _paused(pause: Pause, register: Register) -> Iterator[str]:
    copy = _COPIES.get(pause.reason)
    why = f" ({pause.reason})" if pause.reason and copy is None else ""
    yield f"Der Versand ist seit {_when(register, pause.since)} angehalten{why}."
    if copy is not None:
        yield copy
        yield "Nichts davon senden, nur was neu dazukommt: ideenkanal outbox --release --discard"
    yield "Wieder senden: ideenkanal outbox --release"


def _stranded(each: Stranded, register: Register, *, address: bool) -> str:
    what = _TEMPLATES.get(each.template, each.template)
    to = " ".join(filter(None, (_CHANNELS.get(each.channel, each.channel), each.about, each.address * address)))
    why = _REASONS.get(each.reason, each.reason)
    return f"{each.number}  {what}  an {to}  seit {_when(register, each.since)}  ({why})"


async def _retry(wanted: str, register: Register) -> int:
    if wanted != _ALL and not (wanted.isascii() and wanted.isdecimal()):
        print('Bitte nennen Sie nach --retry eine Nummer oder "all".', file=sys.stderr)
        return 2
    number = None if wanted == _ALL else int(wanted)
    retried = await register.outbox_control.retry(number, datetime.now(UTC))
    for refused, reason in retried.refused.items():
        say(f"{refused} wird nicht gesendet ({reason}). Angehaltene Adressen: ideenkanal undeliverable")
    if retried.due:
        say(f"Wird noch einmal gesendet: {', '.join(map(str, retried.due))}")
        return 0
    if not retried.refused:
        print("Keine aufgegebene Nachricht hat diese Nummer." if number else "Es wurde keine Nachricht aufgegeben.")
    return 1


async def _pause(reason: str, register: Register) -> int:
    await register.outbox_control.pause(reason, datetime.now(UTC))
    print("Der Versand ist angehalten. Was gerade gesendet wird, geht noch hinaus.")
    print("Wieder senden: ideenkanal outbox --release")
    return 0


async def _release(register: Register, *, discard: bool) -> int:
    discarded = await register.outbox_control.release(datetime.now(UTC), discard=discard)
    if discard:
        print(f"Zurückgehalten: {discarded}.")
    print("Der Versand läuft wieder.")
    return 0


def _when(register: Register, moment: datetime) -> str:
    return f"{moment.astimezone(register.catalogue.settings.region.zone):%d.%m.%Y %H:%M}"
