"""The features of a text: a spaCy component that turns it into a sparse vector.

No pretrained model says here what German words mean, so a text is what is written in it (words, pairs of words, pieces
of words, the parts of compounds, each weighted by its rarity) and what the lexicon knows of it (concepts, and how many
speak for each topic). Every value is traced to the words that it comes from, so that a decision can be explained.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlp.compounds import Splitter
from nlp.encoders import encoding_of
from nlp.hits import NOWHERE, Hits, alone, beyond, block, read_words, words_of
from nlp.lexicon import Concept, ConceptMatcher, grouped
from nlp.trust import familiar, trust
from nlp.word_features import Ints, Keys, WordReader, keys_of

FACTORY = "ideenkanal_features"
FACTS = "facts.json"
TABLE = "table.npz"

_FEATURES = "ideenkanal.features"

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """A text as a sparse vector: `rows` are distinct, `values` belong to them; `width` is how many features there are.

    A hit is one occurrence: of feature `rows[hit_places[i]]` in token `hit_tokens[i]` (-1: in the text as a whole),
    which brought `hit_shares[i]` of that feature's value (0 to 1). `trust`: how far the text can be judged (0 to 1).
    The last `dense` of the `width` features are those of an encoder: their values have either sign.
    """

    rows: Ints
    values: Floats
    hit_places: Ints
    hit_tokens: Ints
    hit_shares: Floats
    width: int
    trust: float
    dense: int


def features_of(doc: Doc) -> Features:
    """The features that the component has found in `doc`; raises KeyError if it has not run."""
    found: Features = doc.user_data[_FEATURES]
    return found


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What is known beside the features: the lexicon's concepts, and the words that compounds are made of.

    `dense` is how wide an encoder's vectors are, `familiar` the share of its words that a text has from the examples.
    """

    concepts: tuple[Concept, ...] = ()
    parts: tuple[str, ...] = ()
    dense: int = 0
    familiar: float = 0.0

    def reader(self, sizes: tuple[int, int], numbered: Callable[[Keys], Ints]) -> WordReader:
        return WordReader(_matcher(self.concepts), _splitter(self.parts), sizes, numbered)

    def keys(self) -> Keys:
        return keys_of(f"{concept.group}/{concept.key}" for concept in self.concepts)


# To make one takes longer than a short training; a training asks for the same ones again and again.
_matcher = lru_cache(maxsize=4)(ConceptMatcher)
_splitter = lru_cache(maxsize=4)(Splitter)


class FeatureFinder:
    """The component: learns in `initialize` which features there are, then finds them in each text.

    A text has two blocks: what is written, concepts among it, scaled to length 1; and for each topic and kind that
    the lexicon knows `known` times the logarithm of one plus the words that speak for it. Behind them comes the vector
    of an encoder, where the pipeline has one (nlp/encoders.py).
    """

    def __init__(self, sizes: tuple[int, int], at_most: int, known: float) -> None:
        self._sizes = sizes
        self._at_most = at_most
        self._known = known
        self._learn(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32), _Knowledge())

    def __call__(self, doc: Doc) -> Doc:
        """Find the features of `doc` for `features_of`."""
        found, vector = self._found(doc), encoding_of(doc)
        doc.user_data[_FEATURES] = found if vector is None else _with_vector(found, vector)
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
        docs = [example.predicted for example in get_examples()]
        keys, counts = np.unique(np.concatenate(list(self._listed(docs, knowledge))), return_counts=True)
        # The commonest, and of the equally common always the same ones: the same examples give the same features.
        kept = np.sort(np.lexsort((keys, -counts))[: self._at_most])
        rarity = np.log((1 + len(docs)) / (1 + counts[kept])) + 1
        knowledge = replace(
            knowledge,
            dense=max((len(vector) for vector in map(encoding_of, docs) if vector is not None), default=0),
            familiar=familiar([words_of(doc) for doc in docs]),
        )
        self._learn(keys[kept], rarity.astype(np.float16).astype(np.float32), knowledge)
        for doc in docs:
            self(doc)

    def rarities(self, words: Iterable[str]) -> Floats:
        """How rare folded words are: the logarithm of how many texts there are to one that has it."""
        rows = self._rows(keys_of(f"={word}" for word in words))
        rarest = self._rarity.max(initial=1.0)
        found: Floats = np.where(rows >= 0, self._rarity[rows] if len(self._rarity) else 1.0, rarest) - 1
        return found

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
        knowledge = _Knowledge(concepts, tuple(content["parts"]), content["dense"], content["familiar"])
        self._learn(keys, rarity, knowledge)
        return self

    def _listed(self, docs: Iterable[Doc], knowledge: _Knowledge) -> Iterator[Keys]:
        """The distinct keys of all that is written in each doc."""
        yield np.zeros(0, dtype=np.uint32)
        reader = knowledge.reader(self._sizes, lambda keys: keys.view(np.int32))
        spoken = knowledge.keys()
        for doc in docs:
            read = read_words(reader, doc)
            alone = [item.features.view(np.uint32) for _, item in read]
            yield np.unique(np.concatenate([*alone, spoken[reader.concepts(read)[0]], beyond(read)[0]]))

    def _learn(self, keys: Keys, rarity: Floats, knowledge: _Knowledge) -> None:
        self._keys = keys
        self._rarity = rarity
        self._knowledge = knowledge
        groups = grouped(knowledge.concepts)
        self._groups = np.zeros(len(knowledge.concepts), dtype=np.int32)
        for number, members in enumerate(groups.values()):
            self._groups[list(members)] = number
        self._width = len(keys) + len(groups) + knowledge.dense
        self._reader = knowledge.reader(self._sizes, self._numbers)
        self._concepts = self._rows(knowledge.keys())

    def _found(self, doc: Doc) -> Features:
        read = read_words(self._reader, doc)
        concepts, tokens = self._reader.concepts(read)
        rows = self._concepts[concepts]
        hits = (alone(read), (rows[rows >= 0], tokens[rows >= 0]), self._known_of(beyond(read)))
        written = block(np.concatenate([hit[0] for hit in hits]), np.concatenate([hit[1] for hit in hits]))
        swayed = block(self._groups[concepts] + len(self._keys), tokens)
        values = (1 + np.log(written.counts)) * self._rarity[written.rows]
        length = float(np.sqrt((values**2).sum())) or 1.0
        return Features(
            rows=np.concatenate([written.rows, swayed.rows]),
            values=np.concatenate([values / length, self._known * np.log1p(swayed.counts)]).astype(np.float32),
            hit_places=np.concatenate([written.places, swayed.places + len(written.rows)]),
            hit_tokens=np.concatenate([written.tokens, swayed.tokens]),
            hit_shares=np.concatenate([written.shares, swayed.shares]).astype(np.float32),
            width=self._width,
            dense=self._knowledge.dense,
            trust=trust(
                [word for _, item in read for word in item.words],
                sum(item.known for _, item in read),
                self._knowledge.familiar,
            ),
        )

    def _numbers(self, keys: Keys) -> Ints:
        """The rows of those keys that are features."""
        rows = self._rows(keys)
        return rows[rows >= 0]

    def _known_of(self, hits: Hits) -> Hits:
        """The same, with their tokens."""
        rows = self._rows(hits[0])
        return rows[rows >= 0], hits[1][rows >= 0]

    def _rows(self, keys: Keys) -> Ints:
        """The row of each key, -1 for one that is no feature."""
        if not len(self._keys):
            return np.full(len(keys), -1, dtype=np.int32)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, places, -1).astype(np.int32)


def _with_vector(found: Features, vector: Floats) -> Features:
    """The same text with a value in each of the dense features; no word has brought it."""
    if len(vector) != found.dense:
        raise ValueError(f"a vector of {len(vector)} for {found.dense} features")
    places = np.arange(found.dense, dtype=np.int32)
    return replace(
        found,
        rows=np.concatenate([found.rows, places + np.int32(found.width - found.dense)]),
        values=np.concatenate([found.values, vector]),
        hit_places=np.concatenate([found.hit_places, places + np.int32(len(found.rows))]),
        hit_tokens=np.concatenate([found.hit_tokens, np.full(found.dense, NOWHERE, dtype=np.int32)]),
        hit_shares=np.concatenate([found.hit_shares, np.ones(found.dense, dtype=np.float32)]),
    )


@Language.factory(FACTORY, default_config={"sizes": [3, 6], "at_most": 400_000, "known": 0.1})
def make_finder(nlp: Language, name: str, sizes: list[int], at_most: int, known: float) -> FeatureFinder:
    """The component for a spaCy config: see the comments in nlp/configs/default.cfg."""
    del nlp, name
    shortest, longest = sizes
    return FeatureFinder((shortest, longest), at_most, known)
