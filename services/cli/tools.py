"""Commands for operators and scripts: the contracts for JSON lines, the model, the database, and health."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from services.cli.explaining import explain, has_colours
from services.cli.models import load_model
from services.ideas.advice import advice
from services.ideas.bodies import Body, Cadence
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL, TELEGRAM
from services.ideas.migrate import migrate
from services.ideas.periods import next_due
from services.ideas.store import Store

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - told apart, not listened on


class ToolError(Exception):
    """What a command was given cannot be used; the message says what, where, and what was expected."""


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    config = commands.add_parser("config", help="check the configuration")
    config.add_argument("action", choices=["check"])
    config.set_defaults(call=_config)
    commands.add_parser("migrate", help="bring the database to this version's schema").set_defaults(call=_migrate)
    commands.add_parser("healthcheck", help="exit 0 if the local service answers").set_defaults(call=_healthcheck)
    understand = commands.add_parser(
        "understand", help="read JSON lines from standard input, write their understanding"
    )
    understand.add_argument("--explain", action="store_true", help="write it for a person, with the words that decided")
    understand.add_argument("texts", nargs="*", metavar="TEXT", help="messages, in place of JSON lines")
    understand.set_defaults(call=_understand)
    read_mail = commands.add_parser("read-mail", help="one JSON line for each raw RFC 5322 message")
    read_mail.add_argument("--explain", action="store_true", help="also say which rule decided what it is, and why")
    read_mail.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read_mail.set_defaults(call=_read_mail)


def _config(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    from services.notifier.channels.signature import signer

    signer(catalogue.settings.dkim, catalogue.settings.email.domain)
    now = datetime.now(UTC)
    for body in catalogue.bodies.values():
        mailboxes = ", ".join(body.email) if EMAIL in body.digest.channels else "no mail"
        print(f"{body.id}: {mailboxes}; {_next_digest(catalogue, body, now)}")
    size = (
        f"{catalogue.directory}: {len(catalogue.topics)} topics, {len(catalogue.bodies)} bodies, "
        f"{len(catalogue.routes)} routes, {len(catalogue.lifecycle.stages)} stages"
    )
    today = now.astimezone(catalogue.settings.region.zone).date()
    if found := advice(catalogue, today):
        print(f"{size}: it can be used, and {len(found)} thing(s) in it should be looked at:", file=sys.stderr)
        for problem in found:
            print(f"  {problem}", file=sys.stderr)
        return 2
    print(f"{size}: all is well")
    return 0


def _next_digest(catalogue: Catalogue, body: Body, now: datetime) -> str:
    """When a body is written to next, if there is something to say."""
    group = " and in its Telegram group" if body.telegram and TELEGRAM in body.digest.channels else ""
    if body.digest.every is Cadence.IMMEDIATELY:
        return f"at once{group}"
    zone = body.digest.zone or catalogue.settings.region.zone
    due = next_due(body.digest, zone, now)
    return f"next digest{group} {due.astimezone(zone):%a %Y-%m-%d %H:%M} ({zone.key})" if due else "no digest any more"


def _migrate(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    async def run() -> str:
        async with AsyncExitStack() as stack:
            storage = catalogue.settings.storage
            return await migrate(await stack.enter_async_context(Store(storage.url)))

    print(f"the database has schema {asyncio.run(run())}")
    return 0


def _healthcheck(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    web = catalogue.settings.web
    host = "127.0.0.1" if web.host in _EVERY_ADDRESS else web.host
    connection = HTTPConnection(host, web.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        raise ToolError(f"nothing healthy answers on {host}, port {web.port} ({type(error).__name__})") from error
    finally:
        connection.close()
    print(text)
    return 0 if answer.status == 200 else 1


def _understand(options: argparse.Namespace, catalogue: Catalogue) -> int:
    rows = [{"id": number, "subject": "", "text": text} for number, text in enumerate(options.texts, start=1)]
    rows = rows or list(_json_lines(sys.stdin.buffer))
    understood = serving_model(catalogue).understand_many((row["subject"], row["text"]) for row in rows)
    for row, understanding in zip(rows, understood, strict=True):
        if options.explain:
            colour = has_colours(sys.stdout)
            print(explain(catalogue, row["subject"], row["text"], understanding, colour=colour), end="\n\n")
        else:
            print(json.dumps({"id": row["id"], **understanding.to_json()}, ensure_ascii=False))
    return 0


def serving_model(catalogue: Catalogue) -> Any:
    """The classifier that serves; raises ToolError where there is none that can be used."""
    from nlp.artefact import ModelError
    from nlp.gazetteer import GazetteerError

    try:
        return load_model(catalogue)
    except (ModelError, GazetteerError) as error:
        raise ToolError(str(error)) from error


def _json_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            wanted = {"id": row["id"], "subject": row.get("subject") or "", "text": row["text"]}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ToolError(_expected(number)) from error
        if not (isinstance(wanted["subject"], str) and isinstance(wanted["text"], str)):
            raise ToolError(_expected(number))
        yield wanted


def _expected(number: int) -> str:
    return f'line {number}: expected {{"id", "subject", "text"}} as one JSON object, the last two as strings'


def _read_mail(options: argparse.Namespace, catalogue: Catalogue) -> int:
    return asyncio.run(_read_files(options, catalogue))


async def _read_files(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from services.intake.email.errors import MailDefeated
    from services.intake.email.worker.reading import ReadingProcess

    settings, unread = catalogue.settings, 0
    async with ReadingProcess(settings.email, settings.region.reference_prefix) as process:
        for file in options.files:
            try:
                reading = await process.read(file.read_bytes(), {})
            except MailDefeated as error:
                print(f"{file}: it cannot be read ({error})", file=sys.stderr)
                unread += 1
                continue
            explanation = {"explanation": reading.explanation()} if options.explain else {}
            print(json.dumps({**reading.to_json(str(file)), **explanation}, ensure_ascii=False))
    return 1 if unread else 0
