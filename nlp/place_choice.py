"""Which of its meanings a name has, by what else the message says: neighbours, postcodes, words for districts."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_forms import Form
from nlp.place_mentions import Mention, Role
from nlp.place_names import Sense, SenseKind
from nlp.place_neighbours import NEXT_DOOR_METRES, Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nlp.gazetteer import Postcode
    from nlp.place_points import Located

# A road through more districts than these says nothing of where something is.
MOST_PASSED = 2
_ADJACENT = re.compile(r"\s*(?:[-\u2013/(,]|OT|,?\s*(?:OT|Ortsteil|Stadtteil)|in|bei)?\s*", re.IGNORECASE)
_HYPHEN = re.compile(r"[-\u2013/(]|\s*\(|\s+")


@dataclass(frozen=True, slots=True)
class PostcodeMention:
    """A postcode in a text with its character offsets; `home` where it stands in the signature."""

    start: int
    end: int
    postcode: Postcode
    home: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What the message says for certain: the names that mean several places are read by it."""

    text: str
    districts: frozenset[str]
    towns: frozenset[str]
    postcode_towns: frozenset[str]
    passed: frozenset[str]
    certain: tuple[Mention, ...]
    anchors: tuple[Mention, ...]
    neighbours: Neighbours


def context_of(
    text: str, mentions: tuple[Mention, ...], postcodes: tuple[PostcodeMention, ...], neighbours: Neighbours
) -> Context:
    """What these mentions, none of them compared with, and postcodes say for certain."""
    certain = tuple(m for m in mentions if _certain(m))
    senses = [m.reading.senses[0] for m in certain if m.reading.senses[0].kind is not SenseKind.OUTSIDE]
    by_postcode = frozenset(ags for m in postcodes for ags in m.postcode.ags)
    districts = {key for sense in senses for key in sense.districts}
    districts.update(key for m in postcodes for key in m.postcode.districts)
    towns = frozenset(sense.ags for sense in senses if sense.ags) | by_postcode
    anchors = tuple(m for m in mentions if m.role is Role.ANCHOR)
    passed = frozenset(ags for m in mentions if m.passing for sense in m.reading.senses for ags in sense.towns)
    return Context(text, frozenset(districts), towns, by_postcode, passed, certain, anchors, neighbours)


def _certain(mention: Mention) -> bool:
    sense = mention.reading.senses[0]
    if len(mention.reading.senses) > 1 or (sense.kind is SenseKind.PASSING and len(sense.districts) > 1):
        return False
    return sense.kind not in {SenseKind.LOCALITY, SenseKind.LANDMARK} or sense.policy is MatchPolicy.FREE


def meant(mention: Mention, context: Context, located: Located) -> tuple[Sense, ...]:
    """The meanings that remain, those at the shared positions where the text decides nothing."""
    senses = _choose(mention, context)
    return senses if is_decided(senses) else _nearby(mention, located)


def is_decided(senses: tuple[Sense, ...]) -> bool:
    """Whether the meanings lie in one district, which is what decides where an idea goes."""
    return len({sense.districts for sense in senses}) == 1


def is_sure(senses: tuple[Sense, ...]) -> bool:
    """Whether it is also certain which municipality of the district is meant, if one is."""
    return is_decided(senses) and len({sense.ags for sense in senses}) == 1


def _choose(mention: Mention, context: Context) -> tuple[Sense, ...]:
    """The meanings that remain: one, several of which all lie in one district, or none that may be acted on."""
    senses = mention.reading.senses
    quarters = tuple(sense for sense in senses if sense.kind is SenseKind.LOCALITY)
    beside = _only(sense for sense in quarters if _beside_town(mention, sense, context))
    if beside:
        return beside
    if mention.urban:
        quarters = tuple(sense for sense in quarters if sense.urban) or quarters
    if mention.quarter and quarters:
        return _supported(quarters, context) or (quarters if len(quarters) == 1 else ())
    readable = tuple(sense for sense in senses if sense.policy is not MatchPolicy.NEVER_ALONE)
    by_postcode = _only(sense for sense in readable if sense.ags in context.postcode_towns)
    if by_postcode:
        return by_postcode
    towns = tuple(sense for sense in senses if sense.kind is SenseKind.MUNICIPALITY)
    if towns:
        return _choose_town(towns, quarters, context)
    if quarters:
        return _choose_quarter(readable, context)
    return _choose_landmark(senses, context, spot=mention.spot)


def _choose_town(towns: tuple[Sense, ...], quarters: tuple[Sense, ...], context: Context) -> tuple[Sense, ...]:
    rivals = tuple(
        quarter
        for quarter in quarters
        if quarter.policy in {MatchPolicy.FREE, MatchPolicy.NEEDS_CONTEXT}
        and all(quarter.districts != town.districts for town in towns)
    )
    if len(towns) == 1 and not rivals:
        return towns
    named = _only(town for town in towns if town.ags in context.towns) or _next_door((*towns, *rivals), context)
    near = _only(town for town in towns if context.districts.issuperset(town.districts))
    if named or near:
        return named or near
    rival = _only(rival for rival in rivals if rival.ags in context.towns) if len(towns) == 1 else ()
    return rival or _beside_others((*towns, *rivals), context)


def _next_door(senses: tuple[Sense, ...], context: Context) -> tuple[Sense, ...]:
    nearest = context.neighbours.nearest(frozenset(str(sense.ags) for sense in senses), context.towns, NEXT_DOOR_METRES)
    return _only(sense for sense in senses if sense.ags == nearest)


def _beside_others(senses: tuple[Sense, ...], context: Context) -> tuple[Sense, ...]:
    """The one that lies beside the other towns of the message, or on its road."""
    on_road = _only(sense for sense in senses if sense.ags in context.passed)
    if on_road:
        return on_road
    # A quarter's own town says nothing: somebody in Zwickau may well write of another Auerbach.
    rivals = tuple(sense for sense in senses if sense.ags not in context.towns)
    nearest = context.neighbours.nearest(frozenset(str(sense.ags) for sense in rivals), context.towns)
    return _only(sense for sense in rivals if sense.ags == nearest) if len(rivals) == len(senses) else ()


def _choose_quarter(quarters: tuple[Sense, ...], context: Context) -> tuple[Sense, ...]:
    free = all(quarter.policy is MatchPolicy.FREE for quarter in quarters)
    if free and len({quarter.districts for quarter in quarters}) == 1:
        return quarters
    return _supported(quarters, context)


def _choose_landmark(senses: tuple[Sense, ...], context: Context, *, spot: bool) -> tuple[Sense, ...]:
    """One that others are called like counts beside its town, its district or an "am"; a road not if it leads far."""
    sure = tuple(
        sense
        for sense in senses
        if sense.policy is MatchPolicy.FREE
        or (sense.policy is not MatchPolicy.NEVER_ALONE and (spot or _is_near(sense, context)))
    )
    return tuple(s for s in sure if s.kind is not SenseKind.PASSING or len(s.districts) <= MOST_PASSED)


def _is_near(sense: Sense, context: Context) -> bool:
    return sense.ags in context.towns or context.districts.issuperset(sense.districts)


def _supported(senses: tuple[Sense, ...], context: Context) -> tuple[Sense, ...]:
    named = _only(sense for sense in senses if sense.ags in context.towns)
    near = tuple(sense for sense in senses if context.districts.issuperset(sense.districts))
    if named or len(near) == 1:
        return named or near
    beside = _beside_others(senses, context)
    return beside or (near if is_decided(near) else ())


def _beside_town(mention: Mention, quarter: Sense, context: Context) -> bool:
    """Whether the quarter's own town stands right beside it: "Zwickau-Auerbach", "Auerbach (Zwickau)"."""
    index = bisect_left(context.certain, mention.start, key=lambda town: town.start)
    for town in context.certain[max(0, index - 1) : index + 2]:
        if town.reading.senses[0].ags != quarter.ags or town.reading.form >= Form.ADJECTIVE:
            continue
        if town.end <= mention.start and _HYPHEN.fullmatch(context.text, town.end, mention.start):
            return True
        if mention.end <= town.start and _ADJACENT.fullmatch(context.text, mention.end, town.start):
            return True
    return False


def _only(senses: Iterable[Sense]) -> tuple[Sense, ...]:
    several = tuple(senses)
    return several if len(several) == 1 else ()


def askable(mention: Mention) -> tuple[Sense, ...]:
    """The municipalities and quarters to ask about; a quarter that is never read alone is none."""
    return tuple(
        sense
        for sense in mention.reading.senses
        if sense.ags
        and sense.kind in {SenseKind.MUNICIPALITY, SenseKind.LOCALITY}
        and (mention.quarter or sense.policy is not MatchPolicy.NEVER_ALONE)
        and (sense.urban or not mention.urban)
    )


def _nearby(mention: Mention, located: Located) -> tuple[Sense, ...]:
    """The meanings in the municipalities of the shared positions, or else in their districts."""
    possible = askable(mention)
    here = tuple(sense for sense in possible if sense.ags in located.towns)
    return here or tuple(sense for sense in possible if located.districts.issuperset(sense.districts))
