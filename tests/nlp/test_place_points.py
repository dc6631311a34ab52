"""Reading places from the positions that people share."""

from __future__ import annotations

import csv
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nlp.artefact import read_model
from nlp.gazetteer import Gazetteer, load_gazetteer
from nlp.pipeline import SpacyClassifier
from nlp.place_points import Located, Locator
from nlp.places import attach_places
from nlp.understanding import Candidate, DistrictScore, Kind, MunicipalityScore, Point, Understanding
from tests.nlp.small_region import write_region

MODEL = Path(__file__).parents[2] / "nlp" / "model"
REGISTERS = Path(__file__).parents[3] / "shared" / "places"
needs_registers = pytest.mark.skipif(not REGISTERS.exists(), reason="the official registers are not here")

PLAUEN = Point(50.4953, 12.1378)
AUERBACH_VOGTLAND = Point(50.5113, 12.4005)
STOLLBERG = Point(50.7089, 12.7783)
LEIPZIG = Point(51.3397, 12.3731)
FAR = {
    "Leipzig": LEIPZIG,
    "Prague": Point(50.0755, 14.4378),
    "Hof": Point(50.3129, 11.9128),
    "Null Island": Point(0.0, 0.0),
    "the North Pole": Point(90.0, 180.0),
    "the other side": Point(-50.4953, -167.8622),
}
NOWHERE = {
    "no number": Point(float("nan"), 12.1378),
    "endless": Point(50.4953, float("inf")),
    "endless southward": Point(float("-inf"), 12.1378),
    "beyond the pole": Point(90.1, 12.1378),
    "beyond the date line": Point(50.4953, 180.1),
}
# Both sides of a border, each 50 m from it, as measured on the official map of districts (© BKG 2025, dl-de/by-2-0).
BORDERS = [
    ("14511", Point(50.75966, 12.97931), "14521", Point(50.75949, 12.9807)),
    ("14511", Point(50.89326, 12.98806), "14522", Point(50.89356, 12.9894)),
    ("14511", Point(50.82559, 12.73761), "14524", Point(50.82556, 12.73619)),
    ("14521", Point(50.74954, 13.36605), "14522", Point(50.74981, 13.36741)),
    ("14521", Point(50.49626, 12.46413), "14523", Point(50.49552, 12.46334)),
    ("14521", Point(50.57615, 12.59478), "14524", Point(50.57532, 12.5953)),
    ("14522", Point(50.86997, 12.78187), "14524", Point(50.86929, 12.78279)),
    ("14523", Point(50.56344, 12.45505), "14524", Point(50.5643, 12.45465)),
]
# Beyond the region's border, towards Czechia, Bavaria, Thuringia and Leipzig.
BESIDE = [
    ("14521", Point(50.43936, 13.00947), Point(50.4389, 13.01055)),
    ("14523", Point(50.32727, 12.0821), Point(50.32671, 12.08304)),
    ("14523", Point(50.63242, 12.23202), Point(50.63311, 12.23274)),
    ("14522", Point(51.10536, 12.79306), Point(51.10602, 12.79229)),
]
LOAD_SECONDS_AT_MOST = 1.5  # ten times what is wanted, so that a busy machine does not fail the test
LOOK_UP_SECONDS_AT_MOST = 0.01


@pytest.fixture(scope="module")
def locator(gazetteer: Gazetteer) -> Locator:
    return Locator(gazetteer.boundaries)


def _district(located: Located) -> str:
    (district,) = located.districts
    return district


def _keys(understood: Understanding) -> list[tuple[str, float]]:
    return [(district.key, district.probability) for district in understood.districts]


def test_each_municipality_is_found_by_a_position_in_it(locator: Locator, gazetteer: Gazetteer) -> None:
    """A position well inside a municipality gives that municipality and its district."""
    areas = {
        boundary.ags: shapely.MultiPolygon([(r[0], r[1:]) for r in boundary.polygons])
        for boundary in gazetteer.boundaries
    }
    inside = {ags: area.representative_point() for ags, area in areas.items()}
    located = {ags: locator.locate([Point(position.y, position.x)]) for ags, position in inside.items()}
    assert {ags: (place.towns, _district(place)) for ags, place in located.items()} == {
        town.ags: ((town.ags,), town.district) for town in gazetteer.municipalities
    }


def _registered(file: str) -> Iterator[tuple[str, Point]]:
    with (REGISTERS / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["lat"]:
                yield row["ags"], Point(float(row["lat"]), float(row["lon"]))


@needs_registers
@pytest.mark.parametrize("file", ["municipalities.csv", "localities.csv"])
def test_the_registers_positions_lie_in_their_municipalities(locator: Locator, file: str) -> None:
    """The centres of towns and of quarters, from other sources than the boundaries, are found where they belong."""
    expected = list(_registered(file))
    assert [locator.locate([point]).towns for _, point in expected] == [(ags,) for ags, _ in expected]


@needs_registers
def test_districts_are_found_as_on_the_map_of_districts(locator: Locator) -> None:
    """On a grid of some 2 km over the region no position gets another district than on the official map."""
    collection = json.loads((REGISTERS / "districts.geojson").read_text(encoding="utf-8"))
    districts = {item["properties"]["ags"]: shapely.geometry.shape(item["geometry"]) for item in collection["features"]}
    grid = shapely.points([[12 + x / 35, 50.1 + y / 55] for x in range(60) for y in range(64)])
    for key, area in districts.items():
        inside = grid[shapely.contains(area, grid)]
        assert {_district(locator.locate([Point(point.y, point.x)])) for point in inside} == {key}


@pytest.mark.parametrize(("one", "here", "other", "there"), BORDERS)
def test_both_sides_of_a_border_are_told_apart(
    locator: Locator, one: str, here: Point, other: str, there: Point
) -> None:
    """50 m from the border of two districts, each side is its own."""
    assert (_district(locator.locate([here])), _district(locator.locate([there]))) == (one, other)


def test_a_position_on_a_common_border_belongs_to_one_municipality(locator: Locator, gazetteer: Gazetteer) -> None:
    """Where two or three meet, the one with the lowest key has it."""
    sharing = defaultdict(set)
    for boundary in gazetteer.boundaries:
        for longitude, latitude in (position for rings in boundary.polygons for ring in rings for position in ring):
            sharing[Point(latitude, longitude)].add(boundary.ags)
    shared = {point: min(towns) for point, towns in list(sharing.items())[::15] if len(towns) > 1}
    assert len(shared) > 300
    assert {point: locator.locate([point]).towns for point in shared} == {p: (ags,) for p, ags in shared.items()}


@pytest.mark.parametrize(("district", "near", "_far"), BESIDE)
def test_just_beyond_the_regions_border_counts_as_inside(
    locator: Locator, district: str, near: Point, _far: Point
) -> None:
    """60 m outside is nearer than the map is exact."""
    assert _district(locator.locate([near])) == district


@pytest.mark.parametrize(("_district", "_near", "far"), BESIDE)
def test_farther_beyond_the_regions_border_is_outside(
    locator: Locator, _district: str, _near: Point, far: Point
) -> None:
    """150 m outside is outside."""
    assert locator.locate([far]) == Located((), outside=True)


@pytest.mark.parametrize("point", FAR.values(), ids=FAR.keys())
def test_far_away_is_outside(locator: Locator, point: Point) -> None:
    """A position on Earth that is in no municipality is outside."""
    assert locator.locate([point]) == Located((), outside=True)


@pytest.mark.parametrize("point", NOWHERE.values(), ids=NOWHERE.keys())
def test_what_is_no_position_lies_nowhere(locator: Locator, point: Point) -> None:
    """Numbers that are no position say nothing, not even that something is outside."""
    assert locator.locate([point]) == Located()


@given(latitude=st.floats(), longitude=st.floats())
def test_no_numbers_raise(locator: Locator, latitude: float, longitude: float) -> None:
    """Whatever two numbers come, an answer does."""
    assert len(locator.locate([Point(latitude, longitude)]).towns) <= 1


def test_boundaries_are_loaded_and_looked_up_at_once(gazetteer: Gazetteer) -> None:
    """They cost neither the start nor an answer anything that a person would notice."""
    start = time.monotonic()
    locator = Locator(gazetteer.boundaries)
    loaded = time.monotonic()
    locator.locate([PLAUEN])
    assert loaded - start < LOAD_SECONDS_AT_MOST
    assert time.monotonic() - loaded < LOOK_UP_SECONDS_AT_MOST


def test_a_position_alone_is_understood(classifier: SpacyClassifier) -> None:
    """A message of nothing but a position has its place, for certain, and is left to a person for the rest."""
    understood = classifier.understand("", "", (PLAUEN,))
    assert understood == Understanding(
        kind=Kind.IDEA,
        topics=(),
        suggestions=understood.suggestions,
        districts=(DistrictScore("14523", 1.0),),
        municipalities=(MunicipalityScore("14523320", "Plauen", 1.0),),
        evidence=(),
        candidates=(),
        abstained=True,
        model=classifier.version,
    )


def test_the_position_comes_before_the_text(classifier: SpacyClassifier) -> None:
    """Places of the text stand beside that of the position, and evidence is of the text alone."""
    understood = classifier.understand("", "In Zwickau fehlt ein Radweg.", (PLAUEN,))
    assert _keys(understood) == [("14523", 1.0), ("14524", 0.95)]
    assert [town.name for town in understood.municipalities] == ["Plauen", "Zwickau"]
    assert [item.label for item in understood.evidence if item.label[0].isdigit()] == ["14524"]


def test_a_place_of_both_is_named_once(classifier: SpacyClassifier) -> None:
    """Where text and position agree, the position's certainty holds."""
    assert _keys(classifier.understand("", "In Plauen fehlt ein Radweg.", (PLAUEN,))) == [("14523", 1.0)]


def test_the_whole_region_stands_beside_the_position(classifier: SpacyClassifier) -> None:
    """Someone in Plauen may write about all of the region."""
    understood = classifier.understand("", "Ein Ticket für die ganze Region!", (PLAUEN,))
    assert _keys(understood) == [("14523", 1.0), ("region", 0.95)]


def test_several_positions_have_several_places(classifier: SpacyClassifier) -> None:
    """Each position counts."""
    assert _keys(classifier.understand("", "", (PLAUEN, STOLLBERG))) == [("14521", 1.0), ("14523", 1.0)]


def test_the_municipality_of_the_position_settles_a_shared_name(classifier: SpacyClassifier) -> None:
    """Of three places called Auerbach the one is meant where the writer stands, and its name is evidence."""
    text = "In Auerbach fehlt ein Kino."
    assert len(classifier.understand("", text).candidates) == 3
    understood = classifier.understand("", text, (AUERBACH_VOGTLAND,))
    assert ([town.ags for town in understood.municipalities], understood.candidates) == (["14523020"], ())
    assert (3, 11, "14523") in {(item.start, item.end, item.label) for item in understood.evidence}


def test_the_district_of_the_position_settles_a_shared_name(classifier: SpacyClassifier) -> None:
    """Seen from Stollberg it is the Auerbach of the same district."""
    understood = classifier.understand("", "In Auerbach fehlt ein Kino.", (STOLLBERG,))
    assert [town.ags for town in understood.municipalities] == ["14521590", "14521040"]
    assert (_keys(understood), understood.candidates) == ([("14521", 1.0)], ())


def test_what_the_text_decides_stays_decided(classifier: SpacyClassifier) -> None:
    """An addition to the name is stronger than where the writer stands."""
    understood = classifier.understand("", "In Auerbach/Vogtl. fehlt ein Kino.", (STOLLBERG,))
    assert [town.ags for town in understood.municipalities] == ["14521590", "14523020"]


def test_a_position_elsewhere_settles_nothing(classifier: SpacyClassifier) -> None:
    """Seen from Chemnitz none of the places called Oelsnitz is nearer, so that the question stays."""
    understood = classifier.understand("", "In Oelsnitz fehlt ein Hallenbad.", (Point(50.8357, 12.92922),))
    assert _keys(understood) == [("14511", 1.0)]
    assert {candidate.district for candidate in understood.candidates} == {"14521", "14523"}


def test_a_quarter_that_needs_context_has_it_from_the_position(classifier: SpacyClassifier) -> None:
    """A quarter's name that is asked about otherwise is read where the position lies in its town."""
    assert classifier.understand("", "Borna braucht einen Markt.").candidates == (
        Candidate("14511000", "Borna (Chemnitz)", "14511"),
    )
    understood = classifier.understand("", "Borna braucht einen Markt.", (Point(50.8357, 12.92922),))
    assert (_keys(understood), understood.candidates) == ([("14511", 1.0)], ())


def test_the_writers_address_is_not_needed_beside_a_position(classifier: SpacyClassifier) -> None:
    """The signature says where the writer lives, the position what the message is about."""
    text = "Hier fehlt ein Radweg.\n\nMfG\nKarl Meier\nHauptstr. 5\n08056 Zwickau"
    assert _keys(classifier.understand("", text, (PLAUEN,))) == [("14523", 1.0)]


def test_a_position_outside_is_outside(classifier: SpacyClassifier) -> None:
    """Without any place in the text, a position outside is the message's place."""
    assert _keys(classifier.understand("", "Hier fehlt ein Radweg.", (LEIPZIG,))) == [("outside", 1.0)]


@pytest.mark.parametrize("text", ["In Zwickau fehlt ein Radweg.", "Radwege für ganz Südwestsachsen!", "08523 Plauen"])
def test_a_position_outside_gives_way_to_the_text(classifier: SpacyClassifier, text: str) -> None:
    """People write about home from a journey."""
    assert _keys(classifier.understand("", text, (LEIPZIG,))) == _keys(classifier.understand("", text))


def test_a_position_outside_gives_way_to_a_question(classifier: SpacyClassifier) -> None:
    """A shared name is one of the region, whichever place is meant."""
    understood = classifier.understand("", "In Auerbach fehlt ein Kino.", (LEIPZIG,))
    assert (understood.districts, len(understood.candidates)) == ((), 3)


def test_a_position_inside_outweighs_one_outside(classifier: SpacyClassifier) -> None:
    """A message with a place of the region is not outside."""
    assert _keys(classifier.understand("", "", (LEIPZIG, PLAUEN))) == [("14523", 1.0)]


def test_a_far_town_does_not_count_beside_a_position(classifier: SpacyClassifier) -> None:
    """What a message in the region says about a town outside makes it none of outside."""
    assert _keys(classifier.understand("", "In Leipzig muss der Bahnhof sauberer werden.", (PLAUEN,))) == [
        ("14523", 1.0)
    ]


def test_a_position_does_not_stay(classifier: SpacyClassifier) -> None:
    """The next message knows nothing of the last one's position."""
    classifier.understand("", "Hier fehlt ein Radweg.", (PLAUEN,))
    assert classifier.understand("", "Hier fehlt ein Radweg.").districts == ()


def test_a_region_without_boundaries_knows_no_position(tmp_path: Path) -> None:
    """Positions there have no place, and none is called outside."""
    pipeline = spacy.blank("de")
    attach_places(pipeline, load_gazetteer(write_region(tmp_path)))
    doc = pipeline.make_doc("Mehr Deiche!")
    doc._.points = (PLAUEN, LEIPZIG)
    assert pipeline(doc)._.places.districts == ()


def test_a_model_without_places_takes_positions_too() -> None:
    """Where no places are attached, a position changes nothing."""
    classifier = SpacyClassifier(*read_model(MODEL))
    assert classifier.understand("", "Radweg", (PLAUEN,)) == classifier.understand("", "Radweg")
