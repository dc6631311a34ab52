"""How alike two ideas are: a fingerprint of each, small enough to store, and the probability that both wish the same.

A fingerprint holds the topics, the places, what it is against, and for each telling word its stem and what it means:
its share of the message's topic sums, from all features that it brings (pieces, parts of compounds, concepts). So two
words meet that speak for the same things, though they share no letter. Only numpy is needed to compare fingerprints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.understanding import Understanding
from nlp.wish_words import opposed, stance, stem, words_in, words_of_where

if TYPE_CHECKING:
    from nlp.features import Features

# How a fingerprint is laid out and what its numbers mean: whoever changes that counts on.
FORMAT = 3

WORDS_AT_MOST = 64
_PLACES_AT_MOST = 4
_LEVELS = ("towns", "districts")
_SHORTEST = 3
MEASURES = 5
# A topic that is not among the best has about this probability.
_OTHERWISE = 0.02
# Meanings are kept as whole numbers, this one for 1.
_STEPS = 127
# So is a weight, this one for the greatest of the message.
_HEAVIEST = 255
# So that nothing is divided by 0.
_SMALLEST = 1e-9
# Words that say where count so much; half of what is wished for one spot is another wish.
_WHERE = 0.5
# Words that stand in more messages than one in twelve tell nothing.
_TELLING_FROM = 2.5
# What another word with the same meaning counts of the same word.
_OTHER_WORD = 0.9
# So many of the others are compared word by word.
_LOOKED_AT = 3000

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message: how much it weighs there, and what it says for each topic."""

    text: str
    weight: float
    meaning: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes two ideas the same: the logarithm of the odds is a sum of these, times their measures (0 to 1)."""

    bias: float
    topics: float
    meanings: float
    here: float
    opposed: float
    elsewhere: float


# Fitted by tests/benchmarks/similar.py (`--fit`) on the pairs of nlp/evaluation/pairs.jsonl with even numbers, on these
# pairs without their places, and on the five messages of the corpus that are nearest to each.
WEIGHTS = Weights(bias=-3.41, topics=1.08, meanings=2.67, here=0.32, opposed=-2.87, elsewhere=-1.81)

# From here on two ideas are shown as similar. Of the pairs that the weights were fitted on, 13 of 14 of those are the
# same idea; a near miss in nearly the same words can still be shown. Of 2,000 messages about something else, some 4 in
# 100 messages are shown one.
SHOWN_FROM = 0.54
SHOWN_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """One of the others by its index, and the probability that it is the same idea."""

    index: int
    probability: float


def method(topics: Sequence[str]) -> str:
    """How fingerprints are made: only those of the same method can be compared."""
    return f"{FORMAT}-{crc32(','.join(topics).encode()):08x}"


def words_of(
    tokens: Sequence[str], found: Features, contrast: Any, rarity: Callable[[Sequence[str]], Any]
) -> Iterator[Word]:
    """The words of a text; `contrast` says for each feature of `found` what it says for each topic.

    `rarity` tells how rare words are: the logarithm of how many messages there are to one that has it.
    """
    brought = (contrast * found.values[:, np.newaxis])[found.hit_places] * found.hit_shares[:, np.newaxis]
    meanings = np.zeros((len(tokens) + 1, contrast.shape[1]), dtype=np.float32)
    np.add.at(meanings, found.hit_tokens, brought)  # what belongs to no word has the number -1: the last row
    said = [(word, i) for i, token in enumerate(tokens) for word in words_in(token) if len(word) >= _SHORTEST]
    for (word, i), weight in zip(said, rarity([word for word, _ in said]), strict=True):
        if weight >= _TELLING_FROM:
            yield Word(word, float(weight), meanings[i])


def fingerprint(words: Iterable[Word], topics: Sequence[str], source: str, understanding: Understanding) -> bytes:
    """The fingerprint of a message that reads `source`."""
    places = set(_place_words(source, understanding))
    telling: dict[str, Word] = {}
    for word in words:
        if word.text not in places:
            telling.setdefault(word.text, word)
    kept = sorted(_weighed(telling.values(), words_of_where(source)), key=lambda word: -word.weight)[:WORDS_AT_MOST]
    head = np.zeros(1, dtype=_head(len(topics)))
    head["topic_count"], head["words"] = len(topics), max(len(kept), 1)
    likely = {score.id: score.probability for score in (*understanding.suggestions, *understanding.topics)}
    head["topics"] = [round(255 * max(likely.get(topic, 0.0), _OTHERWISE)) for topic in topics]
    head["stance"] = stance(source)
    towns = {place.ags: place.name for place in understanding.municipalities}
    towns.update((place.ags, place.name) for place in understanding.candidates)
    _fill(head["towns"][0], (crc32(ags.encode()) for ags in towns))
    _fill(head["names"][0], (_stem_key(max(words_in(name), key=len, default=name)) for name in towns.values()))
    _fill(head["districts"][0], (crc32(district.key.encode()) for district in understanding.districts))
    made: bytes = head.tobytes() + _body(kept, len(topics)).tobytes()
    return made


def similarity(one: bytes, other: bytes, weights: Weights = WEIGHTS) -> float:
    """The probability that two fingerprints of the same method are of the same idea."""
    return float(probabilities(measures(one, [other]), weights)[0])


def nearest(
    one: bytes, others: Sequence[bytes], at_least: float = SHOWN_FROM, at_most: int = SHOWN_AT_MOST
) -> list[Near]:
    """The others (of the same method) that are probably the same idea, the likeliest first."""
    candidates = _worth_a_look(one, others, at_least)
    likely = probabilities(measures(one, [others[i] for i in candidates]))
    order = [i for i in np.argsort(-likely, kind="stable")[:at_most] if likely[i] >= at_least]
    return [Near(int(candidates[i]), float(likely[i])) for i in order]


def measures(one: bytes, others: Sequence[bytes]) -> Floats:
    """How `one` and each other compare, from 0 to 1: columns as the fields of Weights after the bias."""
    if not others:
        return np.zeros((0, MEASURES), dtype=np.float32)
    (mine,), words = _heads([one]), _bodies([one])
    heads, bodies = _heads(others), _bodies(others)
    starts = np.concatenate([[0], np.cumsum(heads["words"])[:-1]]).astype(np.intp)
    same = (words["stem"][:, np.newaxis] == bodies["stem"]) & (bodies["stem"] != 0)
    meanings = np.maximum(_meanings(words) @ _meanings(bodies).T, 0) * np.where(same, 1, _OTHER_WORD)
    # Who names the other's town means no other place, whichever of them is read as the idea's.
    named = _among(bodies["stem"], mine["names"], starts) | np.isin(
        heads["names"], words["stem"][words["stem"] != 0]
    ).any(axis=1)
    here, elsewhere = _places(mine, heads)
    against = opposed(mine["stance"], heads["stance"])
    columns = (
        _alike(mine, heads),
        _covered(meanings, words, bodies, starts),
        here | named,
        against,
        elsewhere & ~named,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def probabilities(measured: Floats, weights: Weights = WEIGHTS) -> Floats:
    """What measures come to."""
    factors = (weights.topics, weights.meanings, weights.here, weights.opposed, weights.elsewhere)
    odds: Floats = 1 / (1 + np.exp(-(measured @ np.array(factors, dtype=np.float32) + weights.bias)))
    return odds


def _worth_a_look(one: bytes, others: Sequence[bytes], at_least: float) -> Any:
    """The indices of those that could be alike enough if all their words were: the best topics first."""
    if not others:
        return np.zeros(0, dtype=np.intp)
    (mine,), heads = _heads([one]), _heads(others)
    alike = _alike(mine, heads)
    best = np.ones((len(others), MEASURES), dtype=np.float32)
    best[:, 0], best[:, 3], best[:, 4] = alike, opposed(mine["stance"], heads["stance"]), 0
    # In another district is another idea, whatever the words.
    apart = _both(mine["districts"], heads["districts"]) & ~_shared(mine["districts"], heads["districts"])
    possible = np.flatnonzero((probabilities(best) >= at_least) & ~apart)
    return possible[np.argsort(-alike[possible], kind="stable")[:_LOOKED_AT]]


def _alike(mine: Any, heads: Any) -> Any:
    """The cosines of the topics."""
    own, others = mine["topics"].astype(np.float32), heads["topics"].astype(np.float32)
    return others @ own / (np.linalg.norm(others, axis=1) * np.linalg.norm(own))


def _places(mine: Any, heads: Any) -> tuple[Any, Any]:
    """Whether the two are in the same place, and whether they are in different ones."""
    towns, districts = ((_both(mine[name], heads[name]), _shared(mine[name], heads[name])) for name in _LEVELS)
    nameless = ~mine["towns"].any() & ~heads["towns"].any(axis=1)
    here = towns[1] | (nameless & districts[1])
    return here, (towns[0] & ~towns[1]) | (districts[0] & ~districts[1])


def _both(own: Any, others: Any) -> Any:
    return own.any() & others.any(axis=1)


def _shared(own: Any, others: Any) -> Any:
    return np.isin(others, own[own != 0]).any(axis=1)


def _covered(table: Any, words: Any, bodies: Any, starts: Any) -> Any:
    """How far the words of the one are met by those of the other, by weight: the better of both directions."""
    own, others = words["weight"].astype(np.float32), bodies["weight"].astype(np.float32)
    mine = own @ np.maximum.reduceat(table, starts, axis=1) / own.sum()
    theirs = np.add.reduceat(table.max(axis=0) * others, starts) / np.add.reduceat(others, starts)
    return np.maximum(mine, theirs)


def _among(stems: Any, names: Any, starts: Any) -> Any:
    """For each other, whether any of these names stands among its words."""
    return np.logical_or.reduceat(np.isin(stems, names[names != 0]), starts)


def _meanings(bodies: Any) -> Any:
    return bodies["meaning"].astype(np.float32) / _STEPS


def _head(topics: int) -> Any:
    places = [(name, "<u4", _PLACES_AT_MOST) for name in ("towns", "names", "districts")]
    return np.dtype([("topic_count", "u1"), ("words", "u1"), ("topics", "u1", topics), ("stance", "<u2"), *places])


def _entry(topics: int) -> Any:
    return np.dtype([("stem", "<u4"), ("weight", "u1"), ("meaning", "i1", topics)])


def _heads(fingerprints: Sequence[bytes]) -> Any:
    kind = _head(fingerprints[0][0])
    return np.frombuffer(b"".join([item[: kind.itemsize] for item in fingerprints]), dtype=kind)


def _bodies(fingerprints: Sequence[bytes]) -> Any:
    topics = fingerprints[0][0]
    size = _head(topics).itemsize
    return np.frombuffer(b"".join([item[size:] for item in fingerprints]), dtype=_entry(topics))


def _body(words: Sequence[Word], topics: int) -> Any:
    """The words; one that is none, where there are none."""
    body = np.zeros(max(len(words), 1), dtype=_entry(topics))
    body["weight"] = 1
    if not words:
        return body
    meanings = np.stack([word.meaning for word in words])
    lengths = np.linalg.norm(meanings, axis=1, keepdims=True)
    body["meaning"] = np.round(_STEPS * meanings / np.maximum(lengths, _SMALLEST))
    body["stem"] = [_stem_key(word.text) for word in words]
    heaviest = max([_SMALLEST, *(word.weight for word in words)])
    body["weight"] = [max(1, round(_HEAVIEST * word.weight / heaviest)) for word in words]
    return body


def _weighed(words: Iterable[Word], where: frozenset[str]) -> Iterator[Word]:
    """The words, each as heavy as it is rare and speaks for some topics rather than for others."""
    for word in words:
        told = float(np.linalg.norm(word.meaning)) ** 0.5 * (_WHERE if word.text in where else 1.0)
        yield replace(word, weight=word.weight * told)


def _fill(places: Any, keys: Iterable[int]) -> None:
    kept = list(dict.fromkeys(keys))[:_PLACES_AT_MOST]
    places[: len(kept)] = kept


def _place_words(source: str, understanding: Understanding) -> Iterator[str]:
    for item in understanding.evidence:
        if not item.label.startswith("topic:"):
            yield from words_in(source[item.start : item.end])


def _stem_key(word: str) -> int:
    return crc32(stem(word).encode())
