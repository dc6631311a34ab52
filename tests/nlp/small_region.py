"""A folder of places small enough to write within a test: two districts of the north with three towns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HUSUM, TATING, HEIDE = "01054056", "01054135", "01051044"
WEST, EAST = "01054", "01051"
FILES = {
    "districts.toml": (
        '[region]\nname = "Westküste"\naliases = []\nadjectives = []\nanswers = []\nnear = []\n'
        '[[district]]\nkey = "01054"\nname = "Kreis Nordfriesland"\nkind = "Landkreis"\n'
        "aliases = []\nadjectives = []\ncompounds = []\n"
        '[[district]]\nkey = "01051"\nname = "Kreis Dithmarschen"\nkind = "Landkreis"\n'
        "aliases = []\nadjectives = []\ncompounds = []\n"
        '[[suffix]]\nofficial = "a.S."\ndistricts = []\nslash = []\nplain = []\n'
    ),
    "municipalities.csv": (
        "ags,name,official_name,kind,district,population\n"
        "01054056,Husum,Husum,Stadt,01054,23000\n"
        "01054135,Tating,Tating,Gemeinde,01054,900\n"
        "01051044,Heide,Heide,Stadt,01051,21000\n"
    ),
    "localities.csv": "name,ags,match_policy\nRödemis,01054056,free\n",
    "postcodes.csv": "postcode,ags,districts\n25813,01054056,01054\n",
    "aliases.csv": "alias,kind,districts,ags\n",
    "outside.csv": "name,state\nPlauen,Sachsen\n",
    "words.toml": "everyday = []\nrivers = []\ngiven_names = []\nsurnames = []\nlookalikes = []\nelsewhere = []\n",
}
# West and east of each town's square; all reach from 54.2 to 54.4 north.
SQUARES = {TATING: (8.8, 9.0), HUSUM: (9.0, 9.2), HEIDE: (9.2, 9.4)}


def write_region(folder: Path) -> Path:
    """The folder with its places, but without boundaries."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def square(west: float, east: float, south: float = 54.2, north: float = 54.4) -> list[list[float]]:
    """A ring from corner to corner."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(key: str, *rings: list[list[float]], name: str = "ags") -> dict[str, Any]:
    """A feature of one polygon whose property `name` holds its official key."""
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": {name: key}, "geometry": geometry}


def squares() -> list[dict[str, Any]]:
    """The three towns side by side."""
    return [feature(ags, square(*sides)) for ags, sides in SQUARES.items()]


def write_features(path: Path, features: list[dict[str, Any]], **others: Any) -> Path:
    """A file with the features, one on each line."""
    lines = ",\n".join(json.dumps(item) for item in features)
    head = json.dumps({"type": "FeatureCollection", **others})[:-1]
    path.write_text(f'{head}, "features": [\n{lines}\n]}}\n', encoding="utf-8")
    return path
