"""What two names that stand side by side say of each other: "Hermsdorf bei Gera", "Adorf bei Neukirchen"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from nlp import place_cues as cues
from nlp.gazetteer import MatchPolicy
from nlp.place_forms import Form
from nlp.place_mentions import Mention
from nlp.place_names import Reading, Sense, SenseKind
from nlp.understanding import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

ELSEWHERE = Reading(Form.NAME, (Sense(SenseKind.OUTSIDE, OUTSIDE, (OUTSIDE,)),))
_LONGEST_BETWEEN = 30
_AREAS = frozenset({SenseKind.DISTRICT})


def told_apart(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, in order, with what the name right behind each says of it; without those it makes impossible."""
    told = list(mentions)
    taken: set[int] = set()
    for index, (first, second) in enumerate(pairwise(mentions)):
        between = text[first.end : min(second.start, first.end + _LONGEST_BETWEEN + 1)]
        if not first.town or len(between) > _LONGEST_BETWEEN:
            continue
        if _is_put_outside(text, first, second, between):
            told[index] = replace(first, reading=ELSEWHERE)
        elif _is_in_other_district(first, second, between):
            taken.add(index)
        elif cues.BETWEEN_NEIGHBOURS.fullmatch(between):
            told[index], told[index + 1] = _paired(first, second)
    return [mention for index, mention in enumerate(told) if index not in taken]


def _is_put_outside(text: str, first: Mention, second: Mention, between: str) -> bool:
    """Whether a town outside tells the name apart: "Hermsdorf bei Gera", "die Neustadt in Dresden"."""
    if not second.outside or second.adjective or first.adjective:
        return False
    if first.shared and cues.BETWEEN_NEAR.fullmatch(between):
        return True
    going = cues.BEFORE_GOING.search(text[max(0, first.start - _LONGEST_BETWEEN) : first.start].lower())
    return first.local and not going and bool(cues.BETWEEN_PART.fullmatch(between))


def _is_in_other_district(first: Mention, second: Mention, between: str) -> bool:
    """Whether a quarter's name cannot mean that quarter: its district is not the one named behind it."""
    if not all(sense.kind is SenseKind.LOCALITY for sense in first.reading.senses) or first.adjective:
        return False
    if second.adjective or any(sense.kind not in _AREAS for sense in second.reading.senses):
        return False
    named = {key for sense in second.reading.senses for key in sense.districts}
    elsewhere = all(named.isdisjoint(sense.districts) for sense in first.reading.senses)
    return elsewhere and bool(cues.BETWEEN_DISTRICT.fullmatch(between))


def _paired(first: Mention, second: Mention) -> tuple[Mention, Mention]:
    """Both with their meanings in one municipality, where only one holds a quarter and the town of these names."""
    if min(len(first.reading.senses), len(second.reading.senses)) < 2:
        return first, second
    shared = _towns(first) & _towns(second)
    if len(shared) != 1:
        return first, second
    return _within(first, shared), _within(second, shared)


def _towns(mention: Mention) -> set[str | None]:
    return {sense.ags for sense in mention.reading.senses}


def _within(mention: Mention, towns: set[str | None]) -> Mention:
    # As sure as what was chosen among several, and no surer.
    senses = tuple(
        replace(sense, policy=MatchPolicy.NEEDS_CONTEXT) for sense in mention.reading.senses if sense.ags in towns
    )
    return replace(mention, reading=Reading(mention.reading.form, senses))
