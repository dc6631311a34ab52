"""What staff do for people who ask about their own data: export it, erase it, and erase what the archive declined.

Its words are German.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.cli.staff import reference_of, with_register
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.register import Register

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_CHANNELS = (EMAIL, TELEGRAM)
_NOBODY = "Unter dieser Adresse kennen wir niemanden. Bitte prüfen Sie Weg und Schreibweise."


def add_commands(commands: Commands) -> None:
    """Declare `export-person`, `erase-person` and `erase`."""
    export = commands.add_parser("export-person", help="all that is stored of a person, as one file (Art. 15 GDPR)")
    _add_person(export)
    export.add_argument("--out", required=True, type=Path, metavar="FILE", help="the ZIP archive to be written")
    export.set_defaults(call=with_register(_export))
    person = commands.add_parser("erase-person", help="forget a person in all channels that they joined (Art. 17 GDPR)")
    _add_person(person)
    person.add_argument("--everything", action="store_true", help="their ideas too, or lock them for the archive")
    person.set_defaults(call=with_register(_erase_person))
    erase = commands.add_parser("erase", help="the locked ideas; erase one that the archive has declined")
    erase.add_argument("reference", nargs="?", metavar="REF", help="erase the words of this one (default: list all)")
    erase.add_argument("--list", action="store_true", help="list the ideas that wait for the archive")
    erase.add_argument("--declined", action="store_true", help="the archive was offered this idea and does not want it")
    erase.set_defaults(call=with_register(_erase))


def _add_person(command: argparse.ArgumentParser) -> None:
    command.add_argument("--channel", required=True, choices=_CHANNELS)
    command.add_argument("--address", required=True, metavar="ADDRESS", help="the mail address, or the chat's number")


def _address(options: argparse.Namespace) -> str:
    address: str = options.address.strip()
    return address.lower() if options.channel == EMAIL else address


async def _export(options: argparse.Namespace, register: Register) -> int:
    found = await register.personal_data.export(options.channel, _address(options), datetime.now(UTC), most_bytes=None)
    if found is None:
        print(_NOBODY, file=sys.stderr)
        return 1
    # For the owner's eyes alone, and never over something that is there already.
    with os.fdopen(os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(found.content)
    print(f"Die Auskunft steht in {options.out}. Bitte prüfen Sie vor dem Versand, dass die Adresse der Person gehört.")
    return 0


async def _erase_person(options: argparse.Namespace, register: Register) -> int:
    data = register.personal_data
    if not await data.erase(options.channel, _address(options), datetime.now(UTC), everything=options.everything):
        print(_NOBODY, file=sys.stderr)
        return 1
    await data.wipe(thoroughly=False)
    print(f"Die Person ist vergessen. {_fate(options, register)}")
    return 0


def _fate(options: argparse.Namespace, register: Register) -> str:
    if not options.everything:
        return "Ihre Ideen bleiben ohne Bezug zu ihr."
    if register.catalogue.settings.privacy.archive_released:
        return "Ihre Ideen sind gelöscht."
    return "Ihre Ideen sind gesperrt, bis das Archiv entschieden hat: ideenkanal erase --list"


async def _erase(options: argparse.Namespace, register: Register) -> int:
    if options.reference is None:
        return await _list(register)
    if options.list:
        print("Bitte nennen Sie entweder ein Aktenzeichen oder --list.", file=sys.stderr)
        return 2
    reference = reference_of(options.reference)
    if not (options.declined or register.catalogue.settings.privacy.archive_released):
        told = "Bieten Sie die Idee zuerst dem Archiv an (§ 7 SächsDSDG). Will es sie nicht, wiederholen Sie den Befehl"
        print(f"{told} mit --declined.", file=sys.stderr)
        return 2
    if not await register.personal_data.erase_locked(reference, datetime.now(UTC)):
        print(f"{reference} ist nicht gesperrt. Löschen lassen sich nur gesperrte Ideen.", file=sys.stderr)
        return 1
    await register.personal_data.wipe(thoroughly=False)
    print(f"Texte und Anhänge von {reference} sind gelöscht. Nummer, Thema, Ort und Stand zählen weiter mit.")
    return 0


async def _list(register: Register) -> int:
    locked = await register.personal_data.locked()
    if not locked:
        print("Keine Idee ist gesperrt.")
        return 0
    zone = register.catalogue.settings.region.zone
    print("Diese Ideen warten auf das Archiv:")
    for idea in locked:
        since, came = (f"{at.astimezone(zone):%d.%m.%Y}" for at in (idea.locked_at, idea.created_at))
        print(f"  {idea.reference}  gesperrt seit {since}, eingegangen am {came}")
    print("Löschen, wenn das Archiv sie nicht will: ideenkanal erase AKTENZEICHEN --declined")
    return 0
