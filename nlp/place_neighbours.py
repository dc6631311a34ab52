"""Which of several places of one name lies beside the other places of a message."""

from __future__ import annotations

from functools import lru_cache
from math import hypot
from typing import TYPE_CHECKING

from nlp.place_points import METRES_PER_DEGREE, metres_per_degree_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nlp.boundaries import Boundary

# Neighbours are at most so far apart from middle to middle, and the namesake at least so many times farther away.
NEAR_METRES = 15_000.0
TIMES_FARTHER = 2.0
# Such towns are taken for neighbours even where a namesake lies in the same district as the others named.
NEXT_DOOR_METRES = 8_000.0
_KEPT = 256


class Neighbours:
    """The middles of municipalities; one that was made of no boundaries knows no neighbours."""

    def __init__(self, boundaries: Iterable[Boundary]) -> None:
        self._middles = {boundary.ags: _middle(boundary) for boundary in boundaries}
        # A message may name the same places thousands of times.
        self.nearest = lru_cache(_KEPT)(self._nearest)

    def _nearest(self, candidates: frozenset[str], towns: frozenset[str], at_most: float = NEAR_METRES) -> str | None:
        """The candidate (AGS) that alone lies near one of the towns, or None."""
        known = [ags for ags in candidates if ags in self._middles]
        distances = sorted((self._distance(ags, towns), ags) for ags in known)
        if len(distances) < 2 or len(known) < len(candidates):
            return None
        (first, ags), (second, _) = distances[:2]
        return ags if first <= at_most and second >= TIMES_FARTHER * first else None

    def _distance(self, ags: str, towns: Iterable[str]) -> float:
        east, north = self._middles[ags]
        others = [self._middles[town] for town in towns if town in self._middles and town != ags]
        return min((hypot(east - x, north - y) for x, y in others), default=float("inf"))


def _middle(boundary: Boundary) -> tuple[float, float]:
    """The middle of the box around it, in metres."""
    points = [point for outer, *_ in boundary.polygons for point in outer]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    latitude = (min(latitudes) + max(latitudes)) / 2
    longitude = (min(longitudes) + max(longitudes)) / 2
    return longitude * metres_per_degree_at(latitude), latitude * METRES_PER_DEGREE
