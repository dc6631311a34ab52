"""The tokenizer: words, numbers and signs by one regular expression, in time that grows with the text alone.

spaCy's own takes affixes off a word one by one: five times slower on ordinary messages, and half a minute on a flood of
brackets. Nothing here needs what it knows of abbreviations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

COMMON_AT_MOST = 10_000

# A word may hold signs ("E-Bike", "info@example.org", "18:30"), but neither begin nor end with one.
_TOKEN = re.compile(r"[^\W_]+(?:[-'\u2019/.:@&][^\W_]+)*|\s+|[^\w\s]|_")


_WRITTEN = "ideenkanal.written"


def written(doc: Doc) -> tuple[str, list[str]]:
    """The text of a doc and its tokens as strings.

    spaCy would make an object of each token anew, and the text out of them.
    """
    found: tuple[str, list[str]] | None = doc.user_data.get(_WRITTEN)
    return found or (doc.text, [token.text for token in doc])


class WordTokenizer:
    """Makes Docs. It keeps the commonest words of what it was trained on, so that spaCy need not make them anew."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab
        self._common: tuple[str, ...] = ()

    def __call__(self, text: str) -> Doc:
        """The tokens of a text; together with their blanks they are the text."""
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _TOKEN.findall(text):
            if piece != " " or not words or spaces[-1]:
                words.append(piece)
                spaces.append(False)
            else:
                spaces[-1] = True
        doc = Doc(self._vocab, words=words, spaces=spaces)
        doc.user_data[_WRITTEN] = (text, words)
        return doc

    def learn(self, texts: Iterable[str]) -> None:
        """Keep the commonest words of these texts."""
        counts = Counter(token for text in texts for token in _TOKEN.findall(text) if not token.isspace())
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        self._know(sorted(ranked[:COMMON_AT_MOST]))

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the common words into the file `path`, one a line."""
        del exclude  # the vocabulary is the pipeline's
        Path(path).write_text("".join(f"{word}\n" for word in self._common), encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> WordTokenizer:
        """Read what `to_disk` wrote; raises OSError or ValueError if it is not that."""
        del exclude
        self._know(Path(path).read_text(encoding="utf-8").splitlines())
        return self

    def _know(self, words: Iterable[str]) -> None:
        self._common = tuple(words)
        for word in self._common:
            self._vocab[word]


@registry.tokenizers("ideenkanal.WordTokenizer.v1")  # type: ignore[untyped-decorator]  # a catalogue without types
def make_tokenizer() -> Callable[[Language], WordTokenizer]:
    """The tokenizer for a spaCy config."""
    return lambda nlp: WordTokenizer(nlp.vocab)
