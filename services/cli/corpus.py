"""Commands for whoever writes the corpus: what is wrong with it, and how far a second reader agrees with its labels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from nlp.corpus import CorpusError, Example, read_corpus, read_examples
from nlp.evaluate import message_files
from services.cli.learning import CORPUS_DIR, EVALUATION_DIR
from services.cli.tools import ToolError
from services.ideas.catalogue import Catalogue

Commands = Any  # argparse keeps the type of its sub-parsers to itself


def add_commands(commands: Commands) -> None:
    """Declare `corpus`."""
    corpus = commands.add_parser("corpus", help="the labelled messages: check, agree")
    actions = corpus.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="counts, and what is said twice (code 1)")
    check.add_argument("--labels", action="store_true", help="also list labels to read again (trains, takes minutes)")
    check.set_defaults(call=_check)
    agree = actions.add_parser("agree", help="how far a second reader agrees with the labels")
    agree.add_argument("file", type=Path, metavar="FILE", help="id, kind, topics, other primary, districts, x; tabs")
    agree.set_defaults(call=_agree)


def _check(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.corpus_check import RUN, near_duplicates, shared_runs, targets

    corpus, aside = _corpus(catalogue), _set_aside(catalogue)
    print(f"{len(corpus)} messages in {CORPUS_DIR}, {len(aside)} set aside to measure with")
    for target in targets(corpus, catalogue.topics):
        print(target)
    runs, alike = shared_runs((*corpus, *aside)), near_duplicates((*corpus, *aside))
    print(f"{len(runs)} pairs of messages share {RUN} words in a row, {len(alike)} are nearly the same")
    for pair in (*runs, *alike):
        print(pair)
    if options.labels:
        _print_doubts(corpus, catalogue)
    return 1 if runs or alike else 0


def _print_doubts(corpus: tuple[Example, ...], catalogue: Catalogue) -> None:
    from nlp.corpus_check import doubts
    from nlp.train import asked_unseen

    found = doubts(asked_unseen(corpus, list(catalogue.topics), lambda line: print(line, file=sys.stderr)))
    print(f"{len(found)} labels to read again")
    for doubt in found:
        print(doubt)


def _agree(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.agreement import agreement, read_second_reader

    try:
        second = read_second_reader(options.file)
    except CorpusError as error:
        raise ToolError(str(error)) from error
    print(agreement((*_corpus(catalogue), *_set_aside(catalogue)), second).table())
    return 0


def _corpus(catalogue: Catalogue) -> tuple[Example, ...]:
    try:
        return read_corpus(CORPUS_DIR, catalogue.topics).examples
    except CorpusError as error:
        raise ToolError(str(error)) from error


def _set_aside(catalogue: Catalogue) -> tuple[Example, ...]:
    try:
        return tuple(row for path in message_files(EVALUATION_DIR) for row in read_examples(path, catalogue.topics))
    except CorpusError as error:
        raise ToolError(str(error)) from error
