"""Importing boundaries from a map of administrative areas."""

from __future__ import annotations

import json
from math import sin
from pathlib import Path
from typing import Any

import pytest

from nlp.boundaries import Boundary
from nlp.boundary_import import BoundaryImportError, Imported, import_boundaries
from nlp.gazetteer import load_gazetteer
from nlp.place_points import Locator
from nlp.understanding import Point
from tests.nlp.small_region import (
    EAST,
    HEIDE,
    HUSUM,
    SQUARES,
    TATING,
    WEST,
    feature,
    square,
    squares,
    write_features,
    write_region,
)

ATTRIBUTION = "© Amt (2026), Daten verändert"
SHIPPED = Path(__file__).parents[2] / "config" / "places"
REGISTERS = Path(__file__).parents[3] / "shared" / "places"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_region(tmp_path / "places")


def _import(folder: Path, *features: list[dict[str, Any]]) -> Imported:
    sources = [write_features(folder.parent / f"source-{n}.geojson", items) for n, items in enumerate(features)]
    return import_boundaries(sources, folder, ATTRIBUTION)


def _refusal(folder: Path, *features: list[dict[str, Any]]) -> str:
    with pytest.raises(BoundaryImportError) as raised:
        _import(folder, *features)
    return str(raised.value)


def _boundaries(folder: Path) -> dict[str, Boundary]:
    return {boundary.ags: boundary for boundary in load_gazetteer(folder).boundaries}


def _town(folder: Path, latitude: float, longitude: float) -> tuple[str, ...]:
    return Locator(load_gazetteer(folder).boundaries).locate([Point(latitude, longitude)]).towns


def _wavy() -> list[dict[str, Any]]:
    """Three towns whose borders are drawn in 400 waves of some 10 m, with more decimals than are kept."""
    features = []
    for ags, (west, east) in SQUARES.items():
        up = [[east + sin(n) / 6000, 54.2 + n / 2000] for n in range(401)]
        down = [[west + sin(n) / 6000, 54.2 + n / 2000] for n in range(400, -1, -1)]
        features.append(feature(ags, [*up, *down, up[0]]))
    return features


def test_what_was_imported_can_be_read(folder: Path) -> None:
    """The file has every municipality and no defect, and the numbers of the report are its own."""
    imported = _import(folder, squares())
    assert set(_boundaries(folder)) == {TATING, HUSUM, HEIDE}
    assert imported == Imported(folder / "boundaries.geojson", 3, 15, imported.path.stat().st_size)


def test_the_file_names_its_source(folder: Path) -> None:
    """The attribution that the licence asks for stands in the file itself."""
    assert json.loads(_import(folder, squares()).path.read_text(encoding="utf-8"))["attribution"] == ATTRIBUTION


def test_each_municipality_has_a_line(folder: Path) -> None:
    """A reader sees in a difference which municipalities changed."""
    lines = _import(folder, squares()).path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["properties"] for line in lines[1:-1]] == [
        {"ags": HEIDE, "name": "Heide"},
        {"ags": HUSUM, "name": "Husum"},
        {"ags": TATING, "name": "Tating"},
    ]


def test_borders_are_simplified(folder: Path) -> None:
    """Bends that are smaller than the map's own error are left out: of 2,406 positions less than half is kept."""
    assert _import(folder, _wavy()).positions < 1_000


def test_neighbours_keep_one_common_border(folder: Path) -> None:
    """After simplifying, each position on a border between two towns is one of both, and positions are rounded."""
    _import(folder, _wavy())
    tating, husum = (
        {position for ring in boundary.polygons[0] for position in ring if 8.99 < position[0] < 9.01}
        for boundary in (_boundaries(folder)[TATING], _boundaries(folder)[HUSUM])
    )
    assert tating == husum
    assert all(round(degrees, 4) == degrees for position in husum for degrees in position)


def test_keys_may_be_written_as_the_map_has_them(folder: Path) -> None:
    """The property is called AGS in the files of the BKG and ags in its services."""
    _import(folder, [feature(ags, square(*sides), name="AGS") for ags, sides in SQUARES.items()])
    assert set(_boundaries(folder)) == {TATING, HUSUM, HEIDE}


def test_other_regions_are_left_out(folder: Path) -> None:
    """A map of the whole country gives the municipalities that the folder has."""
    _import(folder, [feature("14523320", square(12.0, 12.2, 50.4, 50.6)), *squares()])
    assert set(_boundaries(folder)) == {TATING, HUSUM, HEIDE}


def test_features_of_one_key_are_one_area(folder: Path) -> None:
    """Land and water of a municipality, or its exclaves, may be features of their own."""
    _import(folder, [*squares(), feature(HUSUM, square(9.6, 9.7))])
    assert len(_boundaries(folder)[HUSUM].polygons) == 2


def test_the_districts_borders_hold(folder: Path) -> None:
    """Where a map of districts is given too, a town ends where its district does."""
    districts = [feature(WEST, square(8.8, 9.21)), feature(EAST, square(9.21, 9.4))]
    assert _import(folder, squares(), districts).municipalities == 3
    assert _town(folder, 54.3, 9.205) == (HUSUM,)


def test_a_gap_within_a_district_is_filled(folder: Path) -> None:
    """Land of a district that no town covers goes to the district's nearest town."""
    towns = [feature(TATING, square(8.8, 8.99)), *squares()[1:]]
    districts = [feature(WEST, square(8.8, 9.2)), feature(EAST, square(9.2, 9.4))]
    _import(folder, towns, districts)
    assert _town(folder, 54.3, 8.995) in {(TATING,), (HUSUM,)}


def test_towns_that_overlap_are_told_apart(folder: Path) -> None:
    """Land that two towns cover belongs to one of them."""
    _import(folder, [feature(TATING, square(8.8, 9.01)), *squares()[1:]])
    assert _town(folder, 54.3, 9.005) == (HUSUM,)


def test_missing_municipalities_are_named_all_at_once(folder: Path) -> None:
    """Whoever fetched the wrong map learns what it lacks."""
    told = f"Tating ({TATING}) is in none of the files\nHeide ({HEIDE}) is in none of the files"
    assert _refusal(folder, squares()[1:2]) == told


def test_a_missing_district_is_named(folder: Path) -> None:
    """Districts are given all or not at all."""
    refusal = _refusal(folder, squares(), [feature(WEST, square(8.8, 9.2))])
    assert refusal == f"Kreis Dithmarschen ({EAST}) is in none of the files"


def test_a_town_outside_of_its_district_is_named(folder: Path) -> None:
    """Districts and towns must be of one map."""
    districts = [feature(WEST, square(8.8, 9.4)), feature(EAST, square(9.5, 9.6))]
    assert _refusal(folder, squares(), districts) == f"{HEIDE} lies for the most part in others' areas"


@pytest.mark.parametrize(
    "ring",
    [square(480_000, 500_000, 6_000_000, 6_020_000), [[y, x] for x, y in square(8.8, 9.0)]],
    ids=["metres", "north first"],
)
def test_positions_must_be_degrees_east_before_north(folder: Path, ring: list[list[float]]) -> None:
    """The BKG's files come in metres too, and some services put north first."""
    assert "feature 1: positions must be degrees of WGS 84" in _refusal(folder, [feature(TATING, ring), *squares()[1:]])


def test_a_line_that_crosses_itself_is_refused(folder: Path) -> None:
    """Such a polygon has no inside."""
    bow = [[8.8, 54.2], [9.0, 54.4], [9.0, 54.2], [8.8, 54.4], [8.8, 54.2]]
    assert "feature 1: Self-intersection" in _refusal(folder, [feature(TATING, bow), *squares()[1:]])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"features": 1}', '{"features": [1]}', '{"features": [{}]}'])
def test_a_file_of_something_else_is_named(folder: Path, content: str) -> None:
    """The message begins with the path."""
    source = folder.parent / "source.geojson"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(BoundaryImportError, match=f"^{source}: "):
        import_boundaries([source], folder, ATTRIBUTION)


def test_the_source_must_be_named(folder: Path) -> None:
    """Nothing is imported without an attribution."""
    source = write_features(folder.parent / "source.geojson", squares())
    with pytest.raises(BoundaryImportError, match="attribution"):
        import_boundaries([source], folder, " ")


def test_what_was_there_stays_when_an_import_is_refused(folder: Path) -> None:
    """A failed import leaves the boundaries of the last one, and nothing beside them."""
    _import(folder, squares())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    _refusal(folder, squares()[1:])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(not REGISTERS.exists(), reason="the official map is not here")
def test_the_shipped_boundaries_are_what_the_import_makes(tmp_path: Path) -> None:
    """Whoever imports the official map again gets the file that is shipped, to the byte."""
    for file in SHIPPED.iterdir():
        if file.name != "boundaries.geojson":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    shipped = (SHIPPED / "boundaries.geojson").read_bytes()
    attribution = json.loads(shipped)["attribution"]
    sources = [REGISTERS / "districts.geojson", REGISTERS / "municipalities.geojson"]
    assert import_boundaries(sources, tmp_path, attribution).path.read_bytes() == shipped
