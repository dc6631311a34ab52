"""Commands for operators and scripts: the contracts for JSON lines, the model, the database, and health."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from services.cli.service import MODEL_DIR, load_model
from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.store import Store

Commands = Any  # argparse keeps the type of its sub-parsers to itself
CORPUS_DIR = MODEL_DIR.parent / "corpus"
MODEL_CARD = MODEL_DIR.parent / "MODEL_CARD.md"
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
    understand.set_defaults(call=_understand)
    read_mail = commands.add_parser("read-mail", help="one JSON line for each raw RFC 5322 message")
    read_mail.add_argument("--explain", action="store_true", help="also say which rule decided what it is, and why")
    read_mail.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read_mail.set_defaults(call=_read_mail)
    train = commands.add_parser("train", help="train the model from nlp/corpus/ and write its card")
    train.add_argument("--if-needed", action="store_true", help="only where the model is missing or of another corpus")
    train.set_defaults(call=_train)
    evaluate = commands.add_parser("evaluate", help="score the model against labelled JSON lines")
    evaluate.add_argument("file", type=Path, metavar="FILE")
    evaluate.set_defaults(call=_evaluate)


def _config(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    from services.notifier.channels.signature import signer

    signer(catalogue.settings.dkim, catalogue.settings.email.domain)
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


def _understand(_options: argparse.Namespace, catalogue: Catalogue) -> int:
    rows = list(_json_lines(sys.stdin.buffer))
    classifier = _classifier(catalogue)
    understood = classifier.understand_many((row["subject"], row["text"]) for row in rows)
    for row, understanding in zip(rows, understood, strict=True):
        print(json.dumps({"id": row["id"], **understanding.to_json()}, ensure_ascii=False))
    return 0


def _classifier(catalogue: Catalogue) -> Any:
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


def _train(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.artefact import read_facts
    from nlp.card import model_card
    from nlp.corpus import CorpusError
    from nlp.train import train

    try:
        if options.if_needed and _is_trained(list(catalogue.topics)):
            return 0
        report = train(CORPUS_DIR, list(catalogue.topics), MODEL_DIR, lambda line: print(line, file=sys.stderr))
    except CorpusError as error:
        raise ToolError(str(error)) from error
    MODEL_CARD.write_text(model_card(read_facts(MODEL_DIR)), encoding="utf-8")
    print(f"{MODEL_DIR}: model {report.version} from {report.examples} messages in {report.seconds:.1f} s")
    print(report.held_out.summary())
    return 0


def _is_trained(topics: list[str]) -> bool:
    from nlp.artefact import ModelError, read_facts
    from nlp.train import training_corpus

    try:
        return read_facts(MODEL_DIR).digest == training_corpus(CORPUS_DIR, topics).digest
    except ModelError:
        return False


def _evaluate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.corpus import CorpusError, read_examples
    from nlp.evaluate import evaluate

    try:
        rows = read_examples(options.file, catalogue.topics)
    except CorpusError as error:
        raise ToolError(str(error)) from error
    print(evaluate(_classifier(catalogue), rows).table())
    return 0
