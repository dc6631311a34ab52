"""What is known of a region's places, as frozen values (see `config/places/README.md`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.boundaries import Boundary


class MatchPolicy(StrEnum):
    """How safely the bare name of a locality may be read (see `config/places/README.md`)."""

    FREE = "free"
    NEEDS_CONTEXT = "needs_context"
    PREFER_MUNICIPALITY = "prefer_municipality"
    NEVER_ALONE = "never_alone"


class AliasKind(StrEnum):
    """What another name is, which decides how it may be written."""

    NAME = "name"
    MISSPELLING = "misspelling"
    PLATE = "plate"
    FALSE_FRIEND = "false_friend"


class LandmarkKind(StrEnum):
    """What a landmark is; those of PASSING only hint at where something is."""

    CULTURE = "culture"
    SIGHT = "sight"
    SPORT = "sport"
    NATURE = "nature"
    WATER = "water"
    HEALTH = "health"
    EDUCATION = "education"
    WORKS = "works"
    SHOP = "shop"
    OFFICE = "office"
    TRAFFIC = "traffic"
    EVENT = "event"
    STREET = "street"
    QUARTER = "quarter"
    AREA = "area"
    LINE = "line"
    ROAD = "road"
    RIVER = "river"
    CLUB = "club"


PASSING = frozenset({LandmarkKind.LINE, LandmarkKind.ROAD, LandmarkKind.RIVER, LandmarkKind.CLUB})


@dataclass(frozen=True, slots=True)
class Region:
    """The whole region with the words that mean all of it.

    `adjectives` are uninflected stems; `answers` mean the region only where somebody was asked for a place. `near` are
    the states whose people may well write by mistake: a town there can be the place of an idea.
    """

    name: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    answers: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district by its five-digit key; `compounds` are beginnings of compound words that name it."""

    key: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    compounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suffix:
    """An addition to a name, as the register writes it, with its other spellings after "/" or a space.

    In its districts it may stand behind any name that several places bear, whatever the register says.
    """

    official: str
    districts: tuple[str, ...]
    slash: tuple[str, ...]
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality by its eight-digit AGS; `population` counts people."""

    ags: str
    name: str
    official_name: str
    kind: str
    district: str
    population: int


@dataclass(frozen=True, slots=True)
class Locality:
    """A quarter, village or former municipality; `ags` is the municipality it belongs to."""

    name: str
    ags: str
    policy: MatchPolicy


@dataclass(frozen=True, slots=True)
class Postcode:
    """A five-digit postcode with its municipalities and districts ("outside" where it crosses the border)."""

    code: str
    ags: tuple[str, ...]
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of districts or, where `ags` is set, of one municipality."""

    name: str
    kind: AliasKind
    districts: tuple[str, ...]
    ags: str | None


@dataclass(frozen=True, slots=True)
class Landmark:
    """Something that people of the region place at once; `ags` is empty where it stands for whole districts."""

    names: tuple[str, ...]
    districts: tuple[str, ...]
    ags: tuple[str, ...]
    kind: LandmarkKind
    policy: MatchPolicy


@dataclass(frozen=True, slots=True)
class Outside:
    """A place outside the region that people name, with its state or country."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words that change what a place name means, all folded (see `nlp.place_forms.folded`)."""

    everyday: frozenset[str]
    rivers: frozenset[str]
    given_names: frozenset[str]
    surnames: frozenset[str]
    lookalikes: frozenset[str]
    elsewhere: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All that is known of a region's places; `boundaries` are of all municipalities, or there are none."""

    region: Region
    districts: tuple[District, ...]
    suffixes: tuple[Suffix, ...]
    municipalities: tuple[Municipality, ...]
    localities: tuple[Locality, ...]
    postcodes: tuple[Postcode, ...]
    aliases: tuple[Alias, ...]
    landmarks: tuple[Landmark, ...]
    outside: tuple[Outside, ...]
    words: Words
    boundaries: tuple[Boundary, ...]
