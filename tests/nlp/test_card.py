"""The model card and its pictures, and that the shipped ones belong to the shipped model."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from nlp.artefact import ModelFacts, read_facts
from nlp.calibration import Scaling
from nlp.card import Measurements, model_card, plots
from nlp.card_plots import Square, bars
from nlp.corpus import Example
from nlp.evaluate import evaluate
from nlp.evaluate_pairs import PairFigures
from nlp.evaluate_places import PlaceCase, evaluate_places
from nlp.judgement import Rules
from nlp.speed import Speed, cut
from nlp.train import training_corpus
from nlp.understanding import Kind
from tests.nlp.parrot import Parrot

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "nlp" / "model"
CARD = ROOT / "nlp" / "MODEL_CARD.md"
BYTES_AT_MOST = 15_000_000
SVG = "{http://www.w3.org/2000/svg}"
PICTURE = re.compile(r"!\[[^]]+\]\(([^)]+)\)")


@pytest.fixture(scope="module")
def found() -> Measurements:
    rows = [
        Example("1", "", "idea||energy work|1", Kind.IDEA, ("energy",), (), source="anton"),
        Example("2", "", "idea||work energy|1", Kind.IDEA, ("energy", "work"), (), implicit=True, source="berta"),
    ]
    case = PlaceCase("1", "", "idea|14521||0", frozenset({"14521"}), frozenset(), frozenset(), "river_line_road")
    flat = Scaling(1.0, 0.0, ())
    rules = Rules(("energy", "work"), {"energy": 0.75, "work": 0.5}, flat, flat, {})
    aside = evaluate(Parrot(), rows)
    return Measurements(
        facts=ModelFacts("2026.11-abc", "", 2, rules, {**aside.to_json(), "primary_topic": 0.123}),
        corpus=rows,
        rows=rows,
        aside=aside,
        places=evaluate_places(Parrot(), [case]),
        pairs=PairFigures(100, 45, 0.876, 40, 0.9, 0.8),
        speed=Speed(1234.5, 2.5, 0.9, 210.4, "a slide rule, 1 cores"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "# Model 2026.11-abc",
        "| berta | 1 | 0 | 0 | 0 | 0 | 1 | 1 |",
        "| energy | 2 | 0 | 0 |",
        "| energy | 2 | 1.000 | 0.500 | 0.667 | 0.500 | 0.750 |",
        "| river line road | 1 | 1.000 | - | - | 0 |",
        "| average_precision | 0.876 | how well the same wishes stand before the others |",
        "| messages a second, in batches | 1234 |",
        "On one core of a slide rule, 1 cores, with places and reasons, messages of 60 words; processor time.",
    ],
)
def test_the_card_says_what_was_measured(found: Measurements, line: str) -> None:
    """Version, data, topics, places and speed stand in it."""
    assert line in model_card(found, "pictures").splitlines()


def test_both_measurements_stand_side_by_side(found: Measurements) -> None:
    """What was set aside first, then what was asked of models of the other writers."""
    assert "| primary_topic | 0.500 | 0.123 |" in model_card(found, "pictures")


def test_what_was_not_measured_has_no_part(found: Measurements) -> None:
    """Without cases of places or pairs there is no such heading, and no such picture."""
    without = replace(found, places=None, pairs=None)
    assert "## Places" not in model_card(without, "pictures")
    assert "## Similar ideas" not in model_card(without, "pictures")
    assert "places.svg" not in plots(without)


def test_each_picture_of_the_card_is_drawn(found: Measurements) -> None:
    """The card shows the plots that are made, and no others."""
    shown = PICTURE.findall(model_card(found, "pictures"))
    assert sorted(shown) == sorted(f"pictures/{name}" for name in plots(found))


def test_a_plot_is_a_picture_with_a_title(found: Measurements) -> None:
    """Well-formed SVG that says to a screen reader what it shows, and that has colours for a dark page."""
    for drawn in plots(found).values():
        root = ET.fromstring(drawn)  # noqa: S314 - our own
        assert root.tag == f"{SVG}svg"
        assert root.findtext(f"{SVG}title")
        assert "prefers-color-scheme:dark" in drawn


def test_a_point_stands_where_its_shares_are() -> None:
    """Full shares are in the upper right corner, none in the lower left one; the larger count is the larger dot."""
    root = ET.fromstring(Square("t", "x", "y", [(0, 0), (1, 1)], [1, 9]).svg())  # noqa: S314 - our own
    low, high = ({key: float(dot.attrib[key]) for key in ("cx", "cy", "r")} for dot in root.iter(f"{SVG}circle"))
    assert low["cx"] < high["cx"]
    assert low["cy"] > high["cy"]
    assert low["r"] < high["r"]


def test_a_name_with_signs_of_markup_is_written_out() -> None:
    """Names come from the configuration and may hold anything."""
    assert "A &amp; B &lt;c&gt;" in bars("t", [("A & B <c>", 0.5)])


def test_speed_is_measured_on_messages_of_sixty_words() -> None:
    """The texts are strung together and cut, and begin anew where they are too few."""
    messages = cut(["eins zwei drei", "vier fünf sechs sieben"])
    assert {len(text.split()) for _, text in messages} == {60}
    assert len(messages) > 2000


def test_the_shipped_model_belongs_to_the_shipped_corpus(topics: list[str]) -> None:
    """Whoever changes corpus, lexicon, topics or config trains anew."""
    assert read_facts(MODEL).digest == training_corpus(ROOT / "nlp" / "corpus", topics).digest


def test_the_shipped_model_is_small() -> None:
    """It stands in the repository."""
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < BYTES_AT_MOST


def test_the_shipped_card_belongs_to_the_shipped_model() -> None:
    """The card is about the model of the repository, and its pictures are there."""
    card = CARD.read_text(encoding="utf-8")
    assert card.startswith(f"# Model {read_facts(MODEL).version}\n")
    assert all((CARD.parent / name).is_file() for name in PICTURE.findall(card))
    assert PICTURE.search(card)
