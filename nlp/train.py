"""Training: from the labelled messages to a model directory, with figures from messages that were not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.training import Example as Gold
from spacy.util import load_config, load_model_from_config
from thinc.api import Config

from nlp.artefact import ENCODER, HEADS, KIND, TOPICS, ModelFacts, label, write_model
from nlp.calibration import best_for_one_of, best_for_several, several, thresholds
from nlp.compounds import read_parts
from nlp.corpus import Corpus, Example, read_corpus
from nlp.encoders import Memory
from nlp.evaluate import Evaluation, compared
from nlp.features import Features, features_of
from nlp.gradient import fitted
from nlp.judgement import Judgement, Reading, Rules, judged
from nlp.layers import bayes, store
from nlp.lexicon import lexicon_files, read_lexicon
from nlp.training_plan import Plan
from nlp.understanding import Kind, Understanding

CONFIG = Path(__file__).parent / "configs" / "default.cfg"
LEXICON = Path(__file__).parent / "lexicon"
PARTS = LEXICON / "parts.txt"

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came out: the model's version and digest, how many examples it has, and the figures.

    `unseen` was measured on each writer's messages by a model that had learned from the other writers' only; the
    model that is written has learned from all. The figures say nothing of places.
    """

    version: str
    digest: str
    examples: int
    seconds: float
    unseen: Evaluation


def train(  # noqa: PLR0913 - what is learned from, where it goes, and how
    corpus_dir: Path,
    topics: Sequence[str],
    out: Path,
    progress: Callable[[str], None],
    corrections: Sequence[Example] = (),
    *,
    config: Path = CONFIG,
) -> TrainingReport:
    """Train on the corpus plus people's corrections and replace `out` by the new model in one step.

    Raises CorpusError (with every defect) before anything is written, and EncoderMissing if `config` names a package
    that is not there. The same corpus gives the same predictions. `config` need say only what differs from CONFIG.
    """
    start = time.monotonic()
    corpus = training_corpus(corpus_dir, topics, corrections, config)
    trainer = _Trainer(tuple(topics), progress, config)
    progress(f"{len(corpus.examples)} labelled messages, digest {corpus.digest[:8]}")
    rules, scales, asked = trainer.calibrate(corpus.examples)
    unseen = compared(asked)
    progress(unseen.summary())
    progress("learning from all of them")
    nlp = trainer.learn(corpus.examples, scales)
    version = f"{trainer.plan.release}-{corpus.digest[:8]}"
    write_model(nlp, ModelFacts(version, corpus.digest, len(corpus.examples), rules, _figures(unseen)), out)
    seconds = time.monotonic() - start
    progress(f"{version} written to {out} after {seconds:.0f} s")
    return TrainingReport(version, corpus.digest, len(corpus.examples), seconds, unseen)


def asked_unseen(
    examples: Sequence[Example], topics: Sequence[str], progress: Callable[[str], None], config: Path = CONFIG
) -> tuple[tuple[Example, Judgement], ...]:
    """Each example with what is said of it by a model that has learned from the other writers' messages only."""
    return _Trainer(tuple(topics), progress, config).calibrate(examples)[2]


def training_corpus(
    corpus_dir: Path, topics: Sequence[str], corrections: Sequence[Example] = (), config: Path = CONFIG
) -> Corpus:
    """The corpus with the digest that a model trained on it by `config` carries; raises CorpusError."""
    return read_corpus(corpus_dir, topics, *_configs(config), PARTS, *lexicon_files(LEXICON), corrections=corrections)


def _configs(config: Path) -> tuple[Path, ...]:
    """The files that say how to train, the later ones in the place of the earlier ones."""
    return (CONFIG,) if config.samefile(CONFIG) else (CONFIG, config)


def _figures(unseen: Evaluation) -> dict[str, Any]:
    # Places are not learned from the corpus, and the measured pipeline has none.
    return {name: figure for name, figure in unseen.to_json().items() if name not in {"districts", "municipalities"}}


@dataclass(frozen=True, slots=True)
class _Scales:
    """How far the two kinds of weights spread on unseen texts: divided by it, both have the same say."""

    gradient: float
    bayes: float
    say: float

    def joined(self, gradient: Matrix, bayes_: Matrix) -> Matrix:
        """The sum of both; `say` is how much the second one counts."""
        return gradient / self.gradient + self.say * bayes_ / self.bayes


class _Trainer:
    """Fits pipelines to examples, and finds out on unseen ones what their sums are worth."""

    def __init__(self, topics: tuple[str, ...], progress: Callable[[str], None], config: Path) -> None:
        self.topics = topics
        self.progress = progress
        self.config = Config()
        for path in _configs(config):
            self.config = self.config.merge(load_config(path))
        self.encoded: Memory = {}
        self.plan = Plan(**self.config["ideenkanal"], seed=self.config["training"]["seed"])
        self.concepts = read_lexicon(LEXICON, topics, Kind)
        self.parts = read_parts(PARTS)
        self.names: dict[str, tuple[str, ...]] = {TOPICS: topics, KIND: tuple(Kind)}

    def learn(self, examples: Sequence[Example], scales: dict[str, _Scales]) -> Language:
        """A pipeline that has learned from the examples."""
        learned = self.plan.repeated(examples)
        nlp, texts = self._prepared(learned)
        for head in HEADS:
            gradient, bias, counted = self._weights(texts, self._targets(learned, head), head)
            scale = scales[head]
            store(nlp.get_pipe(head).model, scale.joined(gradient, counted), bias / scale.gradient)  # type: ignore[attr-defined]
        return nlp

    def calibrate(
        self, examples: Sequence[Example]
    ) -> tuple[Rules, dict[str, _Scales], tuple[tuple[Example, Judgement], ...]]:
        """The rules and scales for a model of these examples, and what such models say of unseen ones."""
        asked: list[Example] = []
        views: dict[str, list[tuple[Matrix, Matrix]]] = {head: [] for head in HEADS}
        for number, part in enumerate(self.plan.parts(examples), start=1):
            if not part or len(part) == len(examples):
                continue
            self.progress(f"  part {number} of {self.plan.folds}: asking about {len(part)}")
            left_out = {e.id for e in part}
            seen = self.plan.repeated(e for e in examples if e.id not in left_out)
            nlp, texts = self._prepared(seen)
            unseen = [features_of(doc) for doc in nlp.pipe(map(_source, part), disable=list(HEADS))]
            for head in HEADS:
                gradient, bias, counted = self._weights(texts, self._targets(seen, head), head)
                one = np.stack([text.values @ gradient[text.rows] + bias for text in unseen])
                two = np.stack([text.values @ counted[text.rows] for text in unseen])
                views[head].append((_trusted(one, unseen, head), _trusted(two, unseen, head)))
            asked.extend(part)
        return self._judge(asked, {head: _joined(parts) for head, parts in views.items()})

    def _judge(
        self, asked: Sequence[Example], views: dict[str, tuple[Matrix, Matrix]]
    ) -> tuple[Rules, dict[str, _Scales], tuple[tuple[Example, Judgement], ...]]:
        scales = {
            head: _Scales(_spread(first), _spread(second), self.plan.bayes[head])
            for head, (first, second) in views.items()
        }
        found = {head: scales[head].joined(*views[head]) for head in HEADS}
        topical = [number for number, example in enumerate(asked) if example.topics]
        truth = np.array([[name in asked[i].topics for name in self.topics] for i in topical], dtype=np.float64)
        kinds = np.array([[kind == example.kind for kind in Kind] for example in asked], dtype=np.float64)
        counts = self.plan.counts(asked)
        scaling = best_for_several(found[TOPICS][topical].astype(np.float64), truth, counts[topical])
        likely = several(found[TOPICS][topical], scaling)
        chosen = thresholds(likely, truth, counts[topical], self.plan.precision)
        rules = Rules(
            topics=self.topics,
            thresholds=dict(zip(self.topics, chosen, strict=True)),
            topic_scaling=scaling,
            kind_scaling=best_for_one_of(found[KIND].astype(np.float64), kinds, counts),
            at_least={Kind.SPAM: self.plan.spam_at_least, Kind.OTHER: self.plan.other_at_least},
        )
        # The sums have been trusted as far as they may be already.
        said = [
            judged(rules, Reading.of(_source(example), topics, kinds))
            for topics, kinds, example in zip(found[TOPICS], found[KIND], asked, strict=True)
        ]
        return rules, scales, tuple(zip(asked, said, strict=True))

    def _prepared(self, examples: Sequence[Example]) -> tuple[Language, list[Features]]:
        nlp = load_model_from_config(self.config, auto_fill=True)
        tokenizer: Any = nlp.tokenizer
        tokenizer.learn(map(_source, examples))
        docs = [nlp.make_doc(_source(example)) for example in examples]
        gold = [Gold(doc, doc) for doc in docs]
        if ENCODER in nlp.pipe_names:
            self._encode(nlp, gold)
        finder: Any = nlp.get_pipe("features")
        finder.initialize(lambda: gold, nlp=nlp, concepts=self.concepts, parts=self.parts)
        for head in HEADS:
            names = [label(head, name) for name in self.names[head]]
            nlp.get_pipe(head).initialize(lambda: gold[:1], nlp=nlp, labels=names)  # type: ignore[attr-defined]
        return nlp, [features_of(doc) for doc in docs]

    def _encode(self, nlp: Language, gold: Sequence[Gold]) -> None:
        encoder: Any = nlp.get_pipe(ENCODER)
        # Each part meets the same texts, and an encoder takes longer for them than all the rest.
        encoder.remember(self.encoded)
        encoder.initialize(lambda: gold, nlp=nlp)
        nlp.meta["requirements"] = [encoder.made_with]

    def _weights(self, texts: Sequence[Features], truth: Matrix, head: str) -> tuple[Matrix, Matrix, Matrix]:
        gradient, bias = fitted(texts, truth, self.plan.descent, exclusive=head == KIND)
        return gradient, bias, bayes(texts, truth)

    def _targets(self, examples: Sequence[Example], head: str) -> Matrix:
        return np.array([list(self._target(e, head)) for e in examples], dtype=np.float32)

    def _target(self, example: Example, head: str) -> Iterator[float]:
        for name in self.names[head]:
            if head == KIND:
                yield float(name == example.kind)
            elif name in example.primary:
                yield 1.0
            else:
                yield self.plan.second if name in example.topics else 0.0


def _source(example: Example) -> str:
    return Understanding.source(example.subject, example.text)


def _trusted(rows: Matrix, texts: Sequence[Features], head: str) -> Matrix:
    """The sums as they are judged later: topics differ the less, the less a text is trusted."""
    if head == KIND:
        return rows
    mean = rows.mean(axis=1, keepdims=True)
    trust = np.array([[text.trust] for text in texts], dtype=np.float32)
    trusted: Matrix = mean + trust * (rows - mean)
    return trusted


def _joined(parts: Sequence[tuple[Matrix, Matrix]]) -> tuple[Matrix, Matrix]:
    return np.concatenate([first for first, _ in parts]), np.concatenate([second for _, second in parts])


def _spread(rows: Matrix) -> float:
    # What all labels of a text have in common decides nothing.
    return float((rows - rows.mean(axis=1, keepdims=True)).std()) or 1.0
