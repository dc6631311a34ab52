"""Reads messages with spaCy: kind, topics and places, with the words that decided.

Importing this module loads spaCy (about 2 s); the values in `nlp.understanding` do not.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp.artefact import (
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
from nlp.calibration import cooled
from nlp.corpus import TOPICS_AT_MOST
from nlp.features import features_of
from nlp.gazetteer import load_gazetteer
from nlp.places import NO_PLACES, PlaceReading, answered_places, attach_places
from nlp.readable import Readable, readable
from nlp.understanding import Evidence, Kind, Point, TopicScore, Understanding

__all__ = ["ModelCorrupt", "ModelError", "ModelMismatch", "ModelMissing", "SpacyClassifier", "load"]

BATCH = 64
SUGGESTIONS = 3
WORDS_PER_TOPIC = 3

_ROUTED = frozenset({Kind.IDEA, Kind.COMPLAINT, Kind.QUESTION})


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
        self._names = {TOPICS: facts.topics, KIND: tuple(Kind)}
        self._weights: Any = nlp.get_pipe(TOPICS).model.get_param("W")  # type: ignore[attr-defined]
        self._columns = {name: column for column, name in enumerate(nlp.get_pipe(TOPICS).labels)}  # type: ignore[attr-defined]
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

    def _understood(self, messages: Iterable[_Message]) -> list[Understanding]:
        with self._lock, self._nlp.memory_zone():
            # Everything is drawn from the docs inside: outside of the zone their memory is gone.
            docs = self._nlp.pipe(((self._doc(message), message) for message in messages), as_tuples=True)
            return [self._read(doc, message.whole) for doc, message in docs]

    def _doc(self, message: _Message) -> Doc:
        doc = self._nlp.make_doc(message.whole.text)
        if message.points and Doc.has_extension("points"):
            doc._.points = message.points
        return doc

    def _read(self, doc: Doc, whole: Readable) -> Understanding:
        ranked = self._ranked(doc, TOPICS)
        kind = self._kind(doc)
        acted = tuple(score for score in ranked if score.probability >= self._facts.thresholds[score.id])
        topics = acted[:TOPICS_AT_MOST] if kind in _ROUTED else ()
        places = _places(doc)
        return Understanding(
            kind=kind,
            topics=topics,
            suggestions=ranked[:SUGGESTIONS],
            districts=places.districts,
            municipalities=places.municipalities,
            evidence=_located((*self._evidence(doc, topics), *places.evidence), whole),
            candidates=places.candidates,
            abstained=kind in _ROUTED and not topics,
            model=self._facts.version,
        )

    def _ranked(self, doc: Doc, head: str) -> tuple[TopicScore, ...]:
        names = self._names[head]
        scores = [doc.cats[label(head, name)] for name in names]
        probabilities = cooled(scores, self._facts.temperatures[head], exclusive=head == KIND)
        ranked = sorted(zip(names, probabilities, strict=True), key=lambda pair: -pair[1])
        return tuple(TopicScore(name, round(float(probability), 4)) for name, probability in ranked)

    def _kind(self, doc: Doc) -> Kind:
        if not doc.text.strip():
            return Kind.IDEA  # nothing to go by: left to a person, like a message that no model has read
        for score in self._ranked(doc, KIND):
            if score.probability >= self._facts.at_least.get(score.id, 0.0):
                return Kind(score.id)
        return Kind.IDEA

    def _evidence(self, doc: Doc, topics: Iterable[TopicScore]) -> Iterator[Evidence]:
        """The words whose features weighed most for each topic, in the order of the text."""
        found = features_of(doc)
        for topic in topics:
            column = self._weights[:, self._columns[label(TOPICS, topic.id)]]
            weights = np.zeros(len(doc) + 1)  # the last place takes what belongs to no word
            np.add.at(weights, found.hit_tokens, column[found.hit_rows] * found.hit_values)
            words = [i for i in np.argsort(-weights[:-1], kind="stable") if weights[i] > 0 and doc[int(i)].is_alpha]
            for i in sorted(int(i) for i in words[:WORDS_PER_TOPIC]):
                start = doc[i].idx
                yield Evidence(start, start + len(doc[i].text), f"topic:{topic.id}")


def _located(evidence: Iterable[Evidence], whole: Readable) -> tuple[Evidence, ...]:
    """The evidence with offsets into the message instead of into what was read of it."""
    return tuple(Evidence(*whole.origin(item.start, item.end), item.label) for item in evidence)


def _places(doc: Doc) -> PlaceReading:
    reading: PlaceReading | None = doc._.places if Doc.has_extension("places") else None
    return reading or NO_PLACES
