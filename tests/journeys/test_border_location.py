"""A person shares where they stand: near the border of two districts, at a place with a name, or outside the region."""

from __future__ import annotations

import itertools
import json
import math

import pytest

from nlp.understanding import Point
from tests.conftest import CONFIG
from tests.fakes.bot_api import Citizen, Message
from tests.house import House
from tests.journeys.phone import asks, begins, labels, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_Corner = tuple[float, float]
# Neighbours in two districts: the Erzgebirgskreis and Mittelsachsen.
_GRUENHAINICHEN, _LEUBSDORF = "14521270", "14522320"
_ZWICKAU, _DRESDEN = Point(50.7189, 12.4964), Point(51.05, 13.74)
_METRES_PER_DEGREE = 111_320.0
_PATH = "Hier fehlt ein Fußweg an der Straße"
_SENTENCE = "Was soll sich dort ändern? Schreiben Sie es bitte in einem Satz dazu."


def sides(apart_metres: float) -> list[Point]:
    """Two points so far apart, on both sides of the middle of the longest straight piece of the common border."""
    edges = [edges_of(ags) for ags in (_GRUENHAINICHEN, _LEUBSDORF)]
    (west, south), (east, north) = max(edges[0] & edges[1], key=lambda edge: math.dist(*edge))
    longitude, latitude = (west + east) / 2, (south + north) / 2
    per_degree = _METRES_PER_DEGREE * math.cos(math.radians(latitude))
    along = ((east - west) * per_degree, (north - south) * _METRES_PER_DEGREE)
    across = (-along[1] / math.hypot(*along), along[0] / math.hypot(*along))
    return [
        Point(latitude + side * across[1] / _METRES_PER_DEGREE, longitude + side * across[0] / per_degree)
        for side in (apart_metres / 2, -apart_metres / 2)
    ]


def edges_of(ags: str) -> set[tuple[_Corner, _Corner]]:
    """The straight pieces of a municipality's border as (longitude, latitude), each from its lower end."""
    features = json.loads((CONFIG / "places" / "boundaries.geojson").read_bytes())["features"]
    (shape,) = [each["geometry"] for each in features if each["properties"]["ags"] == ags]
    areas = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    rings = [[(ring[0], ring[1]) for ring in corners] for area in areas for corners in area]
    return {(min(edge), max(edge)) for ring in rings for edge in itertools.pairwise(ring)}


async def stands(citizen: Citizen, point: Point) -> Message:
    """Share a location as the first message, and read the card."""
    await citizen.shares_location(point.latitude, point.longitude)
    await citizen.next_message()
    return await citizen.next_message()


async def test_fifty_metres_apart_two_districts_are_told_apart(house: House) -> None:
    """On each side of the border the municipality is named, and what is said afterwards goes to its own authority."""
    bodies = []
    for number, point in enumerate(sides(50)):
        citizen = house.citizen(4711 + number)
        card = await stands(citizen, point)
        assert _SENTENCE in words(card)
        added = await asks(citizen, _PATH)
        idea = await house.register.idea(await house.reference_of(citizen))
        assert idea.contributions[0].point == pytest.approx(point)
        (town,) = idea.understanding.municipalities
        assert f"Ort: {town.name}\n" in words(card)
        assert f"Thema: Mobilität und Verkehr\nOrt: {town.name}\n" in words(added)
        bodies += [
            (town.ags, assignment.body) for assignment in idea.assignments if assignment.body != "regionalkonvent"
        ]
    assert sorted(bodies) == [
        (_GRUENHAINICHEN, "landratsamt-erzgebirgskreis"),
        (_LEUBSDORF, "landratsamt-mittelsachsen"),
    ]


async def test_a_place_with_a_name_is_a_place(house: House) -> None:
    """A venue says where, and not yet what: a sentence is asked for."""
    erika = house.citizen()
    await erika.shares_venue(_ZWICKAU.latitude, _ZWICKAU.longitude, "Hauptmarkt", "Hauptmarkt 1, 08056 Zwickau")
    await erika.next_message()
    card = words(await erika.next_message())
    assert "Ort: Zwickau\n" in card
    assert _SENTENCE in card
    (said,) = (await house.register.idea(await house.reference_of(erika))).contributions
    assert said.text == "Hauptmarkt, Hauptmarkt 1, 08056 Zwickau"


async def test_a_location_may_follow_the_words(house: House) -> None:
    """„Hier“ is where the person is; a location that moves on by itself changes nothing."""
    erika = house.citizen()
    assert "Ort: noch offen" in words(await begins(erika, _PATH))
    await erika.shares_live_location(_ZWICKAU.latitude, _ZWICKAU.longitude)
    assert "Thema: Mobilität und Verkehr\nOrt: Zwickau\n" in words(await erika.next_message())
    await erika.moves(erika.written[-1]["message_id"], _DRESDEN.latitude, _DRESDEN.longitude)
    assert words(await asks(erika, "Danke")).startswith("Sehr gern!")
    idea = await house.register.idea(await house.reference_of(erika))
    assert [town.name for town in idea.understanding.municipalities] == ["Zwickau"]


async def test_outside_the_region_people_are_told_kindly_and_kept(house: House) -> None:
    """What is far away stays an idea, to which more can be said and which a person reads."""
    erika = house.citizen()
    card = await stands(erika, _DRESDEN)
    kindly = "Außerhalb von Südwestsachsen können wir leider wenig ändern. Ihre Nachricht behalten wir trotzdem"
    assert "Ort: außerhalb von Südwestsachsen\n" in words(card)
    assert kindly in words(card)
    assert labels(card)[-2:] == ["Ergänzen", "Zurückziehen"]
    assert "Ort: außerhalb von Südwestsachsen\n" in words(await asks(erika, _PATH))
    idea = await house.register.idea(await house.reference_of(erika))
    assert [said.text for said in idea.contributions] == ["", _PATH]
    assert [assignment.body for assignment in idea.assignments] == ["regionalkonvent"]
