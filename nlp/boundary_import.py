"""The import of boundaries: from the map of administrative areas (BKG, VG250) to `boundaries.geojson`.

A source is a GeoJSON FeatureCollection in degrees of WGS 84 whose features bear the official key as the property AGS
(or ags): eight digits for a municipality, five for a district. Features of the same key are one area; those of keys
that the folder of places does not have are left out. Sources of districts are not needed. Where they are given, their
borders hold, and those of municipalities give way to them: a map of districts is often the more exact one, and the
district decides where an idea goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from nlp.boundaries import FILE
from nlp.gazetteer import Municipality, load_gazetteer
from nlp.place_points import DISTRICT_DIGITS, metres_per_degree

# Of a degree: steps of 11 m north and 7 m east, far below what the map itself is off.
DECIMALS = 4
# A bend is left out where it and its neighbours span less than the square of this.
TOLERANCE_METRES = 30.0

# West, south, east, north: other numbers are metres, or north before east.
_GERMANY = (5.0, 47.0, 16.0, 56.0)


class BoundaryImportError(Exception):
    """A source cannot be imported; the message names each reason on a line of its own."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written: the file, how many municipalities and positions it holds, and its size."""

    path: Path
    municipalities: int
    positions: int
    size_bytes: int


def import_boundaries(sources: Sequence[Path], folder: Path, attribution: str) -> Imported:
    """Write the boundaries of the municipalities of `folder` into it; `attribution` is what the sources' licence asks.

    Neighbours keep the same border, simplified once. Raises BoundaryImportError for the sources, GazetteerError for the
    folder and OSError; the file that was there stays then.
    """
    if not attribution.strip():
        raise BoundaryImportError("an attribution is needed: the boundaries may be used where their source is named")
    gazetteer = load_gazetteer(folder)
    towns = {town.ags: town for town in gazetteer.municipalities}
    districts = {district.key for district in gazetteer.districts}
    found = _read(sources, towns.keys() | districts)
    names = {ags: town.name for ags, town in towns.items()}
    if districts & found.keys():
        names.update({district.key: district.name for district in gazetteer.districts})
    missing = [f"{name} ({key}) is in none of the files" for key, name in names.items() if key not in found]
    if missing:
        raise BoundaryImportError("\n".join(missing))
    areas = _simplified(_fitted({key: found[key] for key in sorted(found)}))
    return _write(folder / FILE, areas, towns, attribution)


def _read(sources: Iterable[Path], keys: Iterable[str]) -> dict[str, BaseGeometry]:
    wanted = frozenset(keys)
    parts: dict[str, list[BaseGeometry]] = {}
    for path in sources:
        for number, feature in enumerate(_features(path), start=1):
            try:
                properties = feature["properties"]
                key = str(properties["AGS"] if "AGS" in properties else properties["ags"])
                if key in wanted:
                    parts.setdefault(key, []).append(_area(feature["geometry"]))
            except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
                raise BoundaryImportError(f"{path}: feature {number}: {_reason(error)}") from error
    return {key: shapely.union_all(areas) for key, areas in parts.items()}


def _features(path: Path) -> list[Any]:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise BoundaryImportError(f"{path}: expected a GeoJSON FeatureCollection ({_reason(error)})") from error
    if not isinstance(features, list):
        raise BoundaryImportError(f"{path}: expected a GeoJSON FeatureCollection (features are no list)")
    return features


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _area(geometry: dict[str, Any]) -> BaseGeometry:
    area = shapely.force_2d(shape(geometry))
    west, south, east, north = _GERMANY
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon) or area.is_empty:
        raise ValueError(f"expected a Polygon or MultiPolygon, found {geometry['type']}")
    if not shapely.box(west, south, east, north).contains(area):
        raise ValueError("positions must be degrees of WGS 84 (EPSG:4326), east before north")
    if not area.is_valid:
        raise ValueError(shapely.is_valid_reason(area))
    return area


def _fitted(areas: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The municipalities without overlaps or gaps between them, in steps of the grid, within their districts' borders.

    All borders together cut the map into faces, and each face goes to one municipality.
    """
    borders = shapely.union_all([shapely.boundary(area) for area in areas.values()], grid_size=10.0**-DECIMALS)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(borders))))
    towns = {key: area for key, area in areas.items() if len(key) > DISTRICT_DIGITS}
    districts = {key: area for key, area in areas.items() if len(key) == DISTRICT_DIGITS}
    owners = np.array([_owner(point, towns, districts) for point in shapely.point_on_surface(faces)])
    fitted = {key: shapely.coverage_union_all(faces[owners == key]) for key in towns}
    moved = [key for key, area in towns.items() if area.intersection(fitted[key]).area < area.area / 2]
    if moved:
        raise BoundaryImportError("\n".join(f"{key} lies for the most part in others' areas" for key in moved))
    return fitted


def _owner(point: shapely.Point, towns: Mapping[str, BaseGeometry], districts: Mapping[str, BaseGeometry]) -> str:
    """The municipality of a face, or nothing for one outside; within a district the nearest one of it fills a gap."""
    district = next((key for key, area in districts.items() if area.intersects(point)), "")
    if districts and not district:
        return ""
    own = {key: area for key, area in towns.items() if key.startswith(district)}
    nearest = min(own, key=lambda key: own[key].distance(point), default="")
    return nearest if district or (nearest and own[nearest].intersects(point)) else ""


def _simplified(areas: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The areas with fewer bends, which only leaves out positions: what neighbours share stays shared."""
    precise = list(areas.values())
    scale = metres_per_degree(precise)
    metric = shapely.transform(np.array(precise), lambda degrees: degrees * scale)
    simple = shapely.coverage_simplify(metric, TOLERANCE_METRES)
    back = shapely.transform(simple, lambda metres: np.round(metres / scale, DECIMALS))
    if not (shapely.coverage_is_valid(back) and shapely.is_valid(back).all()):
        raise BoundaryImportError("the borders of neighbours do not meet after they were simplified")
    return dict(zip(areas, back, strict=True))


def _write(
    path: Path, areas: Mapping[str, BaseGeometry], towns: Mapping[str, Municipality], attribution: str
) -> Imported:
    """One feature on each line, so that a defect and a difference have their place."""
    features = ",\n".join(_feature(towns[ags], area) for ags, area in areas.items())
    head = f'"type":"FeatureCollection","attribution":{json.dumps(attribution, ensure_ascii=False)}'
    fresh = path.with_suffix(".new")
    fresh.write_text(f'{{{head},"features":[\n{features}\n]}}\n', encoding="utf-8")
    fresh.replace(path)
    positions = int(shapely.get_num_coordinates(list(areas.values())).sum())
    return Imported(path, len(areas), positions, path.stat().st_size)


def _feature(town: Municipality, area: BaseGeometry) -> str:
    geometry = mapping(shapely.orient_polygons(area))
    properties = {"ags": town.ags, "name": town.name}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
