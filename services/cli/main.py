"""The command line: what can be called, and how its errors reach the caller.

Exit codes: 0 done, 1 it could not be done, 2 wrong usage or configuration, 3 a trained model was not promoted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from nlp.gazetteer import GazetteerError, load_gazetteer
from services.cli import (
    acting,
    corpus,
    digest,
    evaluation,
    learning,
    measures,
    outbox,
    places,
    post,
    privacy,
    routing,
    staff,
    teaching,
    tools,
)
from services.cli.logs import configure_logging
from services.cli.service import Parts, serve
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.errors import ConfigurationError, IdeenkanalError, Problem

SERVICES = {
    "run": ("everything in one process", Parts(intake=True, notifier=True, desk=True)),
    "intake": ("receive and read messages", Parts(intake=True)),
    "notifier": ("write digests and send notifications", Parts(notifier=True)),
    "desk": ("serve the web pages", Parts(desk=True)),
}
log = structlog.get_logger(__name__)

_SHIPPED_CONFIG = Path(__file__).parents[2] / "config"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options, _configuration(options.config))
    except ConfigurationError as error:
        print(f"{len(error.problems)} problem(s) in the configuration:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    except (IdeenkanalError, tools.ToolError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", file=sys.stderr)
        return 1


def _configuration(directory: Path) -> Catalogue:
    """The configuration, its places checked too; raises ConfigurationError with the problems of all files together."""
    problems: list[Problem] = []
    try:
        load_gazetteer(directory / "places")
    except GazetteerError as error:
        problems += [_places_problem(defect) for defect in error.defects]
    try:
        catalogue = read_catalogue(directory, os.environ)
    except ConfigurationError as error:
        raise ConfigurationError([*error.problems, *problems]) from error
    if problems:
        raise ConfigurationError(problems)
    return catalogue


def _places_problem(defect: str) -> Problem:
    file, line, expected = defect.split(":", 2)
    return Problem(f"places/{file}", f"line {line}", expected.strip())


def _run(options: argparse.Namespace, catalogue: Catalogue) -> int:
    if options.command in SERVICES:
        configure_logging()
        # Without it python-telegram-bot warns at each 429 that it will change a type.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        try:
            asyncio.run(serve(catalogue, SERVICES[options.command][1]))
        except (IdeenkanalError, OSError):
            raise
        except Exception:
            # The interpreter's own traceback would repeat the error's message, which may be someone's words.
            log.exception("service.died")
            return 1
        return 0
    result: int = options.call(options, catalogue)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ideenkanal", description="Ideas of a region, and the answers to them.")
    configured = Path(os.environ.get("IDEENKANAL_CONFIG", _SHIPPED_CONFIG))
    parser.add_argument(
        "--config", type=Path, default=configured, help="the configuration folder (default: %(default)s)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (purpose, _) in SERVICES.items():
        commands.add_parser(name, help=purpose)
    staff.add_commands(commands)
    digest.add_commands(commands)
    acting.add_commands(commands)
    routing.add_commands(commands)
    measures.add_commands(commands)
    post.add_commands(commands)
    outbox.add_commands(commands)
    privacy.add_commands(commands)
    teaching.add_commands(commands)
    learning.add_commands(commands)
    corpus.add_commands(commands)
    evaluation.add_commands(commands)
    tools.add_commands(commands)
    places.add_commands(commands)
    return parser
