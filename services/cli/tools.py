"""Commands for operators and scripts: the contracts for JSON lines, the model, the database, and health."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from services.cli.service import MODEL_DIR, load_model
from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.store import Store

Commands = Any  # argparse keeps the type of its sub-parsers to itself
CORPUS_DIR = MODEL_DIR.parent / "corpus"


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
    understand.set_defaults(call=_understand)
    read_mail = commands.add_parser("read-mail", help="one JSON line for each raw RFC 5322 message")
    read_mail.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read_mail.set_defaults(call=_read_mail)
    commands.add_parser("train", help="train the model from nlp/corpus/").set_defaults(call=_train)
    evaluate = commands.add_parser("evaluate", help="score the model against labelled JSON lines")
    evaluate.add_argument("file", type=Path, metavar="FILE")
    evaluate.set_defaults(call=_evaluate)


def _config(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    print(
        f"{catalogue.directory}: {len(catalogue.topics)} topics, {len(catalogue.bodies)} bodies, "
        f"{len(catalogue.routes)} routes, {len(catalogue.lifecycle.stages)} stages: all is well"
    )
    return 0


def _migrate(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    async def run() -> str:
        async with AsyncExitStack() as stack:
            storage = catalogue.settings.storage
            return await migrate(await stack.enter_async_context(Store(storage.url)))

    print(f"the database has schema {asyncio.run(run())}")
    return 0


def _healthcheck(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    port = catalogue.settings.web.port
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            print(answer.read().decode())
    except urllib.error.URLError as error:
        raise ToolError(f"nothing healthy answers on port {port} ({error.reason})") from error
    return 0


def _understand(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    rows = list(_json_lines(sys.stdin.read().splitlines()))
    classifier = load_model(catalogue)
    understood = classifier.understand_many((row["subject"], row["text"]) for row in rows)
    for row, understanding in zip(rows, understood, strict=True):
        print(json.dumps({"id": row["id"], **understanding.to_json()}, ensure_ascii=False))
    return 0


def _json_lines(lines: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield {"id": row["id"], "subject": str(row.get("subject") or ""), "text": str(row["text"])}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ToolError(f'line {number}: expected {{"id", "subject", "text"}} as one JSON object') from error


def _read_mail(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from services.intake.email.read import MailReader

    reader = MailReader(catalogue.settings.email.addresses)
    for file in options.files:
        reading = reader.read_mail(file.read_bytes(), {})
        print(json.dumps(reading.to_json(str(file)), ensure_ascii=False))
    return 0


def _train(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.corpus import CorpusError
    from nlp.train import train

    try:
        report = train(CORPUS_DIR, list(catalogue.topics), MODEL_DIR, lambda line: print(line, file=sys.stderr))
    except CorpusError as error:
        raise ToolError(str(error)) from error
    print(f"{MODEL_DIR}: model {report.version} from {report.examples} messages in {report.seconds:.1f} s")
    print(report.held_out.summary())
    return 0


def _evaluate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.corpus import CorpusError, read_examples
    from nlp.evaluate import evaluate

    try:
        rows = read_examples(options.file, catalogue.topics)
    except CorpusError as error:
        raise ToolError(str(error)) from error
    print(evaluate(load_model(catalogue), rows).table())
    return 0
