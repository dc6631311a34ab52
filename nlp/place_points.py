"""Which municipalities the positions lie in that somebody shared.

A position up to `NEAR_METRES` outside the region counts as in the municipality next to it. The boundaries were drawn
for a scale of 1 : 250,000, where 100 m are 0.4 mm, and a telephone's own position is off as well; and the two mistakes
weigh differently: someone of the region who is called a stranger is turned away, while an idea from just beyond the
border reaches a neighbour, who knows whom to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, isfinite, radians
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nlp.boundaries import Boundary
    from nlp.understanding import Point

NEAR_METRES = 100.0
# Of latitude; of longitude it is this times the cosine of the latitude.
METRES_PER_DEGREE = 111_320.0
DISTRICT_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Located:
    """Where positions lie: the keys (AGS) of municipalities in the order of the positions, and if any is outside."""

    towns: tuple[str, ...] = ()
    outside: bool = False

    @property
    def districts(self) -> frozenset[str]:
        """The keys of the municipalities' districts: an AGS begins with its district's key."""
        return frozenset(ags[:DISTRICT_DIGITS] for ags in self.towns)


class Locator:
    """Finds municipalities by position; one without boundaries knows no place, nor what lies outside."""

    def __init__(self, boundaries: Iterable[Boundary]) -> None:
        ordered = sorted(boundaries, key=lambda boundary: boundary.ags)
        self._towns = tuple(boundary.ags for boundary in ordered)
        areas = [_area(boundary) for boundary in ordered]
        self._scale = metres_per_degree(areas) if areas else (1.0, 1.0)
        self._tree = shapely.STRtree([shapely.transform(area, lambda degrees: degrees * self._scale) for area in areas])

    def locate(self, points: Iterable[Point]) -> Located:
        """Where the points lie; one that is no position on Earth, such as NaN, lies nowhere."""
        found = [self._town(point) for point in points if self._towns and _on_earth(point)]
        return Located(tuple(dict.fromkeys(ags for ags in found if ags)), outside=None in found)

    def _town(self, point: Point) -> str | None:
        east, north = self._scale
        position = shapely.Point(point.longitude * east, point.latitude * north)
        nearest = self._tree.query_nearest(position, max_distance=NEAR_METRES)
        # On a common border several are equally near: the lowest key has it, each time.
        return self._towns[min(nearest)] if nearest.size else None


def metres_per_degree(areas: Sequence[shapely.Geometry]) -> tuple[float, float]:
    """Metres per degree eastward and northward in the middle of the areas.

    One scale for all of them: where they span two degrees from south to north, it is less than 3 % off.
    """
    _, south, _, north = shapely.total_bounds(areas)
    return metres_per_degree_at((south + north) / 2), METRES_PER_DEGREE


def metres_per_degree_at(latitude: float) -> float:
    """Metres per degree eastward at a latitude."""
    return METRES_PER_DEGREE * cos(radians(latitude))


def _area(boundary: Boundary) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([(outer, holes) for outer, *holes in boundary.polygons])


def _on_earth(point: Point) -> bool:
    degrees = (point.latitude, point.longitude)
    return all(map(isfinite, degrees)) and abs(point.latitude) <= 90 and abs(point.longitude) <= 180
