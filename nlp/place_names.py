"""What every written form of a place name may mean: the gazetteer turned round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nlp.gazetteer import PASSING, AliasKind, MatchPolicy
from nlp.place_forms import SHORTEST_BARE, Form, adjectives, folded, inflections, key, spellings, spoken, with_additions
from nlp.understanding import OUTSIDE, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nlp.gazetteer import Alias, Gazetteer

_SHORTEST_BARE_QUARTER = 7
# What the kinds of all municipalities contain that are no villages.
_TOWN = "stadt"
# What people call a district; the first word is the one in `districts.toml`.
_LANDKREIS = (
    "Landkreis",
    "Landkreises",
    "Landkreise",
    "Kreis",
    "Kreises",
    "Altkreis",
    "Altkreises",
    "LK",
    "Lkr",
    "Landratsamt",
)


class SenseKind(StrEnum):
    """What a name stands for; PASSING is a road, line, river or club, which is only a hint at its places."""

    MUNICIPALITY = "municipality"
    LOCALITY = "locality"
    DISTRICT = "district"
    LANDMARK = "landmark"
    PASSING = "passing"
    PLATE = "plate"
    REGION = "region"
    OUTSIDE = "outside"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Sense:
    """One place that a name may mean; `districts` are keys, "region" or "outside".

    `towns` are all municipalities that a road or the like passes through; `urban` is what belongs to a town.
    """

    kind: SenseKind
    name: str
    districts: tuple[str, ...]
    ags: str | None = None
    policy: MatchPolicy = MatchPolicy.FREE
    towns: tuple[str, ...] = ()
    urban: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written form may mean, and how it is written."""

    form: Form
    senses: tuple[Sense, ...]


def readings(gazetteer: Gazetteer) -> Mapping[str, Reading]:
    """Every key of every place (see `nlp.place_forms.key`) with its meanings."""
    found: dict[str, Reading] = {}
    for spelled, form, sense in _written(gazetteer):
        earlier = found.get(spelled)
        if earlier is None or form < earlier.form:
            found[spelled] = Reading(form, (sense,))
        elif form == earlier.form and sense not in earlier.senses:
            found[spelled] = Reading(form, (*earlier.senses, sense))
    return {spelled: distinct(reading) if len(reading.senses) > 1 else reading for spelled, reading in found.items()}


def distinct(reading: Reading) -> Reading:
    """A district that is its own only municipality means that municipality; a quarter's namesake in it too."""
    towns = {sense.ags for sense in reading.senses if sense.kind is SenseKind.MUNICIPALITY}
    districts = {key for sense in reading.senses if sense.kind is SenseKind.MUNICIPALITY for key in sense.districts}
    senses = tuple(
        sense
        for sense in reading.senses
        if not (sense.kind is SenseKind.DISTRICT and districts.issuperset(sense.districts))
        and not (sense.kind in {SenseKind.LOCALITY, SenseKind.LANDMARK, SenseKind.PASSING} and sense.ags in towns)
    )
    return Reading(reading.form, senses)


def _written(gazetteer: Gazetteer) -> Iterator[tuple[str, Form, Sense]]:
    yield from _region(gazetteer)
    yield from _districts(gazetteer)
    for sense, name in _towns(gazetteer):
        yield from _forms(name, sense)
        if sense.kind is SenseKind.MUNICIPALITY:
            yield from ((text, Form.MISSPELT, sense) for text in spoken(name))
    yield from _told_apart(gazetteer)
    towns = {town.ags: town.name for town in gazetteer.municipalities}
    for alias in gazetteer.aliases:
        yield from _alias(alias, gazetteer, towns)
    for landmark in gazetteer.landmarks:
        kind = SenseKind.PASSING if landmark.kind in PASSING else SenseKind.LANDMARK
        sense = Sense(
            kind, landmark.names[0], landmark.districts, (*landmark.ags, None)[0], landmark.policy, landmark.ags
        )
        yield from _plain(landmark.names, sense)
        yield from _plain(_declined(landmark.names), sense)
        # "am Fuß des Pöhlbergs"
        single = (folded(name) for name in landmark.names if name.isalpha() and len(name) >= _SHORTEST_BARE_QUARTER)
        yield from ((f"{name}s", Form.GENITIVE, sense) for name in single if name[-1] not in "sxz")
    for place in gazetteer.outside:
        near = place.state in gazetteer.region.near
        policy = MatchPolicy.FREE if near else MatchPolicy.NEEDS_CONTEXT
        sense = Sense(SenseKind.OUTSIDE, place.name, (OUTSIDE,), policy=policy)
        # "Selber", "Hammer": who comes from such a town is never meant here.
        word = folded(place.name) in gazetteer.words.everyday
        yield from _plain((place.name,), sense) if word else _forms(place.name, sense)


def _declined(names: Iterable[str]) -> Iterator[str]:
    """Names that begin with an adjective, behind an article: "auf der Reichen Zeche", "am Roten Turm"."""
    for name in names:
        first, _, rest = name.partition(" ")
        stem = next((first.removesuffix(ending) for ending in ("er", "es", "e") if first.endswith(ending)), "")
        if len(stem) > 2 and rest:
            yield f"{stem}en {rest}"


def _told_apart(gazetteer: Gazetteer) -> Iterator[tuple[str, Form, Sense]]:
    """The towns with the additions that tell them apart, official ones and those of their district."""
    bearers = Counter(town.name for town in gazetteer.municipalities)
    bearers.update(place.name for place in gazetteer.localities)
    for town in gazetteer.municipalities:
        sense = Sense(SenseKind.MUNICIPALITY, town.name, (town.district,), town.ags)
        official = {town.official_name} - {town.name}
        if bearers[town.name] > 1:
            suffixes = [suffix for suffix in gazetteer.suffixes if town.district in suffix.districts]
            official.update(f"{town.name}/{suffix.official}" for suffix in suffixes)
        for name in sorted(official):
            yield from _plain(with_additions(name, gazetteer.suffixes), sense)
    yield from _beyond(gazetteer, bearers)


def _beyond(gazetteer: Gazetteer, bearers: Mapping[str, int]) -> Iterator[tuple[str, Form, Sense]]:
    """Places of one bearer in a landscape that reaches beyond its district: "Holzhau im Erzgebirge"."""
    for suffix in gazetteer.suffixes:
        official = [town for town in gazetteer.municipalities if town.official_name.endswith(f"/{suffix.official}")]
        reached = {town.district for town in official}.difference(suffix.districts) if suffix.districts else set()
        for sense, name in _towns(gazetteer):
            if bearers[name] == 1 and sense.policy is MatchPolicy.FREE and reached.issuperset(sense.districts):
                # Not as names: among these many, no mistakes are looked for.
                spelled = map(key, with_additions(f"{name}/{suffix.official}", (suffix,)))
                yield from ((text, Form.GENITIVE, sense) for text in spelled)


def _region(gazetteer: Gazetteer) -> Iterator[tuple[str, Form, Sense]]:
    region = gazetteer.region
    sense = Sense(SenseKind.REGION, region.name, (REGION,))
    yield from _forms(region.name, sense)
    yield from _plain(region.aliases, sense)
    yield from _stems(region.adjectives, sense)


def _districts(gazetteer: Gazetteer) -> Iterator[tuple[str, Form, Sense]]:
    for district in gazetteer.districts:
        sense = Sense(SenseKind.DISTRICT, district.name, (district.key,))
        for name in (district.name, *district.aliases):
            yield from _plain(_kreis(name), sense)
            for spelled, form in spellings(name).items():
                yield from ((spelled + ending, max(form, Form.GENITIVE), sense) for ending in ("s", "es"))
        yield from _stems(district.adjectives, sense)


def _kreis(name: str) -> Iterator[str]:
    """The name with the other words for a district: "Landkreis Döbeln", "Altkreis Döbeln"."""
    yield name
    first, _, town = name.partition(" ")
    if town and first == _LANDKREIS[0]:
        yield from (f"{word} {town}" for word in _LANDKREIS[1:])


def _towns(gazetteer: Gazetteer) -> Iterator[tuple[Sense, str]]:
    for town in gazetteer.municipalities:
        yield Sense(SenseKind.MUNICIPALITY, town.name, (town.district,), town.ags), town.name
    belongs = {town.ags: town for town in gazetteer.municipalities}
    for place in gazetteer.localities:
        town = belongs[place.ags]
        urban = _TOWN in town.kind.lower()
        yield Sense(SenseKind.LOCALITY, place.name, (town.district,), place.ags, place.policy, urban=urban), place.name


def _alias(alias: Alias, gazetteer: Gazetteer, towns: Mapping[str, str]) -> Iterator[tuple[str, Form, Sense]]:
    kinds = {AliasKind.PLATE: SenseKind.PLATE, AliasKind.FALSE_FRIEND: SenseKind.NOTHING}
    kind = kinds.get(alias.kind, SenseKind.MUNICIPALITY if alias.ags else SenseKind.DISTRICT)
    name = towns[alias.ags] if alias.ags else alias.name
    sense = Sense(kind, name, alias.districts, alias.ags)
    yield from _plain(with_additions(alias.name, gazetteer.suffixes), sense)
    if alias.kind in {AliasKind.NAME, AliasKind.MISSPELLING}:
        yield from ((text, form, sense) for text, form in inflections(alias.name).items())


def _forms(name: str, sense: Sense) -> Iterator[tuple[str, Form, Sense]]:
    # Of a thousand quarters, some are words without their dots: Döhlen, Dohlen.
    bare = _SHORTEST_BARE_QUARTER if sense.kind is SenseKind.LOCALITY else SHORTEST_BARE
    yield from ((text, form, sense) for text, form in spellings(name, bare).items())
    yield from ((text, form, sense) for text, form in inflections(name, bare).items())


def _plain(names: Iterable[str], sense: Sense) -> Iterator[tuple[str, Form, Sense]]:
    for name in names:
        yield from ((text, form, sense) for text, form in spellings(name).items())


def _stems(stems: Iterable[str], sense: Sense) -> Iterator[tuple[str, Form, Sense]]:
    for stem in stems:
        yield from ((text, form, sense) for text, form in adjectives(stem).items())
