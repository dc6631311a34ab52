"""Commands for whoever keeps the model: train it from the corpus and from corrections, and say which one serves."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.corpus import CorpusError, Example, read_examples
from nlp.errors import ModelError
from nlp.evaluate import message_files
from services.cli.models import MODEL_DIR, model_store
from services.cli.service import open_register
from services.cli.tools import ToolError
from services.ideas.catalogue import Catalogue

if TYPE_CHECKING:
    from nlp.comparison import Comparison
    from nlp.model_store import ModelStore
    from nlp.train import TrainingReport

Commands = Any  # argparse keeps the type of its sub-parsers to itself
CORPUS_DIR = MODEL_DIR.parent / "corpus"
EVALUATION_DIR = MODEL_DIR.parent / "evaluation"
# The new model is there, but was not promoted.
REFUSED = 3


def add_commands(commands: Commands) -> None:
    """Declare `train` and `model`."""
    train = commands.add_parser(
        "train", help="learn from the corpus and from corrections; promote the new model unless it is worse (code 3)"
    )
    train.add_argument("--shipped", action="store_true", help="make nlp/model from the corpus alone")
    train.add_argument("--if-needed", action="store_true", help="with --shipped: only where the corpus has changed")
    train.add_argument(
        "--config",
        dest="training",
        type=Path,
        metavar="FILE",
        help="how to train (default: nlp/configs/default.cfg)",
    )
    train.set_defaults(call=_train)
    model = commands.add_parser("model", help="the models of this installation: list, promote, rollback")
    actions = model.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all models, and which one serves").set_defaults(call=_stored(_list))
    promote = actions.add_parser("promote", help="let a model serve, whatever the comparison said")
    promote.add_argument("version", metavar="VERSION")
    promote.set_defaults(call=_stored(_promote))
    actions.add_parser("rollback", help="let the model serve that did before").set_defaults(call=_stored(_rollback))


def _train(options: argparse.Namespace, catalogue: Catalogue) -> int:
    if options.if_needed and not options.shipped:
        print(
            "--if-needed goes with --shipped: without it nothing is trained where there is nothing new", file=sys.stderr
        )
        return 2
    try:
        if options.shipped:
            return _train_shipped(catalogue, _Workshop.at(catalogue, options), only_if_needed=options.if_needed)
        return _learn(catalogue, _Workshop.at(catalogue, options, asyncio.run(_corrections(catalogue))))
    except (CorpusError, ModelError) as error:
        raise ToolError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Workshop:
    """What a model is made from: the topics, the training's config, and people's corrections."""

    topics: tuple[str, ...]
    config: Path
    corrections: tuple[Example, ...]

    @classmethod
    def at(cls, catalogue: Catalogue, options: argparse.Namespace, corrections: tuple[Example, ...] = ()) -> _Workshop:
        from nlp.train import CONFIG

        return cls(tuple(catalogue.topics), options.training or CONFIG, corrections)

    def has_made(self, model_dir: Path) -> bool:
        """Whether the model was made from all this and nothing else."""
        from nlp.artefact import read_facts
        from nlp.train import training_corpus

        with _config_blamed(self.config):
            digest = training_corpus(CORPUS_DIR, self.topics, self.corrections, self.config).digest
        try:
            return read_facts(model_dir).digest == digest
        except ModelError:
            return False

    def make(self, out: Path) -> TrainingReport:
        """Train a model; raises CorpusError, ModelError where the config names what is not there, and ToolError."""
        from nlp.train import train

        with _config_blamed(self.config):
            return train(CORPUS_DIR, self.topics, out, _progress, self.corrections, config=self.config)


@contextmanager
def _config_blamed(config: Path) -> Iterator[None]:
    """Raise ToolError that says which config cannot be used, and why."""
    from nlp.train import CONFIG

    try:
        yield
    # What spaCy raises for text that is no config is a ValueError; a setting that is not known is a TypeError.
    except (TypeError, ValueError) as error:
        if config == CONFIG:
            raise
        raise ToolError(f"{config}: it is no config for a training: {' '.join(str(error).split())}") from error


def _train_shipped(catalogue: Catalogue, workshop: _Workshop, *, only_if_needed: bool) -> int:
    out = model_store(catalogue).shipped
    if only_if_needed and workshop.has_made(out):
        return 0
    report = workshop.make(out)
    print(f"{out}: model {report.version} from {report.examples} messages in {report.seconds:.1f} s")
    print(report.unseen.summary())
    return 0


async def _corrections(catalogue: Catalogue) -> tuple[Example, ...]:
    async with AsyncExitStack() as stack:
        register = await open_register(stack, catalogue, create=False)
        return await register.teaching.examples()


def _learn(catalogue: Catalogue, workshop: _Workshop) -> int:
    """Train a candidate, compare it with the model that serves, and promote it unless it is worse."""
    store, corrections = model_store(catalogue), workshop.corrections
    taught = [example.id for example in corrections]
    print(f"{len(corrections)} corrections")
    if workshop.has_made(store.serving()):
        print("nothing new: the model that serves has learned from all of it")
        _forget(store, taught)
        return 0
    asked = _evaluation_set(workshop.topics)
    draft = store.draft()
    workshop.make(draft)
    version = store.add(draft, taught)
    comparison = _compared(catalogue, store, version, (asked, corrections))
    print(
        comparison.table() if comparison else "the model that serves cannot be used: there is nothing to compare with"
    )
    code = _decide(store, version, comparison.objections if comparison else ())
    _forget(store, taught)
    return code


def _forget(store: ModelStore, taught: Sequence[str]) -> None:
    for name in store.forget(taught):
        print(f"{name} is removed: it has learned from texts that have been erased since")


def _decide(store: ModelStore, version: str, objections: Sequence[str]) -> int:
    if objections:
        print(f"refused: {version} is worse than the model that serves ({'; '.join(objections)})")
        print(f"it stays as a candidate: ideenkanal model promote {version}")
        return REFUSED
    store.promote(version)
    print(f"promoted: {version} serves now; the way back: ideenkanal model rollback")
    return 0


def _evaluation_set(topics: Sequence[str]) -> tuple[Example, ...]:
    """Messages that no training has seen; raises CorpusError, and ToolError where there are none."""
    rows = tuple(row for path in message_files(EVALUATION_DIR) for row in read_examples(path, topics))
    if not rows:
        raise ToolError(f"{EVALUATION_DIR}: expected *.jsonl with labelled messages to compare models on")
    return rows


def _compared(
    catalogue: Catalogue, store: ModelStore, version: str, asked: tuple[Sequence[Example], Sequence[Example]]
) -> Comparison | None:
    """How the candidate does beside the model that serves; None where that one cannot be used."""
    from nlp.comparison import compare
    from nlp.pipeline import load

    places, topics = catalogue.directory / "places", catalogue.topics
    candidate = load(store.path(version), places, topics)
    try:
        serving = load(store.serving(), places, topics)
    except ModelError:
        return None
    return compare(serving, candidate, *asked)


def _stored(action: Callable[[argparse.Namespace, ModelStore], str]) -> Callable[[argparse.Namespace, Catalogue], int]:
    """A command that looks at the models or changes which one serves, and prints what it says."""

    def call(options: argparse.Namespace, catalogue: Catalogue) -> int:
        from nlp.model_store import ModelStoreError

        try:
            print(action(options, model_store(catalogue)))
        except ModelStoreError as error:
            raise ToolError(str(error)) from error
        return 0

    return call


def _list(_options: argparse.Namespace, store: ModelStore) -> str:
    return "\n".join(
        f"{model.name:<20}{model.version or 'unreadable':<20}{model.standing}" for model in store.versions()
    )


def _promote(options: argparse.Namespace, store: ModelStore) -> str:
    store.promote(options.version)
    return f"{options.version} serves now; running services take it over within seconds"


def _rollback(_options: argparse.Namespace, store: ModelStore) -> str:
    return f"{store.rollback()} serves now; running services take it over within seconds"


def _progress(line: str) -> None:
    print(line, file=sys.stderr)
