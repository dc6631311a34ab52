"""The command `evaluate`: how right the model is about labelled messages, and the model card that says so."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.corpus import CorpusError, Example, read_corpus, read_examples
from nlp.evaluate import PAIRS, PLACES, evaluate, message_files
from services.cli.learning import CORPUS_DIR, EVALUATION_DIR
from services.cli.models import MODEL_DIR, model_store
from services.cli.tools import ToolError, serving_model
from services.ideas.catalogue import Catalogue

if TYPE_CHECKING:
    from nlp.card import Measurements

Commands = Any  # argparse keeps the type of its sub-parsers to itself
MODEL_CARD = MODEL_DIR.parent / "MODEL_CARD.md"
PICTURES = Path(__file__).parents[2] / "docs" / "model"


def add_commands(commands: Commands) -> None:
    """Declare `evaluate`."""
    command = commands.add_parser("evaluate", help="score the model against labelled JSON lines")
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: those of nlp/evaluation")
    command.add_argument("--card", action="store_true", help="measure the shipped model and write its card with plots")
    command.set_defaults(call=_evaluate)


def _evaluate(options: argparse.Namespace, catalogue: Catalogue) -> int:
    if options.card and options.files:
        print("--card goes without files: the card is about nlp/evaluation", file=sys.stderr)
        return 2
    try:
        rows = _rows(options.files or message_files(EVALUATION_DIR), catalogue)
        if options.card:
            _write_card(_measured(rows, catalogue))
        else:
            print(evaluate(serving_model(catalogue), rows).table())
    except CorpusError as error:
        raise ToolError(str(error)) from error
    return 0


def _rows(files: Sequence[Path], catalogue: Catalogue) -> tuple[Example, ...]:
    rows = tuple(row for path in files for row in read_examples(path, catalogue.topics))
    if not rows:
        raise ToolError(f"{EVALUATION_DIR}: expected *.jsonl with labelled messages")
    return rows


def _measured(rows: Sequence[Example], catalogue: Catalogue) -> Measurements:
    """All that the card says of the shipped model; raises CorpusError, and ToolError for a model that is of no use."""
    from nlp.artefact import ModelError, read_facts
    from nlp.card import Measurements
    from nlp.evaluate_pairs import evaluate_pairs, read_pairs
    from nlp.evaluate_places import evaluate_places, read_place_cases
    from nlp.pipeline import load
    from nlp.speed import cut, measured

    model_dir, places_dir = model_store(catalogue).shipped, catalogue.directory / "places"
    try:
        facts, classifier = read_facts(model_dir), load(model_dir, places_dir, catalogue.topics)
    except ModelError as error:
        raise ToolError(str(error)) from error
    corpus = read_corpus(CORPUS_DIR, catalogue.topics).examples
    cases, pairs = EVALUATION_DIR / PLACES, EVALUATION_DIR / PAIRS
    unseen = [pair for pair in read_pairs(pairs) if pair.is_to_measure] if pairs.exists() else []
    return Measurements(
        facts=facts,
        corpus=corpus,
        rows=rows,
        aside=evaluate(classifier, rows),
        places=evaluate_places(classifier, read_place_cases(cases)) if cases.exists() else None,
        pairs=evaluate_pairs(classifier, unseen) if unseen else None,
        speed=measured(model_dir, places_dir, cut(example.text for example in corpus)),
    )


def _write_card(found: Measurements) -> None:
    from nlp.card import model_card, plots

    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, drawn in plots(found).items():
        (PICTURES / name).write_text(drawn, encoding="utf-8")
    pictures = Path(os.path.relpath(PICTURES, MODEL_CARD.parent)).as_posix()
    MODEL_CARD.write_text(model_card(found, pictures), encoding="utf-8")
    print(f"{MODEL_CARD}: {found.aside.summary()}")
