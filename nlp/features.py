"""The features of a text: a spaCy component that turns it into a sparse vector.

Nobody can download here what German words mean, so a text is what is written in it (words, pairs of words, pieces of
words, the parts of compounds, each weighted by its rarity) and what the lexicon knows about it (concepts, and how many
of them speak for each topic). Every value is traced to the words that it comes from, so that a decision can be explained.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlp.compounds import Splitter
from nlp.lexicon import Concept, grouped
from nlp.word_features import Ints, Keys, WordReader, WordReading, key_of

FACTORY = "ideenkanal_features"
FACTS = "facts.json"
TABLE = "table.npz"

_FEATURES = "ideenkanal.features"
_NOWHERE = -1

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """A text as a sparse vector: `rows` are distinct, `values` belong to them; `width` is how many features there are.

    A hit is one occurrence: of feature `rows[hit_places[i]]` in token `hit_tokens[i]` (-1: in the text as a whole),
    which brought `hit_shares[i]` of that feature's value (0 to 1).
    """

    rows: Ints
    values: Floats
    hit_places: Ints
    hit_tokens: Ints
    hit_shares: Floats
    width: int


def features_of(doc: Doc) -> Features:
    """The features that the component has found in `doc`; raises KeyError if it has not run."""
    found: Features = doc.user_data[_FEATURES]
    return found


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What the lexicon brings: the concepts, and the words that compounds are made of."""

    concepts: tuple[Concept, ...] = ()
    parts: tuple[str, ...] = ()


class FeatureFinder:
    """The component: learns in `initialize` which features there are, then finds them in each text.

    A text has two blocks: what is written, concepts among it, scaled to length 1; and for each topic and kind that
    the lexicon knows `known` times the logarithm of one plus the words that speak for it.
    """

    def __init__(self, sizes: tuple[int, int], at_most: int, known: float) -> None:
        self._sizes = sizes
        self._at_most = at_most
        self._known = known
        self._learn(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32), _Knowledge())

    def __call__(self, doc: Doc) -> Doc:
        """Find the features of `doc` for `features_of`."""
        doc.user_data[_FEATURES] = self._found(doc)
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        concepts: Sequence[Concept] = (),
        parts: Sequence[str] = (),
    ) -> None:
        """Keep the commonest features of the examples; find them in their predicted texts."""
        del nlp  # spaCy hands it to every component
        knowledge = _Knowledge(tuple(concepts), tuple(parts))
        self._learn(_NO_KEYS, np.zeros(0, dtype=np.float32), knowledge)
        docs = [example.predicted for example in get_examples()]
        listed = [np.unique(self._written(doc)) for doc in docs]
        keys, counts = np.unique(np.concatenate([_NO_KEYS, *listed]), return_counts=True)
        # The commonest, and of the equally common always the same ones: the same examples give the same features.
        kept = np.sort(np.lexsort((keys, -counts))[: self._at_most])
        rarity = np.log((1 + len(docs)) / (1 + counts[kept])) + 1
        self._learn(keys[kept], rarity.astype(np.float16).astype(np.float32), knowledge)
        for doc in docs:
            self(doc)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the features and what the lexicon brought into the directory `path`."""
        del exclude  # there is nothing to leave out
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / TABLE, keys=self._keys, rarity=self._rarity.astype(np.float16))
        content = asdict(self._knowledge)
        (folder / FACTS).write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> FeatureFinder:
        """Read what `to_disk` wrote; raises OSError, ValueError or KeyError if it is not that."""
        del exclude
        folder = Path(path)
        content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        concepts = tuple(
            Concept(item["group"], item["key"], tuple(map(tuple, item["entries"]))) for item in content["concepts"]
        )
        with np.load(folder / TABLE) as table:
            keys, rarity = table["keys"], table["rarity"].astype(np.float32)
        if keys.shape != rarity.shape:
            raise ValueError(f"{path}: {len(keys)} features but {len(rarity)} rarities")
        self._learn(keys, rarity, _Knowledge(concepts, tuple(content["parts"])))
        return self

    def _learn(self, keys: Keys, rarity: Floats, knowledge: _Knowledge) -> None:
        self._keys = keys
        self._rarity = rarity
        self._knowledge = knowledge
        groups = grouped(knowledge.concepts)
        self._concept_keys = np.array([crc32(f"{c.group}/{c.key}".encode()) for c in knowledge.concepts], dtype=np.uint32)
        self._groups = np.zeros(len(knowledge.concepts), dtype=np.int32)
        for number, members in enumerate(groups.values()):
            self._groups[list(members)] = number
        self._width = len(keys) + len(groups)
        self._words = WordReader(knowledge.concepts, Splitter(knowledge.parts), self._sizes)

    def _found(self, doc: Doc) -> Features:
        read = [(token.i, self._words.read(token)) for token in doc]
        concepts, tokens = self._words.concepts(read)
        written = _block(*self._rows(*_keys(read, self._concept_keys[concepts], tokens)))
        swayed = _block(self._groups[concepts] + len(self._keys), tokens)
        return Features(
            rows=np.concatenate([written.rows, swayed.rows]),
            values=np.concatenate([self._weighed(written), self._known * np.log1p(swayed.counts)]).astype(np.float32),
            hit_places=np.concatenate([written.places, swayed.places + len(written.rows)]),
            hit_tokens=np.concatenate([written.tokens, swayed.tokens]),
            hit_shares=np.concatenate([(1 / block.counts)[block.places] for block in (written, swayed)]),
            width=self._width,
        )

    def _written(self, doc: Doc) -> Keys:
        read = [(token.i, self._words.read(token)) for token in doc]
        concepts, tokens = self._words.concepts(read)
        return _keys(read, self._concept_keys[concepts], tokens)[0]

    def _weighed(self, written: _Block) -> Any:
        values = (1 + np.log(written.counts)) * self._rarity[written.rows]
        return values / (float(np.sqrt((values**2).sum())) or 1.0)

    def _rows(self, keys: Keys, tokens: Ints) -> tuple[Ints, Ints]:
        """The rows of those keys that are features, with the tokens they come from."""
        if not len(self._keys):
            return _NO_ROWS, _NO_ROWS
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[places] == keys
        return places[known].astype(np.int32), tokens[known]


_NO_KEYS: Keys = np.zeros(0, dtype=np.uint32)
_NO_ROWS: Ints = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Block:
    """Hits summed up by feature; `places[i]` is the index in `rows` of hit `i`."""

    rows: Ints
    counts: NDArray[np.int64]
    places: Ints
    tokens: Ints


def _block(rows: Ints, tokens: Ints) -> _Block:
    distinct, places, counts = np.unique(rows, return_inverse=True, return_counts=True)
    return _Block(distinct, counts, places.astype(np.int32), tokens)


def _keys(read: Sequence[tuple[int, WordReading]], concepts: Keys, spoken: Ints) -> tuple[Keys, Ints]:
    """The keys of all that is written, each with its token's number; pairs of words belong to the second one.

    `concepts` are the keys of the concepts found, `spoken` their tokens.
    """
    pairs = list(_pairs(read))
    keys = [item.keys for _, item in read]
    tokens = [np.full(len(item.keys), number, dtype=np.int32) for number, item in read]
    words = sum(len(item.words) for _, item in read)
    keys += [concepts, np.array([key for key, _ in pairs], dtype=np.uint32), key_of(f"~length:{words.bit_length()}")]
    tokens += [spoken, np.array([number for _, number in pairs], dtype=np.int32), np.array([_NOWHERE], dtype=np.int32)]
    return np.concatenate(keys), np.concatenate(tokens)


def _pairs(read: Iterable[tuple[int, WordReading]]) -> Iterator[tuple[int, int]]:
    previous = "|"
    for number, item in read:
        for word in item.words:
            yield crc32(f"{previous} {word}".encode()), number
            previous = word
        if item.mark:
            previous = item.mark


@Language.factory(FACTORY, default_config={"sizes": [3, 6], "at_most": 400_000, "known": 1.0})
def make_finder(nlp: Language, name: str, sizes: list[int], at_most: int, known: float) -> FeatureFinder:
    """The component for a spaCy config: see the comments in nlp/configs/default.cfg."""
    del nlp, name
    shortest, longest = sizes
    return FeatureFinder((shortest, longest), at_most, known)
