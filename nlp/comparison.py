"""Whether a new model is worse than the one that serves: both read the same messages, and the differences are counted.

A message about a topic is right where the best suggestion is its primary topic and nobody would take it for spam or
small talk; one without a topic where its kind is right. For each topic and kind an exact sign test looks at the
messages that only one of the models has right: worse is what chance alone would show in less than one of twenty
comparisons. What was corrected by people is counted, and must not become less.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nlp.corpus import CORRECTIONS, KINDS_WITHOUT_TOPIC, Example
from nlp.understanding import Classifier, Understanding

ACTED = "acts rightly"

_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of one topic or kind: how many each model has right, and how many only one of them (lost, won)."""

    name: str
    messages: int
    before: int
    after: int
    lost: int
    won: int

    @property
    def chance(self) -> float:
        """How probable so many losses are if both models are equally good (one-sided exact sign test)."""
        decided = self.lost + self.won
        as_bad = sum(math.comb(decided, losses) for losses in range(self.lost, decided + 1))
        return float(as_bad / 2**decided)

    @property
    def is_worse(self) -> bool:
        """Whether the new model loses more than chance explains."""
        return self.chance < _CHANCE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Topics and kinds of the evaluation set, what is acted on in all of it, and people's corrections."""

    groups: tuple[Group, ...]
    corrections: Group

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the new model must not serve; none where it may."""
        worse = [f"{group.name}: {group.lost} lost, {group.won} won" for group in self.groups if group.is_worse]
        if self.corrections.after < self.corrections.before:
            worse.append(f"{CORRECTIONS}: {self.corrections.after} right instead of {self.corrections.before}")
        return tuple(worse)

    def table(self) -> str:
        """All groups as text, one a line."""
        lines = [f"{'':<14}{'messages':>9}{'before':>8}{'after':>7}{'lost':>6}{'won':>5}{'chance':>8}"]
        for group in (*self.groups, self.corrections):
            figures = f"{group.messages:>9}{group.before:>8}{group.after:>7}{group.lost:>6}{group.won:>5}"
            chance = f"{group.chance:>8.2f}" if group is not self.corrections else ""
            lines.append(f"{group.name:<14}{figures}{chance}{'  worse' if chance and group.is_worse else ''}")
        return "\n".join(lines)


def compare(
    before: Classifier, after: Classifier, rows: Iterable[Example], corrections: Iterable[Example]
) -> Comparison:
    """Let both models read the evaluation set and the corrections."""
    pairs = _Pairs(before, after)
    read = pairs.read(rows)
    names = sorted({_group(row) for row, *_ in read})
    groups = [_counted(name, [one for one in read if _group(one[0]) == name], is_right) for name in names]
    groups.append(_counted(ACTED, read, _acts_rightly))
    return Comparison(tuple(groups), _counted(CORRECTIONS, pairs.read(corrections), is_right))


def is_right(row: Example, understood: Understanding) -> bool:
    """Whether a message was understood, as the module says."""
    if not row.topics:
        return row.kind == understood.kind
    best = understood.suggestions[0].id if understood.suggestions else ""
    return best in row.primary and understood.kind not in KINDS_WITHOUT_TOPIC


_Read = tuple[Example, Understanding, Understanding]


@dataclass(frozen=True, slots=True)
class _Pairs:
    before: Classifier
    after: Classifier

    def read(self, rows: Iterable[Example]) -> Sequence[_Read]:
        return [
            (row, self.before.understand(row.subject, row.text), self.after.understand(row.subject, row.text))
            for row in rows
        ]


def _group(row: Example) -> str:
    return row.topics[0] if row.topics else f"({row.kind})"


def _acts_rightly(row: Example, understood: Understanding) -> bool:
    """Whether nothing is acted on that is not labelled; to abstain is no fault here."""
    return all(topic.id in row.topics for topic in understood.topics)


def _counted(name: str, read: Sequence[_Read], is_good: Callable[[Example, Understanding], bool]) -> Group:
    found = Counter((is_good(row, before), is_good(row, after)) for row, before, after in read)
    both, lost, won = found[True, True], found[True, False], found[False, True]
    return Group(name, len(read), both + lost, both + won, lost, won)
