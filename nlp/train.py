"""Training: from the labelled messages to a model directory, with figures from messages that it had not seen."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example as Gold
from spacy.util import load_config, load_model_from_config, minibatch, registry

from nlp.artefact import HEADS, KIND, TOPICS, ModelFacts, label, write_model
from nlp.calibration import Floats, best_temperature, cooled, thresholds
from nlp.corpus import Corpus, Example, read_corpus
from nlp.evaluate import Evaluation, evaluate
from nlp.hints import read_hints
from nlp.pipeline import SpacyClassifier
from nlp.understanding import Kind, Understanding

CONFIG = Path(__file__).parent / "configs" / "default.cfg"
LEXICON = {head: Path(__file__).parent / "lexicon" / f"{head}.toml" for head in HEADS}


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came out: the model's version and digest, how many examples it has, and the figures.

    `held_out` was measured on messages that the measured model had not seen; the model that is written has learned
    from those as well. The figures say nothing of places.
    """

    version: str
    digest: str
    examples: int
    seconds: float
    held_out: Evaluation


@dataclass(frozen=True, slots=True)
class _Plan:
    """The block [ideenkanal] of the config (see there) and the seed."""

    release: str
    epochs: int
    batch_size: int
    folds: int
    held_out: int
    precision: float
    spam_at_least: float
    other_at_least: float
    seed: int


def train(
    corpus_dir: Path,
    topics: Sequence[str],
    out: Path,
    progress: Callable[[str], None],
    corrections: Sequence[Example] = (),
) -> TrainingReport:
    """Train on the corpus plus people's corrections and replace `out` by the new model in one step.

    Raises CorpusError (with every defect) before anything is written. The same corpus gives the same predictions.
    """
    start = time.monotonic()
    corpus = training_corpus(corpus_dir, topics, corrections)
    trainer = _Trainer(tuple(topics), progress)
    progress(f"{len(corpus.examples)} labelled messages, digest {corpus.digest[:8]}")
    held_out = trainer.measure(corpus.examples)
    progress(held_out.summary())
    progress("learning from all of them")
    nlp, facts = trainer.fit(corpus.examples)
    version = f"{trainer.plan.release}-{corpus.digest[:8]}"
    write_model(nlp, replace(facts, version=version, digest=corpus.digest, held_out=_figures(held_out)), out)
    seconds = time.monotonic() - start
    progress(f"{version} written to {out} after {seconds:.0f} s")
    return TrainingReport(version, corpus.digest, len(corpus.examples), seconds, held_out)


def training_corpus(corpus_dir: Path, topics: Sequence[str], corrections: Sequence[Example] = ()) -> Corpus:
    """The corpus with the digest that a model trained on it carries; raises CorpusError."""
    return read_corpus(corpus_dir, topics, CONFIG, *LEXICON.values(), corrections=corrections)


def measure(examples: Sequence[Example], topics: Sequence[str], progress: Callable[[str], None]) -> Evaluation:
    """How right a model is about the held-out examples when it has learned from the others only."""
    return _Trainer(tuple(topics), progress).measure(examples)


def _figures(held_out: Evaluation) -> dict[str, Any]:
    # Places are not learned from the corpus, and the measured pipeline has none.
    return {name: figure for name, figure in held_out.to_json().items() if name != "districts"}


def _plan(config: Any) -> _Plan:
    return _Plan(**config["ideenkanal"], seed=config["training"]["seed"])


def _bucket(name: str, buckets: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % buckets


def _split(examples: Sequence[Example], one_in: int) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The examples to learn from and those to measure with; an id stays on its side when others come or go."""
    unseen = tuple(example for example in examples if _bucket(example.id, one_in) == 0)
    return tuple(example for example in examples if _bucket(example.id, one_in) != 0), unseen


class _Trainer:
    """Fits pipelines to examples, each with temperatures and thresholds from predictions on unseen folds."""

    def __init__(self, topics: tuple[str, ...], progress: Callable[[str], None]) -> None:
        self.topics = topics
        self.progress = progress
        self.config = load_config(CONFIG)
        self.plan = _plan(self.config)
        self.hints = _hints(topics)
        self.labels = {TOPICS: [label(TOPICS, topic) for topic in topics], KIND: [label(KIND, kind) for kind in Kind]}

    def fit(self, examples: Sequence[Example]) -> tuple[Language, ModelFacts]:
        """A trained pipeline and its facts, still without version, digest and figures."""
        facts = self._calibrate(examples)
        return self._learn(examples), facts

    def measure(self, examples: Sequence[Example]) -> Evaluation:
        """The figures on the held-out examples of a pipeline that has learned from the others."""
        seen, unseen = _split(examples, self.plan.held_out)
        self.progress(f"measuring: learning from {len(seen)}, asking about {len(unseen)}")
        return evaluate(SpacyClassifier(*self.fit(seen)), unseen)

    def _calibrate(self, examples: Sequence[Example]) -> ModelFacts:
        parts = [[e for e in examples if _bucket(f"fold {e.id}", self.plan.folds) == i] for i in range(self.plan.folds)]
        scores: dict[str, list[Floats]] = {head: [] for head in HEADS}
        asked: list[Example] = []
        for number, part in enumerate(parts, start=1):
            if not part or len(part) == len(examples):
                continue
            self.progress(f"  fold {number} of {self.plan.folds}")
            chosen = {e.id for e in part}
            nlp = self._learn([e for e in examples if e.id not in chosen])
            asked.extend(part)
            for head, rows in self._ask(nlp, part).items():
                scores[head].append(rows)
        return self._facts(asked, {head: np.concatenate(rows) for head, rows in scores.items()})

    def _facts(self, asked: Sequence[Example], scores: dict[str, Floats]) -> ModelFacts:
        truth = {head: self._truth(asked, head) for head in HEADS}
        warmth = {head: best_temperature(scores[head], truth[head], exclusive=head == KIND) for head in HEADS}
        certain = cooled(scores[TOPICS], warmth[TOPICS], exclusive=False)
        chosen = thresholds(certain, truth[TOPICS], self.plan.precision)
        return ModelFacts(
            version="",
            digest="",
            topics=self.topics,
            thresholds=dict(zip(self.topics, chosen, strict=True)),
            temperatures=warmth,
            at_least={Kind.SPAM: self.plan.spam_at_least, Kind.OTHER: self.plan.other_at_least},
            held_out={},
        )

    def _learn(self, examples: Sequence[Example]) -> Language:
        nlp = load_model_from_config(self.config, auto_fill=True)
        docs = [nlp.make_doc(Understanding.source(e.subject, e.text)) for e in examples]
        unlabelled = [Gold(doc, doc) for doc in docs]
        nlp.get_pipe("features").initialize(lambda: unlabelled, nlp=nlp, hints=self.hints)  # type: ignore[attr-defined]
        for head in HEADS:
            self._learn_head(nlp, head, self._gold(examples, docs, head))
        return nlp

    def _learn_head(self, nlp: Language, head: str, gold: list[Gold]) -> None:
        # The heads are updated one by one and not by `nlp.update`: that copies each text every time, and its
        # features with it would have to be found anew. Topics and kinds also share `doc.cats`, which spaCy would
        # take for labels of one head.
        pipe: Any = nlp.get_pipe(head)
        pipe.initialize(lambda: gold, nlp=nlp, labels=self.labels[head])
        optimizer = registry.resolve({"optimizer": self.config["training"]["optimizer"]})["optimizer"]
        order = random.Random(self.plan.seed)  # noqa: S311  (no secret: the same order every time is the point)
        for _ in range(self.plan.epochs):
            order.shuffle(gold)
            for batch in minibatch(gold, self.plan.batch_size):  # type: ignore[no-untyped-call]
                pipe.update(batch, sgd=optimizer)
        with pipe.model.use_params(optimizer.averages):
            averaged = {name: pipe.model.get_param(name).copy() for name in pipe.model.param_names}
        for name, value in averaged.items():
            pipe.model.set_param(name, value)

    def _gold(self, examples: Sequence[Example], docs: Sequence[Doc], head: str) -> list[Gold]:
        gold = []
        for example, doc in zip(examples, docs, strict=True):
            # The layer is sized by the features of the references, so that they carry those of their texts.
            reference = Doc(doc.vocab, words=[token.text for token in doc], user_data=dict(doc.user_data))
            reference.cats = {name: float(name in _labels(example, head)) for name in self.labels[head]}
            gold.append(Gold(doc, reference))
        return gold

    def _ask(self, nlp: Language, examples: Sequence[Example]) -> dict[str, Floats]:
        docs = list(nlp.pipe(Understanding.source(e.subject, e.text) for e in examples))
        return {head: np.array([[doc.cats[name] for name in self.labels[head]] for doc in docs]) for head in HEADS}

    def _truth(self, examples: Sequence[Example], head: str) -> Floats:
        return np.array([[float(name in _labels(e, head)) for name in self.labels[head]] for e in examples])


def _hints(topics: Iterable[str]) -> dict[str, tuple[str, ...]]:
    names: dict[str, Iterable[str]] = {TOPICS: topics, KIND: Kind}
    read = {head: read_hints(LEXICON[head], names[head]) for head in HEADS}
    return {label(head, name): pieces for head in HEADS for name, pieces in read[head].items()}


def _labels(example: Example, head: str) -> Iterator[str]:
    names: Sequence[str] = example.topics if head == TOPICS else (example.kind,)
    return (label(head, name) for name in names)
