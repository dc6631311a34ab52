"""The spaCy component that gives each text the dense vector of an encoder (nlp/pretrained.py), for FeatureFinder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlp.pretrained import Encoder, Vector

FACTORY = "ideenkanal_encoder"
FACTS = "facts.json"
BATCH = 256

_ENCODING = "ideenkanal.encoding"

Memory = MutableMapping[str, Vector | None]


def encoding_of(doc: Doc) -> Vector | None:
    """The vector that the component has given `doc`; None if it has not run or knows nothing of the text."""
    found: Vector | None = doc.user_data.get(_ENCODING)
    return found


class TextEncoder:
    """The component: learns in `initialize` where the middle of the texts lies, then says how each differs from it.

    Vectors of a pretrained encoder have most in common with one another; what tells texts apart is the rest, which is
    scaled to `length`. The encoder's package is not stored with the model: it is looked for where the model is loaded.
    """

    def __init__(self, encoder: Encoder, length: float) -> None:
        self._encoder = encoder
        self._length = length
        self._mean: Vector | None = None
        self._memory: Memory | None = None

    @property
    def made_with(self) -> str:
        """The encoder's package and version, as `name==version`."""
        return self._encoder.made_with

    def __call__(self, doc: Doc) -> Doc:
        """Find the vector of `doc` for `encoding_of`."""
        self._give([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH) -> Iterator[Doc]:
        """The same for many, a batch in one call of the encoder."""
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            self._give(docs)
            yield from docs

    def remember(self, memory: Memory) -> None:
        """Keep the encoder's vectors by text, and ask it about no text twice: a training meets each one often."""
        self._memory = memory

    def initialize(self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None) -> None:
        """Learn the middle of the predicted texts of the examples, and give them their vectors."""
        del nlp  # spaCy hands it to every component
        docs = [example.predicted for example in get_examples()]
        batches = [docs[start : start + BATCH] for start in range(0, len(docs), BATCH)]
        found = [vector for batch in batches for vector in self._encoded(batch)]
        known = [vector for vector in found if vector is not None]
        mean: Any = np.mean(known, axis=0, dtype=np.float64).astype(np.float32) if known else None
        self._mean = mean
        for doc, vector in zip(docs, found, strict=True):
            doc.user_data[_ENCODING] = self._scaled(vector)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write what was learned, and with which package, into the directory `path`."""
        del exclude  # the package is never written
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        mean = None if self._mean is None else self._mean.tolist()
        (folder / FACTS).write_text(json.dumps({"made_with": self.made_with, "mean": mean}), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> TextEncoder:
        """Read what `to_disk` wrote; raises OSError, ValueError or KeyError if it is not that or of another package."""
        del exclude
        content = json.loads((Path(path) / FACTS).read_text(encoding="utf-8"))
        if content["made_with"] != self.made_with:
            raise ValueError(f"it was trained with {content['made_with']}, and {self.made_with} is installed")
        self._mean = None if content["mean"] is None else np.array(content["mean"], dtype=np.float32)
        return self

    def _give(self, docs: Sequence[Doc]) -> None:
        for doc, vector in zip(docs, self._encoded(docs), strict=True):
            doc.user_data[_ENCODING] = self._scaled(vector)

    def _encoded(self, docs: Sequence[Doc]) -> list[Vector | None]:
        if self._memory is None:
            return self._encoder.encode(docs)
        unknown = {doc.text: doc for doc in docs if doc.text not in self._memory}
        self._memory.update(zip(unknown, self._encoder.encode(list(unknown.values())) if unknown else [], strict=True))
        return [self._memory[doc.text] for doc in docs]

    def _scaled(self, vector: Vector | None) -> Vector | None:
        if vector is None or self._mean is None:
            return None
        apart = vector - self._mean
        length = float(np.sqrt((apart**2).sum()))
        return apart * np.float32(self._length / length) if length else None


@Language.factory(FACTORY, default_config={"length": 1.0})
def make_encoder(nlp: Language, name: str, encoder: Any, length: float) -> TextEncoder:
    """The component for a spaCy config: see the comments in nlp/configs/e5.cfg."""
    del nlp, name
    return TextEncoder(encoder, length)
