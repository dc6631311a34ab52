"""Sparse text features for spaCy: the component that finds them and the linear layer that weighs them.

Few examples per topic rule out anything that must learn what words mean. Words, pairs of words and the pieces of
words (German compounds share pieces), weighted by rarity, with one weight per label, learn most from little and can
say afterwards which words decided.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy import registry
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d

FACTORY = "ideenkanal_features"
FACTS = "facts.json"
WORD_AT_MOST = 40

_FEATURES = "ideenkanal.features"
_NOWHERE = -1
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """A text as a sparse vector of length 1: `rows` are distinct, `values` belong to them.

    A hit is one occurrence: of feature `hit_rows[i]` in token `hit_tokens[i]` (-1: in the text as a whole), which
    brought `hit_values[i]` of the feature's value. `width` is the number of features there are.
    """

    rows: Ints
    values: Floats
    hit_rows: Ints
    hit_tokens: Ints
    hit_values: Floats
    width: int


def features_of(doc: Doc) -> Features:
    """The features that the component has found in `doc`; raises KeyError if it has not run."""
    found: Features = doc.user_data[_FEATURES]
    return found


class FeatureFinder:
    """The component: learns in `initialize` which features there are, then finds them in each text."""

    def __init__(self, shortest: int, longest: int, at_least: int, at_most: int) -> None:
        self._sizes = range(shortest, longest + 1)
        self._at_least = at_least
        self._at_most = at_most
        self._rows: dict[str, int] = {}
        self._rarity: Floats = np.zeros(0, dtype=np.float32)

    def __call__(self, doc: Doc) -> Doc:
        """Find the features of `doc` for `features_of`."""
        hits = [(row, token) for name, token in self._names(doc) if (row := self._rows.get(name)) is not None]
        doc.user_data[_FEATURES] = self._weigh(np.array(hits, dtype=np.int32).reshape(-1, 2))
        return doc

    def initialize(self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None) -> None:
        """Keep the features that enough of the examples have; find them in their predicted texts."""
        del nlp  # spaCy hands it to every component
        examples = list(get_examples())
        counts: Counter[str] = Counter()
        for example in examples:
            counts.update({name for name, _ in self._names(example.predicted)})
        common = [(-count, name) for name, count in counts.items() if count >= self._at_least]
        # Sorted by count and then by name, so that the same examples always number the features alike.
        kept = sorted(common)[: self._at_most]
        self._rows = {name: row for row, (_, name) in enumerate(kept)}
        frequencies = np.array([-count for count, _ in kept], dtype=np.float32)
        self._rarity = (np.log((1 + len(examples)) / (1 + frequencies)) + 1).astype(np.float32)
        for example in examples:
            self(example.predicted)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the features' names and rarities as JSON into the directory `path`."""
        del exclude  # there is nothing to leave out
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        rarity = [round(float(value), 4) for value in self._rarity]
        content = {"names": list(self._rows), "rarity": rarity}
        (folder / FACTS).write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> FeatureFinder:
        """Read what `to_disk` wrote; raises OSError, ValueError or KeyError if it is not that."""
        del exclude
        content = json.loads((Path(path) / FACTS).read_text(encoding="utf-8"))
        self._rows = {name: row for row, name in enumerate(content["names"])}
        self._rarity = np.array(content["rarity"], dtype=np.float32)
        if len(self._rows) != len(self._rarity):
            message = f"{path}: {len(self._rows)} names but {len(self._rarity)} rarities"
            raise ValueError(message)
        return self

    def _weigh(self, hits: Ints) -> Features:
        rows, places, counts = np.unique(hits[:, 0], return_inverse=True, return_counts=True)
        values = (1 + np.log(counts)) * self._rarity[rows]
        length = float(np.sqrt((values**2).sum())) or 1.0
        values = (values / length).astype(np.float32)
        shares = (values / counts).astype(np.float32)
        return Features(rows.astype(np.int32), values, hits[:, 0], hits[:, 1], shares[places], len(self._rarity))

    def _names(self, doc: Doc) -> Iterator[tuple[str, int]]:
        """Each feature's name with the token that bears it. Names of different families cannot be the same."""
        previous = "|"
        words = 0
        for token in doc:
            if token.is_space:
                continue
            mark = _mark(token)
            if mark:
                yield mark, token.i
                previous = "|" if token.is_punct else mark
                continue
            word = token.lower_.translate(_FOLDED)[:WORD_AT_MOST]
            words += 1
            yield f"={word}", token.i
            yield f"{previous} {word}", token.i
            for piece in self._pieces(f"<{word}>"):
                yield piece, token.i
            previous = word
        yield f"~length:{words.bit_length()}", _NOWHERE

    def _pieces(self, word: str) -> Iterator[str]:
        for size in self._sizes:
            for start in range(len(word) - size + 1):
                yield word[start : start + size]


def _mark(token: Any) -> str:
    """What stands for a token whose letters say nothing: addresses, numbers and signs ("" for a word)."""
    if token.like_url:
        return "~url"
    if token.like_email:
        return "~email"
    if token.is_digit or token.like_num and not token.is_alpha:
        return "~number"
    return "" if any(map(str.isalpha, token.text[:WORD_AT_MOST])) else f"~{token.text[:2]}"


@Language.factory(
    FACTORY,
    default_config={"shortest": 3, "longest": 5, "at_least": 2, "at_most": 30000},
)
def make_finder(nlp: Language, name: str, shortest: int, longest: int, at_least: int, at_most: int) -> FeatureFinder:
    """The component for a spaCy config: sizes of word pieces, examples that must have a feature, features in all."""
    del nlp, name
    return FeatureFinder(shortest, longest, at_least, at_most)


@registry.architectures("ideenkanal.SparseLinear.v1")
def make_linear(exclusive_classes: bool, nO: int | None = None) -> Model[list[Doc], Floats2d]:  # noqa: FBT001, N803  (spaCy's names)
    """A layer from docs with features to probabilities: softmax if the classes exclude one another, else sigmoid.

    Its gradient is that of the cross entropy, which spaCy's difference of score and truth already is.
    """
    return Model(
        "ideenkanal_sparse_linear",
        _forward,
        init=_init,
        params={"W": None, "b": None},
        dims={"nO": nO, "nI": None},
        attrs={"exclusive": exclusive_classes},
    )


def _init(model: Model[list[Doc], Floats2d], X: list[Doc] | None = None, Y: Floats2d | None = None) -> None:  # noqa: N803
    if X:
        model.set_dim("nI", features_of(X[0]).width)
    if Y is not None:
        model.set_dim("nO", Y.shape[1])
    model.set_param("W", model.ops.alloc2f(model.get_dim("nI"), model.get_dim("nO")))
    model.set_param("b", model.ops.alloc1f(model.get_dim("nO")))


def _forward(
    model: Model[list[Doc], Floats2d], docs: list[Doc], is_train: bool  # noqa: ARG001, FBT001  (thinc's signature)
) -> tuple[Floats2d, Callable[[Floats2d], list[Doc]]]:
    found = [features_of(doc) for doc in docs]
    weights: Any = model.get_param("W")
    logits = np.stack([item.values @ weights[item.rows] for item in found]) + model.get_param("b")
    scores = _softmax(logits) if model.attrs["exclusive"] else 1 / (1 + np.exp(-logits))

    def backprop(gradient: Any) -> list[Doc]:
        change = np.zeros_like(weights)
        for item, row in zip(found, gradient, strict=True):
            change[item.rows] += np.outer(item.values, row)
        model.inc_grad("W", change)
        model.inc_grad("b", gradient.sum(axis=0))
        return []

    return scores.astype(np.float32), backprop


def _softmax(logits: Any) -> Any:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
