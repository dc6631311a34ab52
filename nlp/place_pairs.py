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


def told_apart(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, in order, with what the name right behind each says of it; without those it makes impossible."""
    told: list[Mention | None] = list(mentions)
    for index, (first, second) in enumerate(pairwise(mentions)):
        between = text[first.end : min(second.start, first.end + _LONGEST_BETWEEN + 1)]
        if first.outside and first.adjective and second.local and between == " ":
            told[index + 1] = replace(second, reading=ELSEWHERE)
        if not first.town or len(between) > _LONGEST_BETWEEN:
            continue
        if _is_put_outside(text, first, second, between):
            told[index] = replace(first, reading=ELSEWHERE)
        elif _is_in(first, second, between):
            told[index] = _inside(first, second)
        elif cues.BETWEEN_NEIGHBOURS.fullmatch(between):
            told[index], told[index + 1] = _paired(first, second)
    return [mention for mention in told if mention]


def _is_put_outside(text: str, first: Mention, second: Mention, between: str) -> bool:
    """Whether a town outside tells the name apart: "Hermsdorf bei Gera", "die Neustadt in Dresden"."""
    if not second.outside or second.adjective or first.adjective:
        return False
    if first.shared and cues.BETWEEN_NEAR.fullmatch(between):
        return True
    if not first.local or not cues.BETWEEN_PART.fullmatch(between):
        return False
    going = cues.BEFORE_GOING.search(text[max(0, first.start - _LONGEST_BETWEEN) : first.start].lower())
    return not going or between.strip().lower() == "in"


def _is_in(first: Mention, second: Mention, between: str) -> bool:
    """Whether the second name is that of a district in which the first one lies: "Plaue im Vogtland"."""
    if first.adjective or second.adjective or any(s.kind is not SenseKind.DISTRICT for s in second.reading.senses):
        return False
    return bool(cues.BETWEEN_DISTRICT.fullmatch(between))


def _inside(first: Mention, second: Mention) -> Mention | None:
    """The name with its meanings in the district; None where it has none there, and the district alone is certain."""
    named = {key for sense in second.reading.senses for key in sense.districts}
    inside = {sense.ags for sense in first.reading.senses if named.issuperset(sense.districts)}
    if len(first.reading.senses) > 1:
        return _within(first, inside) if inside else None
    quarter = first.reading.senses[0].kind is SenseKind.LOCALITY
    return None if quarter and not inside else first


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
