"""The places of a region as frozen values, read from a folder such as `config/places/`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nlp.boundaries import Boundary, read_boundaries
from nlp.gazetteer_files import Defects, Row, read_table, read_toml
from nlp.understanding import OUTSIDE

if TYPE_CHECKING:
    from pathlib import Path


class GazetteerError(Exception):
    """The folder of places has defects; the message lists all of them, one "file:line: what is wrong" a line."""

    def __init__(self, defects: tuple[str, ...]) -> None:
        super().__init__("\n".join(defects))
        self.defects = defects


class MatchPolicy(StrEnum):
    """How safely the bare name of a locality may be read (see `config/places/README.md`)."""

    FREE = "free"
    NEEDS_CONTEXT = "needs_context"
    PREFER_MUNICIPALITY = "prefer_municipality"
    NEVER_ALONE = "never_alone"


class AliasKind(StrEnum):
    """What another name is, which decides how it may be written."""

    NAME = "name"
    LANDMARK = "landmark"
    MISSPELLING = "misspelling"
    PLATE = "plate"
    FALSE_FRIEND = "false_friend"


@dataclass(frozen=True, slots=True)
class Region:
    """The whole region with the words that mean all of it.

    `adjectives` are uninflected stems; `answers` mean the region only where somebody was asked for a place.
    """

    name: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    answers: tuple[str, ...]


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
class Words:
    """Words that change what a place name means, all in lower case."""

    everyday: frozenset[str]
    rivers: frozenset[str]
    given_names: frozenset[str]


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
    outside: tuple[str, ...]
    words: Words
    boundaries: tuple[Boundary, ...]


def load_gazetteer(folder: Path) -> Gazetteer:
    """The places in `folder`; raises GazetteerError with every defect of every file at once."""
    defects = Defects()
    region, districts, suffixes = _districts(folder, defects)
    keys = frozenset(district.key for district in districts)
    municipalities = _municipalities(folder, keys, defects)
    ags = frozenset(place.ags for place in municipalities)
    if not keys or not ags:
        # All other files name districts and municipalities: without these each of their lines would be a defect.
        raise GazetteerError(tuple(defects.found))
    gazetteer = Gazetteer(
        region=region,
        districts=districts,
        suffixes=suffixes,
        municipalities=municipalities,
        localities=_localities(folder, ags, defects),
        postcodes=_postcodes(folder, ags, keys | {OUTSIDE}, defects),
        aliases=_aliases(folder, ags, keys, defects),
        outside=_outside(folder, defects),
        words=_words(folder, defects),
        boundaries=read_boundaries(folder, ags, defects),
    )
    if defects.found:
        raise GazetteerError(tuple(defects.found))
    return gazetteer


def _districts(folder: Path, defects: Defects) -> tuple[Region, tuple[District, ...], tuple[Suffix, ...]]:
    tables = read_toml(folder / "districts.toml", ("region", "district", "suffix"), defects)
    regions = [
        Region(t.text("name"), t.texts("aliases"), t.texts("adjectives"), t.texts("answers")) for t in tables["region"]
    ]
    if len(regions) != 1:
        defects.add("districts.toml", 1, f"expected one [region], found {len(regions)}")
    districts = []
    seen: set[str] = set()
    for table in tables["district"]:
        key = table.digits("key", 5)
        table.unique(key, seen)
        texts = (table.texts("aliases"), table.texts("adjectives"), table.texts("compounds"))
        districts.append(District(key, table.text("name"), table.text("kind"), *texts))
    suffixes = tuple(_suffix(table, frozenset(seen)) for table in tables["suffix"])
    return (regions or [Region("", (), (), ())])[0], tuple(districts), suffixes


def _suffix(table: Row, keys: frozenset[str]) -> Suffix:
    districts = table.texts("districts")
    for key in sorted(set(districts) - keys):
        table.defect(f"districts {key!r} is not known")
    return Suffix(table.text("official"), districts, table.texts("slash"), table.texts("plain"))


def _municipalities(folder: Path, keys: frozenset[str], defects: Defects) -> tuple[Municipality, ...]:
    path = folder / "municipalities.csv"
    columns = ("ags", "name", "official_name", "kind", "district", "population")
    seen: set[str] = set()
    found = []
    for row in read_table(path, columns, defects):
        ags = row.digits("ags", 8)
        row.unique(ags, seen)
        district = row.known("district", keys)
        if not ags.startswith(district):
            row.defect(f"ags {ags!r} does not begin with its district {district!r}")
        found.append(
            Municipality(
                ags, row.text("name"), row.text("official_name"), row.text("kind"), district, row.number("population")
            )
        )
    return tuple(found)


def _localities(folder: Path, ags: frozenset[str], defects: Defects) -> tuple[Locality, ...]:
    seen: set[str] = set()
    found = []
    for row in read_table(folder / "localities.csv", ("name", "ags", "match_policy"), defects):
        name, key = row.text("name"), row.known("ags", ags)
        row.unique(f"{name} in {key}", seen)
        found.append(Locality(name, key, row.choice("match_policy", MatchPolicy)))
    return tuple(found)


def _postcodes(folder: Path, ags: frozenset[str], districts: frozenset[str], defects: Defects) -> tuple[Postcode, ...]:
    seen: set[str] = set()
    found = []
    for row in read_table(folder / "postcodes.csv", ("postcode", "ags", "districts"), defects):
        code = row.digits("postcode", 5)
        row.unique(code, seen)
        found.append(Postcode(code, row.known_all("ags", ags), row.known_all("districts", districts)))
    return tuple(found)


def _aliases(folder: Path, ags: frozenset[str], districts: frozenset[str], defects: Defects) -> tuple[Alias, ...]:
    found = []
    seen: set[str] = set()
    for row in read_table(folder / "aliases.csv", ("alias", "kind", "districts", "ags"), defects):
        name, kind = row.text("alias"), row.choice("kind", AliasKind)
        row.unique(f"{name} {row.cells['ags']}", seen)
        found.append(_alias(row, name, kind, ags, districts))
    return tuple(found)


def _alias(row: Row, name: str, kind: AliasKind, ags: frozenset[str], districts: frozenset[str]) -> Alias:
    if kind is AliasKind.FALSE_FRIEND:
        if row.cells["districts"] or row.cells["ags"]:
            row.defect(f"false friend {name!r} must name neither districts nor ags")
        return Alias(name, kind, (), None)
    place = row.known("ags", ags) if row.cells["ags"] else None
    keys = row.known_all("districts", districts)
    if place and keys != (place[:5],):
        row.defect(f"districts {row.cells['districts']!r} is not the district of ags {place!r}")
    return Alias(name, kind, keys, place)


def _outside(folder: Path, defects: Defects) -> tuple[str, ...]:
    seen: set[str] = set()
    names = []
    for row in read_table(folder / "outside.csv", ("name", "state"), defects):
        name = row.text("name")
        row.unique(name, seen)
        names.append(name)
    return tuple(names)


def _words(folder: Path, defects: Defects) -> Words:
    tables = read_toml(folder / "words.toml", ("everyday", "rivers", "given_names"), defects)
    lists = (
        frozenset(word.lower() for table in tables[name] for word in table.texts(name))
        for name in ("everyday", "rivers", "given_names")
    )
    return Words(*lists)
