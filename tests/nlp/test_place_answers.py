"""Reading the answer of somebody who was asked for a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.artefact import read_model
from nlp.gazetteer import Gazetteer
from nlp.pipeline import SpacyClassifier
from nlp.understanding import Understanding

ROOT = Path(__file__).parents[2]

TOWNS = [
    ("plauen", "Plauen"),
    ("PLAUEN", "Plauen"),
    ("Plauen.", "Plauen"),
    ("📍 Plauen!!", "Plauen"),
    ("#plauen", "Plauen"),
    ("stadt plauen", "Plauen"),
    ("Plauener", "Plauen"),
    ("Aue", "Aue-Bad Schlema"),
    ("in aue", "Aue-Bad Schlema"),
    ("Ich wohne in Aue", "Aue-Bad Schlema"),
    ("ort: Aue", "Aue-Bad Schlema"),
    ("bergen", "Bergen"),
    ("treuen", "Treuen"),
    ("werda", "Werda"),
    ("Lichtenberg", "Lichtenberg"),
    ("09111", "Chemnitz"),
    ("plz 09111", "Chemnitz"),
    ("09111 Chemnitz", "Chemnitz"),
    ("C", "Chemnitz"),
    ("Zwickau Mosel", "Zwickau"),
    ("zwickau-mosel", "Zwickau"),
    ("oberlosa", "Plauen"),
    ("Annaberg", "Annaberg-Buchholz"),
    ("hohenstein", "Hohenstein-Ernstthal"),
    ("lauter", "Lauter-Bernsbach"),
    ("Limbach-O.", "Limbach-Oberfrohna"),
    ("st egidien", "St. Egidien"),
    ("auerbach/v", "Auerbach"),
    ("oelsnitz i.E.", "Oelsnitz"),
    ("Herr Auerbach aus Plauen", "Plauen"),
    ("Zwickauer Straße 5, Chemnitz", "Chemnitz"),
]
MISSPELT = [
    ("Plaeun", "Plauen"),
    ("plauem", "Plauen"),
    ("Zschoppau", "Zschopau"),
    ("Schwarzenburg", "Schwarzenberg"),
    ("johangeorgenstadt", "Johanngeorgenstadt"),
    ("Klingental", "Klingenthal"),
    ("in Chmenitz", "Chemnitz"),
]
DISTRICTS = [
    ("Erzgebirgskreis", ["14521"]),
    ("erzgeb.", ["14521"]),
    ("vogtland", ["14523"]),
    ("Landkreis Zwickau", ["14524"]),
    ("lk zwickau", ["14524"]),
    ("fg", ["14522"]),
    ("HOT", ["14524"]),
    ("09573", ["14521", "14522"]),
    ("ganze Region", ["region"]),
    ("die ganze Region", ["region"]),
    ("Region", ["region"]),
    ("überall", ["region"]),
    ("UEBERALL", ["region"]),
    ("Leipzig", ["outside"]),
    ("aus leipzig", ["outside"]),
    ("hof", ["outside"]),
    ("Freiburg", ["outside"]),
]
QUESTIONS = [
    ("auerbach", ["Auerbach (Erzgebirgskreis)", "Auerbach/Vogtl.", "Auerbach (Zwickau)"]),
    ("Limbach", ["Limbach (Vogtlandkreis)", "Limbach (Limbach-Oberfrohna)"]),
    ("brand", ["Brand (Zwickau)", "Brand-Erbisdorf (Mittelsachsen)"]),
    ("Bad", ["Bad Brambach (Vogtlandkreis)", "Bad Elster (Vogtlandkreis)"]),
    ("Altstadt", ["Altstadt (Schwarzenberg)", "Altstadt (Freiberg)", "Altstadt (Plauen)"]),
    ("Zentrum", ["Zentrum (Chemnitz)"]),
    ("Kaßbreg", ["Kaßberg (Chemnitz)"]),
    ("Oelsntiz", ["Oelsnitz/Erzgeb.", "Oelsnitz/Vogtl."]),
]
UNKNOWN = [
    *("", " ", ".", "?", "🤷", "a", "ja", "nein", "stimmt", "egal", "hallo", "danke", "hier", "zuhause", "zurück"),
    *("abbrechen", "keine Ahnung", "weiß nicht", "bei uns im Dorf", "in der Stadt", "am Hof", "wenig", "Atlantis"),
    *("12345", "VMS", "Zwickauer Mulde", "Zwickauer Straße", "\x00", "\ud83d", "x" * 100_000, "(" * 50_000),
]


def _names(understood: Understanding) -> list[str]:
    return [town.name for town in understood.municipalities]


@pytest.mark.parametrize(("answer", "name"), TOWNS)
def test_a_town_is_recognised(classifier: SpacyClassifier, answer: str, name: str) -> None:
    """A name counts in whatever case, as a word of other meaning too, shortened, and among a few words."""
    understood = classifier.place(answer)
    assert (_names(understood), understood.candidates) == ([name], ())


def test_each_municipality_is_recognised(classifier: SpacyClassifier, gazetteer: Gazetteer) -> None:
    """Every name is read in small letters and in capitals, or offered where it is shared."""
    for town in gazetteer.municipalities:
        for answer in (town.name.lower(), town.name.upper()):
            understood = classifier.place(answer)
            found = [place.ags for place in understood.municipalities]
            assert town.ags in {*found, *(place.ags for place in understood.candidates)}


@pytest.mark.parametrize(("answer", "name"), MISSPELT)
def test_one_mistake_in_a_town_is_forgiven(classifier: SpacyClassifier, answer: str, name: str) -> None:
    """A letter too many, too few, another, or two exchanged: the town is meant, less certainly."""
    understood = classifier.place(answer)
    assert _names(understood) == [name]
    assert understood.municipalities[0].probability < classifier.place(name).municipalities[0].probability


def test_a_known_name_is_no_mistake_for_another(classifier: SpacyClassifier) -> None:
    """Werda and Werdau, Pöhl and Pöhla differ in one letter, and each is itself."""
    names = ("Werda", "Werdau", "Pöhl", "Pöhla")
    assert [_names(classifier.place(name)) for name in names] == [["Werda"], ["Werdau"], ["Pöhl"], ["Schwarzenberg"]]


@pytest.mark.parametrize(("answer", "keys"), DISTRICTS)
def test_a_district_is_recognised(classifier: SpacyClassifier, answer: str, keys: list[str]) -> None:
    """Districts, number plates, all of the region and places outside are answers too."""
    understood = classifier.place(answer)
    assert ([district.key for district in understood.districts], understood.candidates) == (keys, ())


@pytest.mark.parametrize(("answer", "names"), QUESTIONS)
def test_a_name_of_several_places_is_asked_about(classifier: SpacyClassifier, answer: str, names: list[str]) -> None:
    """What may be several places, or is uncertain, is offered and not taken for meant."""
    understood = classifier.place(answer)
    assert ([place.name for place in understood.candidates], understood.districts) == (names, ())


@pytest.mark.parametrize("answer", UNKNOWN, ids=lambda answer: repr(answer[:20]))
def test_what_names_no_place_has_none(classifier: SpacyClassifier, answer: str) -> None:
    """Other words give neither districts nor candidates, and no text raises."""
    understood = classifier.place(answer)
    assert (understood.districts, understood.municipalities, understood.candidates) == ((), (), ())


@given(answer=st.text(max_size=200))
def test_no_answer_raises(classifier: SpacyClassifier, answer: str) -> None:
    """Whatever is typed, evidence lies inside it."""
    assert all(0 <= item.start < item.end <= len(answer) for item in classifier.place(answer).evidence)


def test_two_towns_are_two_places(classifier: SpacyClassifier) -> None:
    """An answer may name several."""
    assert _names(classifier.place("Plauen und Zwickau")) == ["Plauen", "Zwickau"]


def test_a_second_name_settles_a_shared_one(classifier: SpacyClassifier) -> None:
    """Beside Plauen, Auerbach is the one of the same district."""
    assert [town.ags for town in classifier.place("plauen, auerbach").municipalities] == ["14523320", "14523020"]


def test_an_answer_has_no_topic(classifier: SpacyClassifier) -> None:
    """Only its place is read, and where it stands; the rest is left to a person."""
    understood = classifier.place("in Plauen, am Bahnhof")
    assert (understood.topics, understood.suggestions, understood.abstained) == ((), (), True)
    assert [(item.start, item.end, item.label) for item in understood.evidence] == [(3, 9, "14523")]
    assert understood.model == classifier.version


def test_a_model_without_places_knows_no_answer() -> None:
    """Where no places are attached, no answer names one."""
    assert SpacyClassifier(*read_model(ROOT / "nlp" / "model")).place("Plauen").districts == ()
