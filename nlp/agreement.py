"""How far two readers agree on the labels of the same messages, of whom the second did not see the first one's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.corpus import CorpusError, Defect, Example
from nlp.understanding import Kind

_COLUMNS = 6
_EXPECTED = "id, kind, topics, other primary topic, districts and x (implicit), parted by tabs; - for nothing"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a second reader says of a message; `other` is a topic that others could take for the primary one."""

    kind: Kind
    topics: tuple[str, ...]
    other: str
    districts: frozenset[str]
    implicit: bool

    @property
    def primary(self) -> frozenset[str]:
        """The topics that the reader accepts as the primary one."""
        return frozenset({*self.topics[:1], self.other} - {""})


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares from 0 to 1 of `messages` that both have read, and Cohen's kappa (0 by chance, 1 always).

    primary: the first topic is the same. either: one that both accept as the primary one. Both are over the `topical`
    messages that have topics on both sides. districts: exactly the same ones.
    """

    messages: int
    topical: int
    kind: float
    kind_kappa: float
    primary: float
    primary_kappa: float
    either: float
    districts: float
    implicit: float
    implicit_kappa: float

    def table(self) -> str:
        """The figures as text, one a line."""
        return "\n".join(
            [
                f"messages read by both {self.messages}, with topics {self.topical}",
                f"{'':<34}{'share':>7}{'kappa':>7}",
                f"{'kind':<34}{self.kind:>7.3f}{self.kind_kappa:>7.3f}",
                f"{'primary topic':<34}{self.primary:>7.3f}{self.primary_kappa:>7.3f}",
                f"{'primary topic, either':<34}{self.either:>7.3f}",
                f"{'districts, exactly':<34}{self.districts:>7.3f}",
                f"{'implicit':<34}{self.implicit:>7.3f}{self.implicit_kappa:>7.3f}",
            ]
        )


def read_second_reader(path: Path) -> dict[str, Reading]:
    """The readings of a file of lines with tabs, by the messages' ids; raises CorpusError with all its defects."""
    readings: dict[str, Reading] = {}
    defects: list[Defect] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = ["" if cell == "-" else cell for cell in line.split("\t")]
        if len(cells) != _COLUMNS or cells[1] not in set(Kind):
            defects.append(Defect(path, number, _EXPECTED))
            continue
        name, kind, topics, other, districts, implicit = cells
        readings[name] = Reading(
            Kind(kind), _listed(topics), other, frozenset(_listed(districts)), implicit=bool(implicit)
        )
    if defects:
        raise CorpusError(defects)
    return readings


def agreement(first: Iterable[Example], second: Mapping[str, Reading]) -> Agreement:
    """Compare the labels of those messages that the second reader has read too."""
    both = [(example, second[example.id]) for example in first if example.id in second]
    topical = [(example, reading) for example, reading in both if example.topics and reading.topics]
    kinds = [(example.kind, reading.kind) for example, reading in both]
    primary = [(example.topics[0], reading.topics[0]) for example, reading in topical]
    implicit = [(example.implicit, reading.implicit) for example, reading in topical]
    return Agreement(
        messages=len(both),
        topical=len(topical),
        kind=_share(a == b for a, b in kinds),
        kind_kappa=_kappa(kinds),
        primary=_share(a == b for a, b in primary),
        primary_kappa=_kappa(primary),
        either=_share(bool(example.primary & reading.primary) for example, reading in topical),
        districts=_share(set(example.districts) == reading.districts for example, reading in both),
        implicit=_share(a == b for a, b in implicit),
        implicit_kappa=_kappa(implicit),
    )


def _kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Cohen's kappa: how much more often both say the same than they would if each kept to their own shares only."""
    size = len(pairs)
    if not size:
        return 0.0
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[name] * second[name] for name in first) / size**2
    same = sum(a == b for a, b in pairs) / size
    return 1.0 if chance == 1 else round((same - chance) / (1 - chance), 4)


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(",")) if cell else ()
