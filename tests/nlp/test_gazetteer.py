"""Reading a folder of places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nlp.gazetteer import (
    PASSING,
    AliasKind,
    Gazetteer,
    GazetteerError,
    LandmarkKind,
    MatchPolicy,
    load_gazetteer,
)

PLACES = Path(__file__).parents[2] / "config" / "places"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the region's places that a test may break."""
    return Path(shutil.copytree(PLACES, tmp_path / "places"))


def _append(file: Path, line: str) -> int:
    """Append a line; returns its number."""
    content = file.read_text(encoding="utf-8") + line + "\n"
    file.write_text(content, encoding="utf-8")
    return content.count("\n")


def _defects(folder: Path) -> tuple[str, ...]:
    with pytest.raises(GazetteerError) as raised:
        load_gazetteer(folder)
    return raised.value.defects


def test_the_region_has_five_districts(gazetteer: Gazetteer) -> None:
    """The five areas of the region are its districts."""
    assert [district.key for district in gazetteer.districts] == ["14511", "14521", "14522", "14523", "14524"]


def test_all_municipalities_are_there(gazetteer: Gazetteer) -> None:
    """The region has 182 municipalities."""
    assert len({town.ags for town in gazetteer.municipalities}) == 182


def test_each_municipality_has_a_postcode(gazetteer: Gazetteer) -> None:
    """No municipality is without a postcode."""
    reached = {ags for postcode in gazetteer.postcodes for ags in postcode.ags}
    assert reached == {town.ags for town in gazetteer.municipalities}


def test_a_locality_belongs_to_its_municipality(gazetteer: Gazetteer) -> None:
    """Planitz is a quarter of Zwickau that may be read alone."""
    planitz = next(place for place in gazetteer.localities if place.name == "Planitz")
    assert (planitz.ags, planitz.policy) == ("14524330", MatchPolicy.FREE)


def test_a_false_friend_has_no_place(gazetteer: Gazetteer) -> None:
    """The transport association named after one district stands for no district."""
    association = next(alias for alias in gazetteer.aliases if alias.name == "Verkehrsverbund Mittelsachsen")
    assert (association.kind, association.districts) == (AliasKind.FALSE_FRIEND, ())


def test_there_are_many_landmarks(gazetteer: Gazetteer) -> None:
    """Four hundred and more are known, each with at least one place and a name of its own."""
    names = [name for landmark in gazetteer.landmarks for name in landmark.names]
    assert len(gazetteer.landmarks) >= 400
    assert len(names) == len(set(names))
    assert all(landmark.districts for landmark in gazetteer.landmarks)


def test_a_landmark_may_lie_in_two_towns(gazetteer: Gazetteer) -> None:
    """The bridge over the Göltzsch reaches from one municipality into another of the same district."""
    bridge = next(landmark for landmark in gazetteer.landmarks if "Göltzschtalbrücke" in landmark.names)
    assert (bridge.districts, set(bridge.ags)) == (("14523",), {"14523260", "14523340"})


def test_a_road_only_passes(gazetteer: Gazetteer) -> None:
    """Roads are of a kind that only hints at places."""
    road = next(landmark for landmark in gazetteer.landmarks if "B95" in landmark.names)
    assert road.kind is LandmarkKind.ROAD
    assert road.kind in PASSING


def test_a_region_may_have_no_landmarks(folder: Path) -> None:
    """Without the file, no landmark is known, and nothing is amiss."""
    (folder / "landmarks.csv").unlink()
    assert load_gazetteer(folder).landmarks == ()


def test_a_postcode_may_cross_the_border(gazetteer: Gazetteer) -> None:
    """07919 reaches out of the region."""
    crossing = next(postcode for postcode in gazetteer.postcodes if postcode.code == "07919")
    assert crossing.districts == ("14523", "outside")


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        ("municipalities.csv", "1452301,Kurz,Kurz,Stadt,14523,5", "ags must have 8 digits, not '1452301'"),
        ("municipalities.csv", "14523999,Ort,Ort,Stadt,99999,5", "district '99999' is not known"),
        (
            "municipalities.csv",
            "14523999,Ort,Ort,Stadt,14524,5",
            "ags '14523999' does not begin with its district '14524'",
        ),
        ("municipalities.csv", "14523999,Ort,Ort,Stadt,14523,viele", "population must be a whole number, not 'viele'"),
        ("municipalities.csv", "14523320,Plauen,Plauen,Stadt,14523,5", "'14523320' stands here a second time"),
        ("municipalities.csv", "14523999,,Ort,Stadt,14523,5", "name must be a text that is not empty"),
        ("localities.csv", "Dorf,99999999,free", "ags '99999999' is not known"),
        ("localities.csv", "Dorf,14523320,sometimes", "match_policy must be one of"),
        ("localities.csv", "Dorf,14523320", "expected 3 values, found 2"),
        ("postcodes.csv", "0852,14523320,14523", "postcode must have 5 digits, not '0852'"),
        ("postcodes.csv", "01234,14523320,nirgends", "districts 'nirgends' is not known"),
        ("aliases.csv", "Spitze,nickname,14523,14523320", "kind must be one of"),
        ("aliases.csv", "Spitze,name,14524,14523320", "districts '14524' is not the district of ags '14523320'"),
        ("aliases.csv", "Falsch,false_friend,14524,", "false friend 'Falsch' must name neither districts nor ags"),
        ("landmarks.csv", "Turm,99999999,sight,free", "places '99999999' is not known"),
        ("landmarks.csv", "Turm,14523320,tower,free", "kind must be one of"),
        ("landmarks.csv", "Burg Kriebstein,14522300,sight,free", "'Burg Kriebstein' stands here a second time"),
        ("outside.csv", "Leipzig,Sachsen", "'Leipzig' stands here a second time"),
    ],
)
def test_a_defective_line_is_named(folder: Path, file: str, line: str, what: str) -> None:
    """A defect is reported with its file, its line and what is wrong."""
    number = _append(folder / file, line)
    assert any(defect.startswith(f"{file}:{number}: {what}") for defect in _defects(folder))


def test_all_defects_are_reported_at_once(folder: Path) -> None:
    """One error lists the defects of every file."""
    _append(folder / "municipalities.csv", "1,Kurz,Kurz,Stadt,14523,5")
    _append(folder / "localities.csv", "Dorf,99999999,sometimes")
    _append(folder / "words.toml", "unknown = []")
    (folder / "outside.csv").unlink()
    files = {defect.split(":")[0] for defect in _defects(folder)}
    assert files == {"municipalities.csv", "localities.csv", "words.toml", "outside.csv"}


def test_two_defects_of_one_line_are_both_reported(folder: Path) -> None:
    """A line with two wrong values gives two defects."""
    number = _append(folder / "localities.csv", "Dorf,99999999,sometimes")
    assert sum(defect.startswith(f"localities.csv:{number}:") for defect in _defects(folder)) == 2


def test_a_wrong_heading_is_reported(folder: Path) -> None:
    """A table whose first line names other columns is refused."""
    (folder / "outside.csv").write_text("place,country\nLeipzig,Sachsen\n", encoding="utf-8")
    assert _defects(folder) == ("outside.csv:1: the first line must be name,state",)


def test_broken_toml_is_reported_with_its_line(folder: Path) -> None:
    """A file that is no TOML is named with the line of its error."""
    (folder / "words.toml").write_text("everyday = []\nrivers = [\n= 3\n", encoding="utf-8")
    assert _defects(folder)[0].startswith("words.toml:3: not TOML")


def test_a_defective_block_is_reported_with_its_line(folder: Path) -> None:
    """A district without a proper key is reported at its heading."""
    file = folder / "districts.toml"
    number = _append(
        file, '\n[[district]]\nkey = "1"\nname = "A"\nkind = "B"\naliases = []\nadjectives = []\ncompounds = []'
    )
    assert f"districts.toml:{number - 6}: key must have 5 digits, not '1'" in _defects(folder)


def test_a_file_that_is_not_utf8_is_reported(folder: Path) -> None:
    """A table in another encoding is a defect, not a crash."""
    (folder / "outside.csv").write_bytes("name,state\nMünchen,Bayern\n".encode("latin-1"))
    assert _defects(folder) == ("outside.csv:1: cannot be read: UnicodeDecodeError",)


def test_a_missing_folder_is_reported_without_what_follows_from_it(tmp_path: Path) -> None:
    """Without districts and municipalities only these are named: every other line would refer to nothing."""
    missing = {defect.split(":")[0] for defect in _defects(tmp_path / "nowhere")}
    assert missing == {"districts.toml", "municipalities.csv"}
