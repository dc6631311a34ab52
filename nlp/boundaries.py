"""The boundaries of a region's municipalities, read from `boundaries.geojson` in the folder of places."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlp.gazetteer_files import Defects, Row, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE = "boundaries.geojson"

# Degrees of WGS 84, east before north, as in GeoJSON (RFC 7946).
Position = tuple[float, float]
# A closed line: its last position is its first.
Ring = tuple[Position, ...]
# The outer ring, then those of the holes in it.
Polygon = tuple[Ring, ...]

_EXPECTED = "a Polygon or MultiPolygon of closed rings whose positions are [east, north] in degrees"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The area of one municipality: one polygon, or several where it has exclaves."""

    ags: str
    polygons: tuple[Polygon, ...]


def read_boundaries(folder: Path, towns: frozenset[str], defects: Defects) -> tuple[Boundary, ...]:
    """The boundary of each of `towns` (AGS), in the order of their keys; none where the folder has no such file."""
    path = folder / FILE
    if not path.exists():
        return ()
    content = read_text(path, defects)
    features = None if content is None else _features(content, defects)
    if content is None or features is None:
        return ()
    seen: set[str] = set()
    found = []
    for row in _rows(content, features, defects):
        ags = row.known("ags", towns)
        row.unique(ags, seen)
        found.append(Boundary(ags, _polygons(row)))
    for ags in sorted(towns - seen - {""}):
        defects.add(FILE, 1, f"municipality {ags!r} has no boundary")
    return tuple(sorted(found, key=lambda boundary: boundary.ags))


def _features(content: str, defects: Defects) -> list[Any] | None:
    try:
        collection = json.loads(content)
    except json.JSONDecodeError as error:
        defects.add(FILE, error.lineno, f"not JSON: {error.msg}")
        return None
    if not isinstance(collection, dict) or not isinstance(collection.get("features"), list):
        defects.add(FILE, 1, "expected a FeatureCollection with features")
        return None
    Row(FILE, 1, collection, defects).text("attribution")
    features: list[Any] = collection["features"]
    return features


def _rows(content: str, features: Sequence[Any], defects: Defects) -> Iterator[Row]:
    """The features with their AGS and geometry; JSON is read without lines, so that each key is looked up for its."""
    offset = 0
    for number, feature in enumerate(features, start=1):
        try:
            ags, geometry = str(feature["properties"]["ags"]), feature["geometry"]
        except (TypeError, KeyError):
            defects.add(FILE, content.count("\n", 0, offset) + 1, f"feature {number} must have an ags and a geometry")
            continue
        offset = max(offset, content.find(f'"{ags}"', offset))
        yield Row(FILE, content.count("\n", 0, offset) + 1, {"ags": ags, "geometry": geometry}, defects)


def _polygons(row: Row) -> tuple[Polygon, ...]:
    geometry = row.cells["geometry"]
    try:
        parts = {"Polygon": lambda shape: [shape], "MultiPolygon": list}[geometry["type"]](geometry["coordinates"])
        polygons = tuple(tuple(tuple((east, north) for east, north in ring) for ring in part) for part in parts)
        whole = bool(polygons) and all(part and all(map(_is_ring, part)) for part in polygons)
    except (TypeError, ValueError, KeyError):
        whole = False
    if not whole:
        row.defect(f"the geometry of {row.cells['ags']!r} must be {_EXPECTED}")
        return ()
    return polygons


def _is_ring(ring: Ring) -> bool:
    closed = len(ring) >= 4 and ring[0] == ring[-1]
    return closed and all(-180 <= east <= 180 and -90 <= north <= 90 for east, north in ring)
