"""From the place names of a message to districts, municipalities and the places among which the submitter is asked."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_choice import MOST_PASSED, Context, PostcodeMention, askable, context_of, is_decided, is_sure, meant
from nlp.place_forms import Form
from nlp.place_mentions import Mention, Role
from nlp.place_names import Sense, SenseKind
from nlp.place_points import Located
from nlp.understanding import OUTSIDE, REGION, Candidate, DistrictScore, Evidence, MunicipalityScore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nlp.place_neighbours import Neighbours

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
    SenseKind.PASSING: 0.7,
    SenseKind.PLATE: 0.75,
    SenseKind.OUTSIDE: 0.85,
}
FORM_FACTORS: Mapping[Form, float] = {
    Form.NAME: 1,
    Form.GENITIVE: 1,
    Form.ADJECTIVE: 0.96,
    Form.BARE: 0.92,
    Form.MISSPELT: 0.8,
}
# Between a postcode and its town.
_BLANKS = 3
# Each role counts where none of those before it names a place.
_RANKS = (Role.PLACE, Role.HOME, Role.HINT, Role.FAR)


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The places a message is about, best first; evidence offsets count in the text of the Doc."""

    districts: tuple[DistrictScore, ...]
    municipalities: tuple[MunicipalityScore, ...]
    evidence: tuple[Evidence, ...]
    candidates: tuple[Candidate, ...]


NO_PLACES = PlaceReading(districts=(), municipalities=(), evidence=(), candidates=())


@dataclass(frozen=True, slots=True)
class Found:
    """A place that the message is about and its words; no `towns` (AGS) where only a district is known."""

    start: int
    end: int
    districts: tuple[str, ...]
    towns: tuple[str, ...]
    probability: float


def resolve(
    text: str,
    mentions: tuple[Mention, ...],
    postcodes: tuple[PostcodeMention, ...],
    located: Located,
    neighbours: Neighbours,
) -> tuple[tuple[Found, ...], tuple[Sense, ...]]:
    """The places that the mentions stand for, and the meanings of those that nothing in the message decides.

    `located` are the positions shared with the message: what the text leaves open means what lies there. The writer's
    address counts where the text names no place of the region, a hint where there is no address either.
    """
    context = context_of(text, tuple(m for m in mentions if m.role in {*_RANKS, Role.ANCHOR}), postcodes, neighbours)
    postcodes = tuple(m for m in postcodes if not _is_named(m, mentions))
    for role in _RANKS[:1] if located.towns else _RANKS:
        named = [m for m in mentions if m.role is role and not m.outside]
        found = [_found_postcode(m) for m in postcodes if role is (Role.HOME if m.home else Role.PLACE)]
        open_senses = _read(named, context, located, found)
        if found or open_senses:
            return tuple(sorted(found, key=lambda place: place.start)), open_senses
    outside = [_found(m, m.reading.senses) for m in mentions if m.role in {Role.PLACE, Role.HOME} and m.outside]
    return tuple(outside) if not located.towns else (), ()


def _read(named: list[Mention], context: Context, located: Located, found: list[Found]) -> tuple[Sense, ...]:
    """Add what is decided to `found`; the meanings of the rest, read again beside what was decided."""
    decisions = {mention: meant(mention, context, located) for mention in (*named, *context.anchors)}
    sure = {mention: senses for mention, senses in decisions.items() if is_sure(senses)}
    if 0 < len(sure) < len(decisions):
        known = replace(
            context,
            districts=context.districts.union(*(senses[0].districts for senses in sure.values())),
            towns=context.towns.union(str(senses[0].ags) for senses in sure.values() if senses[0].ags),
        )
        decisions = {mention: sure.get(mention) or meant(mention, known, located) for mention in named}
    decisions = {mention: decisions[mention] for mention in named}
    found.extend(_found(mention, senses) for mention, senses in decisions.items() if is_decided(senses))
    open_senses: dict[Sense, None] = {}
    for mention, senses in decisions.items():
        if mention.role is not Role.HOME and not is_sure(senses):
            open_senses.update(dict.fromkeys(senses if is_decided(senses) else askable(mention)))
    return tuple(open_senses)


def _found(mention: Mention, senses: tuple[Sense, ...]) -> Found:
    sense = senses[0]
    resolved = len(mention.reading.senses) > 1 or sense.policy is MatchPolicy.NEEDS_CONTEXT
    probability = RESOLVED if resolved else KIND_PROBABILITIES[sense.kind] * FORM_FACTORS[mention.reading.form]
    if mention.role is Role.HOME:
        probability = HOME
    towns = _towns_of(sense) if is_sure(senses) else ()
    return Found(mention.start, mention.end, sense.districts, towns, round(probability, 3))


def _towns_of(sense: Sense) -> tuple[str, ...]:
    """The town, or both of a landmark between two; a road leads through, and means none of many."""
    if 1 < len(sense.towns) <= MOST_PASSED:
        return sense.towns
    return (sense.ags,) if sense.ags and len(sense.towns) < 2 else ()


def _is_named(postcode: PostcodeMention, mentions: tuple[Mention, ...]) -> bool:
    """Whether the town stands behind a postcode that it shares with others: "09573 Leubsdorf"."""
    index = bisect_left(mentions, postcode.end, key=lambda mention: mention.start)
    if len(postcode.postcode.ags) < 2 or index == len(mentions) or mentions[index].start - postcode.end > _BLANKS:
        return False
    named = mentions[index]
    return named.role in _RANKS and any(sense.ags in postcode.postcode.ags for sense in named.reading.senses)


def _found_postcode(mention: PostcodeMention) -> Found:
    postcode = mention.postcode
    towns = postcode.ags if len(postcode.ags) == 1 else ()
    inside = tuple(key for key in postcode.districts if key != OUTSIDE)
    return Found(mention.start, mention.end, inside, towns, HOME if mention.home else POSTCODE)


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
