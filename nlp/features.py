"""Sparse text features for spaCy: the component that finds them and the linear layer that weighs them.

Few examples per topic rule out anything that must learn what words mean. Words, pairs of words and the pieces of
words (German compounds share pieces), weighted by rarity, with one weight per label, learn most from little and can
say afterwards which words decided.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

from nlp.hints import HintMatcher, Hints, folded

FACTORY = "ideenkanal_features"
FACTS = "facts.json"
WORD_AT_MOST = 40

_FEATURES = "ideenkanal.features"
_NOWHERE = -1
_BREAK = "|"

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
# A token's number, its folded word ("" if it is none) and the names of its features.
_Token = tuple[int, str, list[str]]


@dataclass(frozen=True, slots=True)
class Features:
    """A text as a sparse vector: `rows` are distinct, `values` belong to them.

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
    """The component: learns in `initialize` which features there are, then finds them in each text.

    A text has two blocks of features: words, pairs and pieces, weighted by rarity and scaled to length 1, and the
    hints, whose value is `hint_weight` times the logarithm of one plus the words that give the hint.
    """

    def __init__(self, sizes: range, at_least: int, at_most: int, hint_weight: float) -> None:
        self._sizes = sizes
        self._at_least = at_least
        self._at_most = at_most
        self._hint_weight = hint_weight
        self._rows: dict[str, int] = {}
        self._rarity: Floats = np.zeros(0, dtype=np.float32)
        self._hints: Hints = {}
        self._matcher = HintMatcher({})

    def __call__(self, doc: Doc) -> Doc:
        """Find the features of `doc` for `features_of`."""
        doc.user_data[_FEATURES] = self._found(self._tokens(doc))
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        hints: Hints | None = None,
    ) -> None:
        """Keep the features that enough of the examples have; find them in their predicted texts."""
        del nlp  # spaCy hands it to every component
        examples = list(get_examples())
        listed = [list(self._tokens(example.predicted)) for example in examples]
        counts: Counter[str] = Counter()
        for tokens in listed:
            counts.update({name for _, _, names in tokens for name in names})
        common = [(-count, name) for name, count in counts.items() if count >= self._at_least]
        # Sorted by count and then by name, so that the same examples always number the features alike.
        kept = sorted(common)[: self._at_most]
        frequencies = np.array([-count for count, _ in kept], dtype=np.float32)
        rarity = (np.log((1 + len(examples)) / (1 + frequencies)) + 1).astype(np.float32)
        self._know([name for _, name in kept], rarity, hints or {})
        for example, tokens in zip(examples, listed, strict=True):
            example.predicted.user_data[_FEATURES] = self._found(tokens)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the features' names and rarities and the hints as JSON into the directory `path`."""
        del exclude  # there is nothing to leave out
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        rarity = [round(float(value), 4) for value in self._rarity]
        content = {"names": list(self._rows), "rarity": rarity, "hints": self._hints}
        (folder / FACTS).write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> FeatureFinder:
        """Read what `to_disk` wrote; raises OSError, ValueError or KeyError if it is not that."""
        del exclude
        content = json.loads((Path(path) / FACTS).read_text(encoding="utf-8"))
        if len(set(content["names"])) != len(content["rarity"]):
            raise ValueError(f"{path}: {len(content['names'])} names but {len(content['rarity'])} rarities")
        hints = {name: tuple(pieces) for name, pieces in content["hints"].items()}
        self._know(content["names"], np.array(content["rarity"], dtype=np.float32), hints)
        return self

    def _found(self, tokens: Iterable[_Token]) -> Features:
        hits: list[tuple[int, int]] = []
        hinted: list[tuple[int, int]] = []
        for token, word, names in tokens:
            hits.extend((row, token) for name in names if (row := self._rows.get(name)) is not None)
            hinted.extend((len(self._rows) + number, token) for number in sorted(self._matcher.matches(word)))
        return _joined(self._weighed(hits), self._hinted(hinted), len(self._rows) + len(self._hints))

    def _know(self, names: Sequence[str], rarity: Floats, hints: Hints) -> None:
        self._rows = {name: row for row, name in enumerate(names)}
        # As they will be read from disk: a model that was just trained and the same one loaded agree to the bit.
        self._rarity = np.round(rarity, 4)
        self._hints = hints
        self._matcher = HintMatcher(hints)

    def _weighed(self, hits: Sequence[tuple[int, int]]) -> _Block:
        block = _Block.of(hits)
        values = (1 + np.log(block.counts)) * self._rarity[block.rows]
        return replace(block, values=values / (float(np.sqrt((values**2).sum())) or 1.0))

    def _hinted(self, hits: Sequence[tuple[int, int]]) -> _Block:
        block = _Block.of(hits)
        return replace(block, values=self._hint_weight * np.log1p(block.counts))

    def _tokens(self, doc: Doc) -> Iterator[_Token]:
        """The tokens with their features; names of different families cannot be the same."""
        previous = _BREAK
        words = 0
        for token in doc:
            mark = _mark(token)
            if mark:
                yield token.i, "", [mark]
                previous = _BREAK if token.is_punct else mark
            elif not token.is_space:
                word = folded(token.text[:WORD_AT_MOST])
                words += 1
                yield token.i, word, [f"={word}", f"{previous} {word}", *self._pieces(f"<{word}>")]
                previous = word
        yield _NOWHERE, "", [f"~length:{words.bit_length()}"]

    def _pieces(self, word: str) -> Iterator[str]:
        for size in self._sizes:
            for start in range(len(word) - size + 1):
                yield word[start : start + size]


@dataclass(frozen=True, slots=True)
class _Block:
    """Hits summed up by feature; `places[i]` is the index in `rows` of hit `i`."""

    rows: Ints
    counts: NDArray[np.int64]
    values: Any
    places: NDArray[np.int64]
    tokens: Ints

    @classmethod
    def of(cls, hits: Sequence[tuple[int, int]]) -> _Block:
        pairs = np.array(hits, dtype=np.int32).reshape(-1, 2)
        rows, places, counts = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
        return cls(rows, counts, None, places, pairs[:, 1])


def _joined(first: _Block, second: _Block, width: int) -> Features:
    blocks = (first, second)
    return Features(
        rows=np.concatenate([block.rows for block in blocks]),
        values=np.concatenate([block.values for block in blocks]).astype(np.float32),
        hit_rows=np.concatenate([block.rows[block.places] for block in blocks]),
        hit_tokens=np.concatenate([block.tokens for block in blocks]),
        hit_values=np.concatenate([(b.values / b.counts)[b.places] for b in blocks]).astype(np.float32),
        width=width,
    )


def _mark(token: Any) -> str:
    """What stands for a token whose letters say nothing: addresses, numbers and signs ("" for words and blanks)."""
    if token.is_space:
        return ""
    if token.like_url:
        return "~url"
    if token.like_email:
        return "~email"
    if token.is_digit or (token.like_num and not token.is_alpha):
        return "~number"
    return "" if any(map(str.isalpha, token.text[:WORD_AT_MOST])) else f"~{token.text[:2]}"


@Language.factory(
    FACTORY,
    default_config={"sizes": [3, 5], "at_least": 2, "at_most": 30000, "hint_weight": 0.5},
)
def make_finder(  # noqa: PLR0913, PLR0917  (spaCy's two and the block's four)
    nlp: Language, name: str, sizes: list[int], at_least: int, at_most: int, hint_weight: float
) -> FeatureFinder:
    """The component for a spaCy config: see the comments in nlp/configs/default.cfg."""
    del nlp, name
    shortest, longest = sizes
    return FeatureFinder(range(shortest, longest + 1), at_least, at_most, hint_weight)


@registry.architectures("ideenkanal.SparseLinear.v1")  # type: ignore[untyped-decorator]  # a catalogue without types
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
    model: Model[list[Doc], Floats2d],
    docs: list[Doc],
    is_train: bool,  # noqa: ARG001, FBT001  (thinc's signature)
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
