"""Reads messages with spaCy: kind, topics and places, with the words that decided.

Importing this module loads spaCy (about 2 s); the values in `nlp.understanding` do not.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp.artefact import (
    ENCODER,
    HEADS,
    KIND,
    TOPICS,
    ModelCorrupt,
    ModelError,
    ModelFacts,
    ModelMismatch,
    ModelMissing,
    label,
    read_model,
)
from nlp.features import FeatureFinder, features_of
from nlp.gazetteer import load_gazetteer
from nlp.judgement import ROUTED, Judgement, Reading, judged
from nlp.layers import decoded
from nlp.places import FACTORY as PLACES
from nlp.places import NO_PLACES, PlaceReading, answered_places, attach_places
from nlp.readable import Readable, readable
from nlp.similar import fingerprint, method, words_of
from nlp.tokens import written
from nlp.understanding import Evidence, Kind, Point, TopicScore, Understanding

__all__ = ["ModelCorrupt", "ModelError", "ModelMismatch", "ModelMissing", "SpacyClassifier", "load"]

BATCH = 512
WORDS_PER_TOPIC = 5
# A word that brings less than this share of what speaks for a topic is not worth showing.
SHARE_AT_LEAST = 0.04


def load(model_dir: Path, places_dir: Path, topics: Collection[str] | None = None) -> SpacyClassifier:
    """The classifier of the model at `model_dir` with the places of `places_dir`.

    Raises ModelError (see nlp.artefact) for a model that is missing, damaged or, if `topics` are given, of others, and
    what `load_gazetteer` raises for the places.
    """
    nlp, facts = read_model(model_dir, topics)
    attach_places(nlp, load_gazetteer(places_dir))
    return SpacyClassifier(nlp, facts)


@dataclass(frozen=True, slots=True)
class _Message:
    """What is read of a message, and the positions shared with it."""

    whole: Readable
    points: tuple[Point, ...] = ()


class SpacyClassifier:
    """A Classifier: thread-safe, synchronous; reads one message after the other."""

    def __init__(self, nlp: Language, facts: ModelFacts) -> None:
        self._nlp = nlp
        self._facts = facts
        finder: Any = nlp.get_pipe("features")
        self._finder: FeatureFinder = finder
        pipes: dict[str, Any] = {head: nlp.get_pipe(head) for head in HEADS}
        names = {TOPICS: facts.topics, KIND: tuple(Kind)}
        # The layer numbers its labels as they were declared, the rules as the configuration does. All labels stand
        # side by side, and behind them the mean of the topics, so that a text's weights are fetched once.
        columns = {head: [pipes[head].labels.index(label(head, name)) for name in names[head]] for head in HEADS}
        parts = {head: decoded(pipes[head].model) for head in HEADS}
        weights = [parts[head][0][:, columns[head]] for head in HEADS]
        self._weights = np.concatenate([*weights, weights[0].mean(axis=1, keepdims=True)], axis=1)
        self._bias = np.concatenate([parts[head][1][columns[head]] for head in HEADS])
        self._numbers = {topic: number for number, topic in enumerate(facts.topics)}
        # spaCy's memory zones belong to the vocabulary, which all threads share.
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """The model's version, as in every Understanding."""
        return self._facts.version

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """The understanding of one message and the positions shared with it; never raises for any text or point."""
        whole = readable(Understanding.source(subject, text))
        return self._understood([_Message(whole, points)])[0]

    @property
    def fingerprint_method(self) -> str:
        """How fingerprints are made (nlp.similar): those of one method can be compared."""
        return method(self._facts.topics)

    def fingerprint(self, subject: str, text: str, understanding: Understanding) -> bytes:
        """What nlp.similar compares of a message; `understanding` is the one that holds, corrections included."""
        source = Understanding.source(subject, text)
        with self._lock, self._nlp.memory_zone():
            doc = self._nlp(readable(source).text, disable=[*HEADS, PLACES, ENCODER])
            found = features_of(doc)
            fetched = self._weights[found.rows]
            contrast = fetched[:, : len(self._facts.topics)] - fetched[:, -1:]
            words = list(words_of(written(doc)[1], found, contrast, self._finder.rarities))
        return fingerprint(words, self._facts.topics, source, understanding)

    def place(self, text: str) -> Understanding:
        """The place that somebody names who was asked for one; no topics, and no places where none is recognised."""
        whole = readable(text)
        with self._lock, self._nlp.memory_zone():
            places = answered_places(self._nlp, whole.text)
        return replace(
            Understanding.nothing(),
            districts=places.districts,
            municipalities=places.municipalities,
            evidence=_located(places.evidence, whole),
            candidates=places.candidates,
            model=self._facts.version,
        )

    def understand_many(self, messages: Iterable[tuple[str, str]]) -> Iterator[Understanding]:
        """The understandings of (subject, text) pairs, in their order; memory does not grow with their number."""
        read = (_Message(readable(Understanding.source(subject, text))) for subject, text in messages)
        while batch := list(islice(read, BATCH)):
            yield from self._understood(batch)

    def _understood(self, messages: Sequence[_Message]) -> list[Understanding]:
        with self._lock, self._nlp.memory_zone():
            # Everything is drawn from the docs inside: outside of the zone their memory is gone.
            docs = self._worked([self._doc(message) for message in messages])
            return [self._read(doc, message.whole) for doc, message in zip(docs, messages, strict=True)]

    def _worked(self, docs: list[Doc]) -> list[Doc]:
        """The docs after all components but the heads, whose sums are taken together.

        One component after the other has the processor's caches for itself; spaCy's own pipe, which goes from doc to
        doc, took a third longer.
        """
        for name, component in self._nlp.pipeline:
            if name not in HEADS:
                pipe = getattr(component, "pipe", None)
                docs = list(pipe(docs)) if pipe else [component(doc) for doc in docs]
        return docs

    def _doc(self, message: _Message) -> Doc:
        doc = self._nlp.make_doc(message.whole.text)
        if message.points and Doc.has_extension("points"):
            doc._.points = message.points
        return doc

    def _read(self, doc: Doc, whole: Readable) -> Understanding:
        found = features_of(doc)
        fetched = self._weights[found.rows]
        judgement = self._judged(doc, (found.values @ fetched)[:-1] + self._bias, found.trust)
        # What names a town in an advertisement or a greeting is nobody's business there.
        places = _places(doc) if judgement.kind in ROUTED else NO_PLACES
        reasons = self._reasons(doc, judgement.topics or judgement.suggestions[:1], fetched)
        return Understanding(
            kind=judgement.kind,
            topics=judgement.topics,
            suggestions=judgement.suggestions,
            districts=places.districts,
            municipalities=places.municipalities,
            evidence=_located((*reasons, *places.evidence), whole),
            candidates=places.candidates,
            abstained=judgement.abstained,
            model=self._facts.version,
        )

    def _judged(self, doc: Doc, summed: Any, trust: float) -> Judgement:
        text = written(doc)[0]
        if not text.strip():
            return Judgement(Kind.IDEA, (), ())  # nothing to go by: left to a person
        topics = len(self._facts.topics)
        return judged(self._facts.rules, Reading.of(text, summed[:topics], summed[topics:], trust))

    def _reasons(self, doc: Doc, topics: Iterable[TopicScore], fetched: Any) -> Iterator[Evidence]:
        """The words that speak for each topic rather than for the others, in the order of the text."""
        found = features_of(doc)
        for topic in topics:
            contrast = (fetched[:, self._numbers[topic.id]] - fetched[:, -1]) * found.values
            brought = contrast[found.hit_places] * found.hit_shares
            # What belongs to no word has the number -1.
            words = np.maximum(np.bincount(found.hit_tokens + 1, weights=brought, minlength=len(doc) + 1)[1:], 0.0)
            shares = words / (words.sum() or 1.0)
            best = np.argsort(-shares, kind="stable")[:WORDS_PER_TOPIC]
            for i in sorted(int(i) for i in best if shares[i] > SHARE_AT_LEAST):
                start = doc[i].idx
                yield Evidence(start, start + len(doc[i].text), f"topic:{topic.id}", round(float(shares[i]), 3))


def _located(evidence: Iterable[Evidence], whole: Readable) -> tuple[Evidence, ...]:
    """The evidence with offsets into the message instead of into what was read of it."""
    return tuple(Evidence(*whole.origin(item.start, item.end), item.label, item.weight) for item in evidence)


def _places(doc: Doc) -> PlaceReading:
    reading: PlaceReading | None = doc._.places if Doc.has_extension("places") else None
    return reading or NO_PLACES
