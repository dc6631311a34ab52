"""Reads the folder of a region's places, noting every defect of every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.boundaries import read_boundaries
from nlp.gazetteer_files import SEPARATOR, Defects, Row, read_table, read_toml
from nlp.gazetteer_places import (
    Alias,
    AliasKind,
    District,
    Gazetteer,
    Landmark,
    LandmarkKind,
    Locality,
    MatchPolicy,
    Municipality,
    Outside,
    Postcode,
    Region,
    Suffix,
    Words,
)
from nlp.place_forms import folded
from nlp.understanding import OUTSIDE

if TYPE_CHECKING:
    from pathlib import Path

# An AGS begins with its district's key.
DISTRICT_DIGITS = 5


class GazetteerError(Exception):
    """The folder of places has defects; the message lists all of them, one "file:line: what is wrong" a line."""

    def __init__(self, defects: tuple[str, ...]) -> None:
        super().__init__("\n".join(defects))
        self.defects = defects


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
        landmarks=_landmarks(folder, ags, keys, defects),
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
        Region(t.text("name"), t.texts("aliases"), t.texts("adjectives"), t.texts("answers"), t.texts("near"))
        for t in tables["region"]
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
    return (regions or [Region("", (), (), (), ())])[0], tuple(districts), suffixes


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


def _landmarks(folder: Path, ags: frozenset[str], districts: frozenset[str], defects: Defects) -> tuple[Landmark, ...]:
    """The landmarks, of which a region may have no file."""
    path = folder / "landmarks.csv"
    seen: set[str] = set()
    found = []
    rows = read_table(path, ("names", "places", "kind", "match_policy"), defects) if path.exists() else ()
    for row in rows:
        names = tuple(name.strip() for name in row.text("names").split(SEPARATOR))
        for name in names:
            row.unique(name, seen)
        places = row.known_all("places", ags | districts)
        keys = tuple(dict.fromkeys(place[:DISTRICT_DIGITS] for place in places))
        towns = tuple(place for place in places if place in ags)
        kind, policy = row.choice("kind", LandmarkKind), row.choice("match_policy", MatchPolicy)
        found.append(Landmark(names, keys, towns, kind, policy))
    return tuple(found)


def _outside(folder: Path, defects: Defects) -> tuple[Outside, ...]:
    seen: set[str] = set()
    found = []
    for row in read_table(folder / "outside.csv", ("name", "state"), defects):
        name = row.text("name")
        row.unique(name, seen)
        found.append(Outside(name, row.cells["state"]))
    return tuple(found)


def _words(folder: Path, defects: Defects) -> Words:
    names = ("everyday", "rivers", "given_names", "surnames", "lookalikes", "elsewhere")
    tables = read_toml(folder / "words.toml", names, defects)
    return Words(*(frozenset(folded(word) for table in tables[name] for word in table.texts(name)) for name in names))
