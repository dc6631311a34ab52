"""From the place names of a message to districts, municipalities and the places among which the submitter is asked."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_contexts import Mention, Role
from nlp.place_forms import Form
from nlp.place_names import Sense, SenseKind
from nlp.place_points import Located
from nlp.understanding import OUTSIDE, REGION, Candidate, DistrictScore, Evidence, MunicipalityScore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nlp.gazetteer import Postcode

POSTCODE = 0.97
LOCATED = 1.0
RESOLVED = 0.85
HOME = 0.6
KIND_PROBABILITIES: Mapping[SenseKind, float] = {
    SenseKind.MUNICIPALITY: 0.95,
    SenseKind.DISTRICT: 0.95,
    SenseKind.REGION: 0.95,
    SenseKind.LOCALITY: 0.88,
    SenseKind.LANDMARK: 0.85,
    SenseKind.PLATE: 0.75,
    SenseKind.OUTSIDE: 0.85,
}
FORM_FACTORS: Mapping[Form, float] = {
    Form.NAME: 1,
    Form.ASCII: 1,
    Form.GENITIVE: 1,
    Form.ADJECTIVE: 0.96,
    Form.BARE: 0.92,
    Form.MISSPELT: 0.8,
}
_ADJACENT = re.compile(r"\s*(?:[-\u2013/(,]|OT|,?\s*(?:OT|Ortsteil|Stadtteil)|in|bei)?\s*", re.IGNORECASE)
_HYPHEN = re.compile(r"[-\u2013/(]|\s*\(|\s+")


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The places a message is about, best first; evidence offsets count in the text of the Doc."""

    districts: tuple[DistrictScore, ...]
    municipalities: tuple[MunicipalityScore, ...]
    evidence: tuple[Evidence, ...]
    candidates: tuple[Candidate, ...]


NO_PLACES = PlaceReading(districts=(), municipalities=(), evidence=(), candidates=())


@dataclass(frozen=True, slots=True)
class PostcodeMention:
    """A postcode in a text with its character offsets; `home` where it stands in the signature."""

    start: int
    end: int
    postcode: Postcode
    home: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A place that the message is about, with the words that say so; `ags` is None where only a district is known."""

    start: int
    end: int
    districts: tuple[str, ...]
    ags: str | None
    probability: float
    home: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What the message says for certain: the names that mean several places are read by it."""

    text: str
    districts: frozenset[str]
    towns: frozenset[str]
    postcode_towns: frozenset[str]
    certain: tuple[Mention, ...]


def resolve(
    text: str, mentions: tuple[Mention, ...], postcodes: tuple[PostcodeMention, ...], located: Located
) -> tuple[tuple[Found, ...], tuple[Sense, ...]]:
    """The places that the mentions stand for, and the meanings of those that nothing in the message decides.

    `located` are the positions shared with the message: what the text leaves open means what lies there.
    """
    counted = _counted(mentions, has_postcode=bool(postcodes))
    context = _context(text, counted, postcodes)
    found = [_found_postcode(mention) for mention in postcodes]
    open_senses: dict[Sense, None] = {}
    for mention in counted:
        senses = _choose(mention, context)
        if not _is_decided(senses):
            senses = _nearby(mention, located)
        if _is_decided(senses):
            found.append(_found(mention, senses))
        elif mention.role is not Role.HOME:
            open_senses.update(dict.fromkeys(_askable(mention)))
    has_other = bool(open_senses or located.towns)
    return _without_homes(found, has_other=has_other), tuple(open_senses)


def _counted(mentions: tuple[Mention, ...], *, has_postcode: bool) -> tuple[Mention, ...]:
    """The mentions that count; one that may be a mere comparison counts only when nothing else is named."""
    named = [m for m in mentions if m.role is Role.PLACE and not m.outside]
    kept = {Role.PLACE, Role.HOME}
    return tuple(
        m
        for m in mentions
        if m.role in kept or (m.role is Role.MAYBE_COMPARED and not m.outside and not named and not has_postcode)
    )


def _context(text: str, mentions: tuple[Mention, ...], postcodes: tuple[PostcodeMention, ...]) -> _Context:
    certain = tuple(m for m in mentions if _certain(m))
    senses = [m.reading.senses[0] for m in certain if m.reading.senses[0].kind is not SenseKind.OUTSIDE]
    by_postcode = frozenset(ags for m in postcodes for ags in m.postcode.ags)
    districts = {key for sense in senses for key in sense.districts}
    districts.update(key for m in postcodes for key in m.postcode.districts)
    towns = frozenset(sense.ags for sense in senses if sense.ags) | by_postcode
    return _Context(text, frozenset(districts), towns, by_postcode, certain)


def _certain(mention: Mention) -> bool:
    senses = mention.reading.senses
    return len(senses) == 1 and (senses[0].kind is not SenseKind.LOCALITY or senses[0].policy is MatchPolicy.FREE)


def _choose(mention: Mention, context: _Context) -> tuple[Sense, ...]:
    """The meanings that remain: one, several of which all lie in one district, or none that may be acted on."""
    senses = mention.reading.senses
    quarters = tuple(sense for sense in senses if sense.kind is SenseKind.LOCALITY)
    beside = _only(sense for sense in quarters if _beside_town(mention, sense, context))
    if beside:
        return beside
    if mention.quarter and quarters:
        return _supported(quarters, context) or (quarters if len(quarters) == 1 else ())
    readable = tuple(sense for sense in senses if sense.policy is not MatchPolicy.NEVER_ALONE)
    by_postcode = _only(sense for sense in readable if sense.ags in context.postcode_towns)
    if by_postcode:
        return by_postcode
    towns = tuple(sense for sense in senses if sense.kind is SenseKind.MUNICIPALITY)
    if towns:
        return _choose_town(towns, quarters, context)
    return _choose_quarter(readable, context) if quarters else senses


def _choose_town(towns: tuple[Sense, ...], quarters: tuple[Sense, ...], context: _Context) -> tuple[Sense, ...]:
    rivals = tuple(
        quarter
        for quarter in quarters
        if quarter.policy in {MatchPolicy.FREE, MatchPolicy.NEEDS_CONTEXT}
        and all(quarter.districts != town.districts for town in towns)
    )
    if len(towns) == 1 and not rivals:
        return towns
    named = _only(town for town in towns if town.ags in context.towns)
    near = _only(town for town in towns if context.districts.issuperset(town.districts))
    if named or near:
        return named or near
    return _only(rival for rival in rivals if rival.ags in context.towns) if len(towns) == 1 else ()


def _choose_quarter(quarters: tuple[Sense, ...], context: _Context) -> tuple[Sense, ...]:
    free = all(quarter.policy is MatchPolicy.FREE for quarter in quarters)
    if free and len({quarter.districts for quarter in quarters}) == 1:
        return quarters
    return _supported(quarters, context)


def _supported(senses: tuple[Sense, ...], context: _Context) -> tuple[Sense, ...]:
    named = _only(sense for sense in senses if sense.ags in context.towns)
    near = tuple(sense for sense in senses if context.districts.issuperset(sense.districts))
    return named or (near if len({sense.districts for sense in near}) == 1 else ())


def _beside_town(mention: Mention, quarter: Sense, context: _Context) -> bool:
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


def _askable(mention: Mention) -> tuple[Sense, ...]:
    """The municipalities and quarters to ask about; a quarter that is never read alone is none."""
    return tuple(
        sense
        for sense in mention.reading.senses
        if sense.ags and (mention.quarter or sense.policy is not MatchPolicy.NEVER_ALONE)
    )


def _nearby(mention: Mention, located: Located) -> tuple[Sense, ...]:
    """The meanings in the municipalities of the shared positions, or else in their districts."""
    askable = _askable(mention)
    here = tuple(sense for sense in askable if sense.ags in located.towns)
    return here or tuple(sense for sense in askable if located.districts.issuperset(sense.districts))


def _is_decided(senses: tuple[Sense, ...]) -> bool:
    """Whether the meanings lie in one district, which is what decides where an idea goes."""
    return len({sense.districts for sense in senses}) == 1


def _found(mention: Mention, senses: tuple[Sense, ...]) -> Found:
    sense = senses[0]
    resolved = len(mention.reading.senses) > 1 or sense.policy is MatchPolicy.NEEDS_CONTEXT
    probability = RESOLVED if resolved else KIND_PROBABILITIES[sense.kind] * FORM_FACTORS[mention.reading.form]
    home = mention.role is Role.HOME
    ags = sense.ags if len(senses) == 1 else None
    return Found(mention.start, mention.end, sense.districts, ags, HOME if home else round(probability, 3), home)


def _found_postcode(mention: PostcodeMention) -> Found:
    postcode = mention.postcode
    ags = postcode.ags[0] if len(postcode.ags) == 1 else None
    inside = tuple(key for key in postcode.districts if key != OUTSIDE)
    return Found(mention.start, mention.end, inside, ags, HOME if mention.home else POSTCODE, mention.home)


def _without_homes(found: list[Found], *, has_other: bool) -> tuple[Found, ...]:
    """The writer's own address, and places outside, count only when the message has no other place."""
    named = tuple(place for place in found if not place.home)
    chosen = named if named or has_other else tuple(found)
    inside = tuple(place for place in chosen if place.districts != (OUTSIDE,))
    return tuple(sorted(inside or (() if has_other else chosen), key=lambda place: place.start))


def scored(found: tuple[Found, ...], keys: frozenset[str], located: Located) -> tuple[DistrictScore, ...]:
    """The districts, best first; all `keys` in the text, or words for all of the region, are the region."""
    best: dict[str, float] = {}
    for place in found:
        for key in place.districts:
            best[key] = max(best.get(key, 0.0), place.probability)
    if REGION in best:
        best = {REGION: best[REGION]}
    elif len(keys) > 1 and keys.issubset(best):
        best = {REGION: min(best.values())}
    best.update(dict.fromkeys(located.districts, LOCATED))
    return tuple(DistrictScore(key, best[key]) for key in sorted(best, key=lambda key: (-best[key], key)))
