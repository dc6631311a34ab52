"""Digests on the command line: show, preview and send one, and close what a body's mails open. Its words are German."""

from __future__ import annotations

import argparse
import html
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.staff import Commands, say, with_register
from services.ideas.channels import EMAIL
from services.ideas.digest_contents import Contents
from services.ideas.messages import Part
from services.ideas.model import Notification
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE

if TYPE_CHECKING:
    from services.notifier.values import Values

_MOMENT_EXPECTED = "erwartet wird ein Zeitpunkt wie 2026-11-23 oder 2026-11-23T14:00"
_WINDOW = timedelta(days=7)
_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
# How wide the frames of a preview are: a mail on a desk, and one on a small telephone.
_WIDTHS = (600, 320)


def add_commands(commands: Commands) -> None:
    """Declare `digest`."""
    digest = commands.add_parser("digest", help="show or preview a body's digest, send it, or close its links")
    what = digest.add_mutually_exclusive_group(required=True)
    what.add_argument("--body", metavar="ID", help="whose digest to show, preview or send")
    what.add_argument("--revoke", metavar="BODY", help="close all links and reply addresses of this body's mails")
    digest.add_argument("--from", dest="start", type=_moment, metavar="TIME", help="ISO 8601; default: a week ago")
    digest.add_argument("--to", dest="end", type=_end, metavar="TIME", help="ISO 8601; default: now")
    digest.add_argument("--send", action="store_true", help="send what the body was not told yet, now")
    digest.add_argument(
        "--preview", type=Path, metavar="FOLDER", help="write what would be sent now (or of --from and --to) as files"
    )
    digest.set_defaults(call=with_register(_digest))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(_MOMENT_EXPECTED) from error


def _end(text: str) -> datetime:
    """A bare day as an end includes that day."""
    moment = _moment(text)
    return moment + timedelta(days=1) if len(text) == len("2026-11-23") else moment


async def _digest(options: argparse.Namespace, register: Register) -> int:
    bodies = register.catalogue.bodies
    # A body that has left the configuration may still have links.
    if options.revoke:
        closed = await register.digest_reading.revoke(options.revoke)
        print(f"Geschlossen: {closed} Links und Antwortadressen von „{options.revoke}“.")
        return 0
    if options.body not in bodies:
        return _refuse(f"Die Stelle „{options.body}“ gibt es nicht. Möglich sind: {', '.join(sorted(bodies))}.")
    if options.send and (options.start or options.end or options.preview):
        return _refuse("--send schickt alles, was die Stelle noch nicht kennt: bitte ohne --from und --to.")
    now = datetime.now(UTC)
    if options.send:
        number = await register.write_digest(options.body, Period(f"on demand {now:%Y-%m-%dT%H:%M:%S.%f}", now), now)
        print(_sent(number or 0, bodies[options.body].name))
        return 0
    return await _show(options, register, now)


async def _show(options: argparse.Namespace, register: Register, now: datetime) -> int:
    from services.notifier.digest import digest_values, waiting_for

    has_window = bool(options.start or options.end or not options.preview)
    end = _in_region(register, options.end) or now
    start = (_in_region(register, options.start) or end - _WINDOW) if has_window else None
    if start and end <= start:
        return _refuse("--to liegt vor --from: bitte tauschen Sie die Zeitpunkte.")
    digest = await register.digest_reading.draft(options.body, start, end, now)
    held = await waiting_for(register, options.body)
    if not digest.contents.entries and not held:
        print("In diesem Zeitraum gibt es keine Ideen für diese Stelle.")
        return 0
    link = f"{register.catalogue.settings.web.public_url.rstrip('/')}/uebersicht/vorschau" if options.preview else ""
    values = digest_values(register.catalogue, digest, now, held, link)
    if options.preview:
        _write(options.preview, register, digest.contents, values, now)
        print(f"Die Vorschau liegt in {options.preview}. Gesendet wurde nichts.")
    else:
        say(register.catalogue.texts.render(OWN_LANGUAGE, "digest", Part.TEXT, values).rstrip("\n"))
    return 0


def _write(folder: Path, register: Register, contents: Contents, values: Values, now: datetime) -> None:
    """The mail as it would leave, its two parts, and a page that shows it in each width, light and dark."""
    from services.notifier.channels.email import compose

    texts, settings = register.catalogue.texts, register.catalogue.settings
    address = register.catalogue.bodies[contents.body].email[0]
    mail = Notification(0, "preview", EMAIL, address, OWN_LANGUAGE, "digest", {}, now, now, 1)
    page = texts.render(OWN_LANGUAGE, "digest", Part.HTML, values)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digest.eml").write_bytes(compose(texts, settings.email, mail, values))
    (folder / "digest.txt").write_text(texts.render(OWN_LANGUAGE, "digest", Part.TEXT, values), encoding="utf-8")
    (folder / "digest.html").write_text(page, encoding="utf-8")
    (folder / "preview.html").write_text(_preview(page), encoding="utf-8")


def _preview(page: str) -> str:
    frames = "\n".join(
        f'<iframe sandbox="allow-same-origin" width="{width}" height="600" srcdoc="{html.escape(look)}"></iframe>'
        for look in (_DARK.sub("@media not all", page), _DARK.sub("@media all", page))
        for width in _WIDTHS
    )
    return _PAGE.replace("FRAMES", frames)


_PAGE = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>Vorschau der Übersicht</title>
<style>
body { align-items: flex-start; display: flex; gap: 16px; margin: 16px; width: 1888px }
iframe { border: 0 }
</style>
</head><body>
FRAMES
<script>
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    frame.height = frame.contentDocument.documentElement.scrollHeight;
  }
});
</script>
</body></html>
"""


def _in_region(register: Register, moment: datetime | None) -> datetime | None:
    """A time without an offset is meant as people of the region read their clocks."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=register.catalogue.settings.region.zone)


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


def _sent(number: int, body: str) -> str:
    if not number:
        return "Es gibt nichts Neues."
    return f"1 Idee geht an {body}." if number == 1 else f"{number} Ideen gehen an {body}."
