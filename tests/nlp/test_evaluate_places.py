"""The figures of reading places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.corpus import CorpusError
from nlp.evaluate_places import PlaceCase, PlaceFigures, evaluate_places, read_place_cases
from tests.nlp.parrot import Parrot

AUE, AUERBACH, OTHER_AUERBACH = "14521035", "14523020", "14521040"


def case(said: str, difficulty: str, districts: str = "", municipalities: str = "", candidates: str = "") -> PlaceCase:
    keys, meant, asked = (frozenset(cell.split()) for cell in (districts, municipalities, candidates))
    return PlaceCase(said, "", said, keys, meant, asked, difficulty)


CASES = [
    case(f"idea|14521||0|{AUE}", "plain", "14521", AUE),
    case("idea|14521||0|", "plain", "14521", AUE),
    case("idea|||0|", "no place"),
    case(f"idea|||0||{AUERBACH} {OTHER_AUERBACH}", "homonym", candidates=f"{OTHER_AUERBACH} {AUERBACH}"),
    case(f"idea|14523||0|{AUERBACH}", "homonym", candidates=f"{OTHER_AUERBACH} {AUERBACH}"),
]


def test_the_figures_are_over_all_cases() -> None:
    """Four of five districts, one of two municipalities, one of two questions, and one name resolved silently."""
    assert evaluate_places(Parrot(), CASES).overall == PlaceFigures(5, 0.8, 0.5, 0.5, silent=1)


def test_each_difficulty_has_figures_of_its_own() -> None:
    """What does not occur in it has no share, rather than none right."""
    found = evaluate_places(Parrot(), CASES).difficulties
    assert list(found) == ["homonym", "no place", "plain"]
    assert found["no place"] == PlaceFigures(1, 1.0, None, None, silent=0)


def test_a_district_that_all_candidates_share_is_not_resolved_silently() -> None:
    """Three villages of one name in one district: the district is known, the village is asked for."""
    shared = case("idea|14522||0||14522010 14522020", "homonym", "14522", candidates="14522010 14522020")
    assert evaluate_places(Parrot(), [shared]).overall == PlaceFigures(1, 1.0, None, 1.0, silent=0)


def test_a_case_is_read_from_its_line(tmp_path: Path) -> None:
    """Lists become sets."""
    path = tmp_path / "places.jsonl"
    row = {"id": "a", "subject": "", "text": "Hallo", "districts": ["14521"], "municipalities": [AUE], "candidates": []}
    path.write_text(json.dumps({**row, "difficulty": "plain"}) + "\n", encoding="utf-8")
    (read,) = read_place_cases(path)
    assert (read.text, read.districts | read.municipalities) == ("Hallo", frozenset({"14521", AUE}))


def test_all_lines_that_are_no_cases_are_named(tmp_path: Path) -> None:
    """File, line, and what was expected."""
    path = tmp_path / "places.jsonl"
    path.write_text('{"id": "a"}\n\nnothing\n[]\n', encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read_place_cases(path)
    assert [defect.line for defect in caught.value.defects] == [1, 3, 4]
