"""What is wrong with a corpus that is well-formed: too little of something, texts said twice, labels to read again."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlp.corpus import Example
from nlp.evaluate import Said
from nlp.understanding import Kind, Understanding
from nlp.words import folded

RUN = 6
# Of the weight of all words of two messages this share is in both: the same thing in nearly the same words.
LIKENESS = 0.5
# A model that is as sure as this of a topic that is not labelled is right often enough to look.
SURE = 0.85

_WORD = re.compile(r"\w+")
# Inflected forms of a word share so many letters.
_STEM = 6
# A word of every message still weighs this much, or two greetings would have no weight at all.
_WEIGHT_AT_LEAST = 0.1
# Weights are added up in different orders.
_ROUNDING = 1e-9

IDEAS_PER_TOPIC = 300
_IDEAS = 3600
_OTHER_KINDS = {Kind.COMPLAINT: 300, Kind.QUESTION: 200, Kind.OTHER: 200, Kind.SPAM: 150}


@dataclass(frozen=True, slots=True)
class Target:
    """How much there is of something, and how much there should be; shares are from 0 to 1."""

    name: str
    found: float
    at_least: float
    at_most: float = math.inf

    @property
    def met(self) -> bool:
        """Whether that is enough and not too much."""
        return self.at_least <= self.found <= self.at_most

    def __str__(self) -> str:
        """One line of a table."""
        wanted = f"at least {_number(self.at_least)}"
        if self.at_most < math.inf:
            wanted = f"{_number(self.at_least)} to {_number(self.at_most)}"
        return f"{self.name:<34}{_number(self.found):>6}  {wanted}{'' if self.met else '  MISSED'}"


@dataclass(frozen=True, slots=True)
class SharedRun:
    """Words in a row that stand in two messages, given by their ids in the order of the corpus."""

    first: str
    second: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        """Both ids and the words."""
        return f"{self.first} and {self.second} share »{' '.join(self.words)}«"


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two messages with nearly the same words; likeness from 0 to 1 (the same words)."""

    first: str
    second: str
    likeness: float

    def __str__(self) -> str:
        """Both ids and how like they are."""
        return f"{self.first} and {self.second} are alike ({self.likeness:.2f})"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message whose label should be read again: a model that had not seen it is sure of another topic."""

    id: str
    labelled: tuple[str, ...]
    said: str
    probability: float
    text: str

    def __str__(self) -> str:
        """Id, labels, what the model says, and the text in one line."""
        text = " ".join(self.text.split())
        return f"{self.id}: labelled {', '.join(self.labelled)}, said {self.said} ({self.probability:.2f}): {text}"


def targets(examples: Sequence[Example], topics: Iterable[str]) -> tuple[Target, ...]:
    """What a corpus needs, as nlp/corpus/README.md asks it."""
    ideas = [example for example in examples if example.kind is Kind.IDEA]
    kinds = Counter(example.kind for example in examples)
    primary = Counter(example.topics[0] for example in ideas)
    return (
        Target("ideas", len(ideas), _IDEAS),
        *(Target(f"ideas first about {topic}", primary[topic], IDEAS_PER_TOPIC) for topic in topics),
        *(Target(f"messages of kind {kind}", kinds[kind], wanted) for kind, wanted in _OTHER_KINDS.items()),
        Target("share of ideas with a second topic", _share(len(e.topics) > 1 for e in ideas), 0.4, 0.55),
        Target("share of ideas that are implicit", _share(e.implicit for e in ideas), 0.4),
        Target("share of messages from a phone", _share(not e.subject for e in examples), 0.4, 0.6),
    )


def shared_runs(examples: Iterable[Example]) -> tuple[SharedRun, ...]:
    """For each two messages that share `RUN` words in a row the first such run; capitals and signs do not matter."""
    seen: dict[tuple[str, ...], str] = {}
    found: dict[tuple[str, str], SharedRun] = {}
    for example in examples:
        words = [word.casefold() for word in _WORD.findall(_source(example))]
        for start in range(len(words) - RUN + 1):
            run = tuple(words[start : start + RUN])
            first = seen.setdefault(run, example.id)
            if first != example.id:
                found.setdefault((first, example.id), SharedRun(first, example.id, run))
    return tuple(found.values())


def near_duplicates(examples: Sequence[Example], likeness: float = LIKENESS) -> tuple[NearDuplicate, ...]:
    """All pairs that are at least so alike, the most alike first.

    Likeness is the Jaccard index of the messages' words, each weighed by how rare it is. No pair is missed, and few
    are compared: two messages so alike share one of their heaviest words (prefix filter: Bayardo, Ma and Srikant,
    "Scaling up all pairs similarity search", 2007), and that early enough for what may follow to suffice (positional
    filter: Xiao, Wang, Lin and Yu, "Efficient similarity joins for near duplicate detection", 2008).
    """
    stem = lru_cache(maxsize=None)(lambda word: folded(word)[:_STEM])
    texts = [frozenset(map(stem, _WORD.findall(_source(example)))) for example in examples]
    weights = _weights(texts)
    sums = [sum(weights[word] for word in text) for text in texts]
    found = []
    for i, j in _candidates(texts, weights, sums, likeness):
        both = sum(map(weights.__getitem__, texts[i] & texts[j]))
        alike = both / (sums[i] + sums[j] - both)
        if alike >= likeness:
            found.append(NearDuplicate(examples[i].id, examples[j].id, round(alike, 3)))
    return tuple(sorted(found, key=lambda pair: (-pair.likeness, pair.first, pair.second)))


def doubts(asked: Iterable[tuple[Example, Said]], sure: float = SURE) -> tuple[Doubt, ...]:
    """Whose label should be read again, the surest first; `asked` says what a model said that had not seen them."""
    found = [
        Doubt(example.id, example.topics, best.id, best.probability, _source(example))
        for example, said in asked
        for best in said.suggestions[:1]
        if example.topics and best.id not in example.topics and best.probability >= sure
    ]
    return tuple(sorted(found, key=lambda doubt: (-doubt.probability, doubt.id)))


def _weights(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    counts = Counter(word for text in texts for word in text)
    return {word: math.log(len(texts) / count) + _WEIGHT_AT_LEAST for word, count in counts.items()}


def _candidates(
    texts: Sequence[frozenset[str]], weights: Mapping[str, float], sums: Sequence[float], likeness: float
) -> Iterator[tuple[int, int]]:
    """The pairs that can be so alike, by their places, the earlier one first."""
    # With each word the messages that have it, and what it and their lighter words weigh.
    with_word: dict[str, list[tuple[int, float]]] = defaultdict(list)
    # Of the weight of both, this share must be in both.
    common = likeness / (1 + likeness) - _ROUNDING
    for place, text in enumerate(texts):
        met: set[int] = set()
        left = sums[place]
        for word in sorted(text, key=lambda word: (-weights[word], word)):
            if left < likeness * sums[place]:
                break
            for other, left_there in with_word[word]:
                if other not in met:
                    met.add(other)
                    # They share no heavier word: all that they share is left in both.
                    if min(left, left_there) >= common * (sums[other] + sums[place]):
                        yield other, place
            with_word[word].append((place, left))
            left -= weights[word]


def _source(example: Example) -> str:
    return Understanding.source(example.subject, example.text)


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"
