"""Reading the boundaries of a folder of places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlp.boundaries import Boundary
from nlp.gazetteer import Gazetteer, GazetteerError, load_gazetteer
from tests.nlp.small_region import HEIDE, HUSUM, TATING, feature, square, squares, write_features, write_region

SIZE_AT_MOST = 400_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_region(tmp_path)


def _defects(folder: Path, features: list[dict[str, Any]], **others: Any) -> tuple[str, ...]:
    write_features(folder / "boundaries.geojson", features, **{"attribution": "© Amt", **others})
    with pytest.raises(GazetteerError) as raised:
        load_gazetteer(folder)
    return raised.value.defects


def test_a_folder_may_have_no_boundaries(folder: Path) -> None:
    """Without the file there are no boundaries, which is no defect."""
    assert load_gazetteer(folder).boundaries == ()


def test_boundaries_are_read_in_the_order_of_their_keys(folder: Path) -> None:
    """Each municipality has its polygons, whatever the order of the file."""
    write_features(folder / "boundaries.geojson", squares(), attribution="© Amt")
    boundaries = load_gazetteer(folder).boundaries
    assert [boundary.ags for boundary in boundaries] == [HEIDE, HUSUM, TATING]
    assert boundaries[1] == Boundary(HUSUM, ((tuple((east, north) for east, north in square(9.0, 9.2)),),))


def test_an_exclave_is_a_polygon_of_its_own(folder: Path) -> None:
    """A municipality may have several polygons."""
    features = squares()
    features[0]["geometry"] = {"type": "MultiPolygon", "coordinates": [[square(8.8, 9.0)], [square(8.1, 8.2)]]}
    write_features(folder / "boundaries.geojson", features, attribution="© Amt")
    assert len(load_gazetteer(folder).boundaries[2].polygons) == 2


@pytest.mark.parametrize(
    "ring",
    [
        square(8.8, 9.0)[:-1],
        [[8.8, 54.2], [9.0, 54.2], [8.8, 54.2]],
        square(8.8, 9.0, south=-91),
        square(8.8, 181),
        square(480_000, 500_000),
        [[8.8, 54.2], [9.0, "54.2"], [9.0, 54.4], [8.8, 54.2]],
        [[8.8, 54.2], [9.0, float("nan")], [9.0, 54.4], [8.8, 54.2]],
        [[8.8, 54.2, 0], [9.0, 54.2, 0], [9.0, 54.4, 0], [8.8, 54.2, 0]],
        [8.8, 54.2],
        [],
    ],
)
def test_a_ring_that_is_none_is_named_with_its_line(folder: Path, ring: list[Any]) -> None:
    """An open ring, too short a one, and positions that are no degrees are defects of their line."""
    expected = (
        f"boundaries.geojson:2: the geometry of '{TATING}' must be a Polygon or MultiPolygon"
        " of closed rings whose positions are [east, north] in degrees"
    )
    assert _defects(folder, [feature(TATING, ring), *squares()[1:]]) == (expected,)


@pytest.mark.parametrize("geometry", [None, {}, {"type": "Point", "coordinates": [9, 54]}, {"type": "Polygon"}])
def test_a_geometry_that_is_none_is_named_with_its_line(folder: Path, geometry: Any) -> None:
    """What is no polygon is a defect of its line."""
    features = squares()
    features[1]["geometry"] = geometry
    (defect,) = _defects(folder, features)
    assert defect.startswith(f"boundaries.geojson:3: the geometry of '{HUSUM}' must be")


def test_a_feature_of_no_municipality_is_named(folder: Path) -> None:
    """Each feature needs the key of its municipality."""
    assert "boundaries.geojson:1: feature 1 must have an ags and a geometry" in _defects(folder, [{}, *squares()])


def test_an_unknown_municipality_is_named_with_its_line(folder: Path) -> None:
    """A boundary of a municipality that the folder does not know is a defect."""
    defects = _defects(folder, [*squares(), feature("01054999", square(9.4, 9.6))])
    assert defects == ("boundaries.geojson:5: ags '01054999' is not known",)


def test_a_second_boundary_is_named_with_its_line(folder: Path) -> None:
    """A municipality has one boundary."""
    defects = _defects(folder, [*squares(), feature(HUSUM, square(9.4, 9.6))])
    assert defects == (f"boundaries.geojson:5: '{HUSUM}' stands here a second time",)


def test_a_municipality_without_a_boundary_is_named(folder: Path) -> None:
    """Else all positions in it would lie outside."""
    assert _defects(folder, squares()[1:]) == (f"boundaries.geojson:1: municipality '{TATING}' has no boundary",)


def test_the_attribution_is_needed(folder: Path) -> None:
    """Boundaries may be used where their source is named."""
    (defect,) = _defects(folder, squares(), attribution=" ")
    assert defect == "boundaries.geojson:1: attribution must be a text that is not empty"


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        ('{"type": "FeatureCollection",\n"features": [', "boundaries.geojson:2: not JSON: Expecting value"),
        ("[]", "boundaries.geojson:1: expected a FeatureCollection with features"),
        ('{"features": 3}', "boundaries.geojson:1: expected a FeatureCollection with features"),
    ],
)
def test_a_file_of_something_else_is_named(folder: Path, content: str, defect: str) -> None:
    """What is no GeoJSON is one defect, not one for each municipality."""
    (folder / "boundaries.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(GazetteerError) as raised:
        load_gazetteer(folder)
    assert raised.value.defects == (defect,)


def test_the_shipped_boundaries_are_small(gazetteer: Gazetteer) -> None:
    """All municipalities fit into a file that a reader of the repository can open."""
    assert len(gazetteer.boundaries) == len(gazetteer.municipalities)
    path = Path(__file__).parents[2] / "config" / "places" / "boundaries.geojson"
    assert path.stat().st_size < SIZE_AT_MOST
