"""Reading the places of a message."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from nlp.gazetteer import Municipality, Postcode, load_gazetteer
from nlp.places import FACTORY, SPANS, PlaceReading, attach_places
from nlp.readable import READ_AT_MOST
from nlp.understanding import Candidate, Understanding
from tests.nlp.small_region import WEST, write_region

PLACES = Path(__file__).parents[2] / "config" / "places"
GAZETTEER = load_gazetteer(PLACES)
NAMES = Counter(town.name for town in GAZETTEER.municipalities)

SENTENCES = [
    ("Mehr Bäume in Zwickau.", ("14524",)),
    ("Die Zwickauer Innenstadt braucht mehr Bänke.", ("14524",)),
    ("Auf der Zwickauer Straße in Chemnitz fehlt ein Radweg.", ("14511",)),
    ("In Zwickau auf der Plauener Str. 5 ist ein Schlagloch.", ("14524",)),
    ("An der Kreuzung Leipziger/Dresdner Straße in Plauen braucht es eine Ampel.", ("14523",)),
    ("An der Annaberger Allee in Chemnitz sterben die Bäume.", ("14511",)),
    ("Die Ampel auf der Leipziger nervt, bitte umstellen, Chemnitz.", ("14511",)),
    ("Der Zwickauer-Straße-Tunnel ist dunkel.", ()),
    ("Frau Auerbach vom Bauamt war sehr nett, in Glauchau läuft das.", ("14524",)),
    ("Herr Dr. Hartenstein hat recht: Freiberg braucht mehr Wohnheime.", ("14522",)),
    ("Familie Stollberg wünscht sich einen Spielplatz in Mittweida.", ("14522",)),
    ("Bitte melden Sie sich bei Peter Hartenstein.", ()),
    ("Mehr Züge für Döbeln!\n\nMit freundlichen Grüßen\nThomas Auerbach", ("14522",)),
    ("Mehr Busse am Wochenende, bitte.\n\nViele Grüße aus Plauen\nAnna Müller", ("14523",)),
    ("Mehr Busse für Zwickau am Wochenende, bitte.\n\nViele Grüße aus Plauen", ("14524",)),
    ("Bitte den Radweg ausbauen.\n\nMfG\nKarl Meier\nHauptstr. 5\n08523 Plauen", ("14523",)),
    ("Wie in Leipzig sollte es auch in Zwickau Leihräder geben.", ("14524",)),
    ("Leihräder wie in Leipzig und Dresden wären toll.", ()),
    ("Anders als in Plauen gibt es in Reichenbach/Vogtl. keinen Stadtbus.", ("14523",)),
    ("Anders als in Plauen fehlt in Glauchau ein Stadtbus.", ("14524",)),
    ("Wir wollen in Zwickau kostenlosen Nahverkehr, so wie in Chemnitz.", ("14524",)),
    ("Im Gegensatz zu Dresden hat Freiberg keine Straßenbahn.", ("14522",)),
    ("In Dresden gibt es das auch schon.", ()),
    ("In Leipzig funktioniert das längst.", ()),
    ("Warum haben wir kein Azubiticket? In Gera gibt es so etwas schon.", ()),
    ("Nach Leipziger Vorbild könnte Plauen ein Stadtrad einführen.", ("14523",)),
    ("Kopenhagen macht es vor: Zwickau braucht Radschnellwege.", ("14524",)),
    ("Ich habe früher in Zwickau gewohnt, jetzt wünsche ich mir in Werdau ein Kino.", ("14524",)),
    ("Meine Kollegen aus Chemnitz loben unser Freibad in Oederan.", ("14522",)),
    ("Die Züge von Chemnitz nach Leipzig fallen ständig aus.", ("14511",)),
    ("Wir brauchen eine schnelle Bahnverbindung nach Leipzig.", ()),
    ("In Leipzig muss der Hauptbahnhof sauberer werden.", ("outside",)),
    ("Der Dresdner Zoo sollte abends länger öffnen.", ("outside",)),
    ("Bitte mehr Radwege in ganz Südwestsachsen.", ("region",)),
    ("Ein Ticket für die gesamte Region Chemnitz!", ("region",)),
    (
        "Chemnitz, Erzgebirgskreis, Mittelsachsen, Vogtlandkreis und Landkreis Zwickau sollten zusammenarbeiten.",
        ("region",),
    ),
    ("In Auerbach fehlt ein Jugendclub.", ()),
    ("In Auerbach/Vogtl. fehlt ein Jugendclub.", ("14523",)),
    ("In Auerbach im Vogtland fehlt ein Jugendclub.", ("14523",)),
    ("In 08209 Auerbach fehlt ein Jugendclub.", ("14523",)),
    ("In Auerbach fehlt ein Jugendclub, die aus Rodewisch kommen auch.", ("14523",)),
    ("In Auerbach (Erzgebirge) fehlt ein Jugendclub.", ("14521",)),
    ("Im Vogtländischen fährt abends kein Bus mehr, z. B. in Auerbach.", ("14523",)),
    ("Oelsnitz i. V. braucht ein Schwimmbad.", ("14523",)),
    ("Oelsnitz/E. braucht ein Schwimmbad.", ("14521",)),
    ("Neukirchen braucht einen Arzt.", ()),
    ("In Neukirchen bei Crimmitschau fehlt ein Arzt.", ("14524",)),
    ("Hartmannsdorf b. Kirchberg braucht schnelles Internet.", ("14524",)),
    ("Hartmannsdorf und Burgstädt sollten einen gemeinsamen Bauhof haben.", ("14522",)),
    ("Im Zwickauer Stadtteil Auerbach fehlt ein Spielplatz.", ("14524",)),
    ("In Zwickau-Planitz fehlt ein Spielplatz.", ("14524",)),
    ("Auf dem Kaßberg gibt es zu wenige Parkplätze.", ("14511",)),
    ("Kassberg: bitte mehr Parkplätze.", ("14511",)),
    ("In Chemnitz-Bernsdorf ist der Platz am Abend dunkel.", ("14511",)),
    ("Der OT Stein in Königshain-Wiederau hat kein Netz.", ("14522",)),
    ("Ein Stein liegt auf dem Weg.", ()),
    (
        "Floeha und Zschopau brauchen einen Radweg.",
        (
            "14521",
            "14522",
        ),
    ),
    ("In Floha ist der Bahnhof zu.", ("14522",)),
    ("Muelsen hat kein Freibad mehr.", ("14524",)),
    ("Limbach Oberfrohna braucht einen Bahnanschluss.", ("14524",)),
    ("in limbach-oberfrohna fehlt ein bahnhof", ("14524",)),
    ("Bad Schlema und Aue wachsen zusammen.", ("14521",)),
    ("In Aue fehlen Ärzte.", ("14521",)),
    ("Die Aue am Fluss sollte geschützt werden.", ()),
    ("In den Bergen ist es schön.", ()),
    ("Die treuen Kunden freuen sich.", ()),
    ("Unser Hof braucht Solar.", ()),
    ("Glauchaus Bahnhof ist eine Schande.", ("14524",)),
    ("Die Plauenerinnen und Plauener wünschen sich mehr Nachtbusse.", ("14523",)),
    ("Den Marienbergern fehlt ein Kino.", ("14521",)),
    ("Das erzgebirgische Handwerk stirbt aus.", ("14521",)),
    ("Der mittelsächsische Nahverkehr ist zu teuer.", ("14522",)),
    ("Die Vogtlandbahn fährt zu selten.", ("14523",)),
    ("Die TU Bergakademie braucht Wohnheime.", ("14522",)),
    ("Das Chemnitzer Land hat schöne Radwege.", ("14524",)),
    ("Der Verkehrsverbund Mittelsachsen ist zu teuer.", ()),
    ("08056 braucht eine Packstation.", ("14524",)),
    ("10115 Unterschriften sind genug.", ()),
    ("Freiburg ist schön.", ("outside",)),
    ("Karl-Marx-Stadt war früher grüner.", ("14511",)),
    ("Städte wie Annaberg-Buchholz und Schwarzenberg verlieren Einwohner.", ("14521",)),
    ("An der Flöha liegt viel Müll.", ()),
    ("Werda braucht eine neue Feuerwehr.", ("14523",)),
    ("Werdau braucht eine neue Feuerwehr.", ("14524",)),
    ("Die Rosa-Luxemburg-Straße ist kaputt.", ()),
    (
        "Der Freiberger Dom und der Zwickauer Dom sollten gemeinsam werben.",
        (
            "14522",
            "14524",
        ),
    ),
    ("Bus von Stollberg nach Thalheim abends verlängern.", ("14521",)),
    ("St. Egidien braucht einen Radweg.", ("14524",)),
    ("Lichtenstein/Sa. soll Tempo 30 einführen.", ("14524",)),
    ("In Freiberg am Neckar ist der Bahnhof barrierefrei.", ("outside",)),
    ("In der Altstadt fehlt Grün.", ()),
    ("Borna braucht einen Supermarkt.", ()),
    ("Der Wald bei Chemnitz-Borna ist vermüllt.", ("14511",)),
    ("Anders als in Zwickau oder Plauen fährt in Crimmitschau nichts.", ("14524",)),
    ("Bessere Radwege in Chemnitz als in Berlin wären ein Ziel.", ("14511",)),
    ("Der Zug hält in Reichenbach und Plauen.", ("14523",)),
    ("Oelsnitz und Lugau brauchen eine Tram.", ("14521",)),
    ("Wir wünschen uns einen Pumptrack in Niederwiesa, wie es ihn in Augustusburg schon gibt.", ("14522",)),
    ("Wir wünschen uns einen Pumptrack in Meerane, wie es ihn in Flöha schon gibt.", ("14524",)),
    (
        "Kennzeichen FG und ERZ sind verwirrend.",
        (
            "14521",
            "14522",
        ),
    ),
    ("Ich bin in Plauen aufgewachsen und wohne in Chemnitz. Hier fehlen Kitas.", ("14511",)),
    ("In Zwickau gibt es schon viele Radwege, aber sie sind schlecht.", ("14524",)),
    ("Bei uns in Rodewisch gibt es keinen Supermarkt.", ("14523",)),
    ("Zum Beispiel in Plauen fehlt ein Freibad.", ("14523",)),
    ("Beispiel Jena: Dort fährt die Bahn alle zehn Minuten.", ()),
    ("Leipzig hat ein Ticket für alle, wir nicht.", ()),
    (
        "Sowohl in Zwickau als auch in Plauen fehlen Ärzte.",
        (
            "14523",
            "14524",
        ),
    ),
    ("Limbach/V. wünscht sich einen Dorfplatz.", ("14523",)),
    ("Chemnitz \u2013 Leipzig endlich elektrifizieren!", ("14511",)),
    ("Der Wochenmarkt in Chemnitz sollte länger öffnen, siehe www.plauen.de.", ("14511",)),
    ("Mehr Angebote für Kinder.\n\nGlück auf!\nHans Lugau", ()),
]


def _read(nlp: Language, text: str, subject: str = "") -> PlaceReading:
    reading: PlaceReading = nlp(Understanding.source(subject, text))._.places
    return reading


def _keys(reading: PlaceReading) -> tuple[str, ...]:
    return tuple(sorted(score.key for score in reading.districts))


@pytest.mark.parametrize(("text", "keys"), SENTENCES)
def test_the_districts_of_a_sentence(nlp: Language, text: str, keys: tuple[str, ...]) -> None:
    """Exactly the districts that the sentence is about are read, in any order."""
    assert _keys(_read(nlp, text)) == keys


@pytest.mark.parametrize("town", GAZETTEER.municipalities, ids=lambda town: town.ags)
def test_each_municipality_is_recognised(nlp: Language, town: Municipality) -> None:
    """Every municipality is read from its bare name, or offered where the name is shared."""
    reading = _read(nlp, f"Meine Idee für {town.name}: mehr Bänke.")
    places = {score.ags for score in reading.municipalities} | {candidate.ags for candidate in reading.candidates}
    assert town.ags in places


@pytest.mark.parametrize(
    "town", [town for town in GAZETTEER.municipalities if town.official_name != town.name], ids=lambda town: town.ags
)
def test_an_official_name_with_an_addition_needs_no_question(nlp: Language, town: Municipality) -> None:
    """A name such as "Auerbach/Vogtl." is read as its one municipality."""
    reading = _read(nlp, f"Meine Idee für {town.official_name}: mehr Bänke.")
    assert ([score.ags for score in reading.municipalities], reading.candidates) == ([town.ags], ())


@pytest.mark.parametrize("name", [name for name, count in NAMES.items() if count > 1])
def test_a_name_of_several_municipalities_is_never_resolved_silently(nlp: Language, name: str) -> None:
    """Where nothing decides between namesakes, all are offered and no district is acted on."""
    reading = _read(nlp, f"{name} braucht einen Spielplatz.")
    offered = {candidate.ags for candidate in reading.candidates}
    assert reading.districts == ()
    assert offered >= {town.ags for town in GAZETTEER.municipalities if town.name == name}


@pytest.mark.parametrize("postcode", GAZETTEER.postcodes, ids=lambda postcode: postcode.code)
def test_each_postcode_is_recognised(nlp: Language, postcode: Postcode) -> None:
    """A postcode alone gives its districts inside the region."""
    expected = tuple(sorted(set(postcode.districts) - {"outside"}))
    assert _keys(_read(nlp, f"Bei uns in {postcode.code} fehlt ein Briefkasten.")) == expected


def test_candidates_can_be_told_apart(nlp: Language) -> None:
    """Namesakes are offered with what tells them apart, quarters with their town."""
    assert _read(nlp, "In Auerbach fehlt ein Kino.").candidates == (
        Candidate("14521040", "Auerbach (Erzgebirgskreis)", "14521"),
        Candidate("14523020", "Auerbach/Vogtl.", "14523"),
        Candidate("14524330", "Auerbach (Zwickau)", "14524"),
    )


def test_a_quarter_belongs_to_its_municipality(nlp: Language) -> None:
    """A quarter is read as the town that it is part of."""
    assert [score.name for score in _read(nlp, "Auf dem Kaßberg fehlen Bänke.").municipalities] == ["Chemnitz"]


def test_a_postcode_decides_between_namesakes(nlp: Language) -> None:
    """A postcode anywhere in the message resolves a shared name."""
    reading = _read(nlp, "In Oelsnitz fehlt ein Hallenbad. PLZ: 08606")
    assert ([score.ags for score in reading.municipalities], reading.candidates) == (["14523300"], ())


def test_the_writers_address_helps_to_read_a_shared_name(nlp: Language) -> None:
    """An address under the message decides which of two namesakes is meant."""
    reading = _read(nlp, "In Oelsnitz fehlt ein Hallenbad.\n\nViele Grüße\nAnna Müller\n08606 Oelsnitz")
    assert [score.ags for score in reading.municipalities] == ["14523300"]


def test_the_district_of_the_same_name_is_not_the_town(nlp: Language) -> None:
    """A district named after a town gives the district without the town."""
    assert _read(nlp, "Im Landkreis Zwickau fehlen Busse.").municipalities == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wie in Leipzig sollte es in Zwickau Leihräder geben.", ["Zwickau"]),
        ("Die Plauener Innenstadt und 08056 brauchen Bäume.", ["Plauener", "08056"]),
        ("Zwickau-Planitz braucht Busse.", ["Zwickau", "Planitz"]),
        ("Auf der Plauener Straße in Oelsnitz/Vogtl. fehlt Licht.", ["Oelsnitz/Vogtl"]),
        ("🚲🚲 Radweg für Flöha!", ["Flöha"]),
    ],
)
def test_evidence_selects_the_deciding_words(nlp: Language, text: str, words: list[str]) -> None:
    """Evidence offsets cut the place names out of what was read, behind a subject too."""
    source = Understanding.source("Mein Vorschlag", text)
    evidence = _read(nlp, text, subject="Mein Vorschlag").evidence
    assert [source[item.start : item.end] for item in evidence] == words


def test_evidence_is_labelled_with_the_district(nlp: Language) -> None:
    """The label of a piece of evidence is the district key that it speaks for."""
    assert [item.label for item in _read(nlp, "Glauchau und Freiberg").evidence] == ["14524", "14522"]


def test_a_place_in_the_subject_counts(nlp: Language) -> None:
    """The subject is read like the text."""
    assert _keys(_read(nlp, "Mehr Bänke, bitte.", subject="Döbeln")) == ("14522",)


def test_counted_names_are_spans_of_the_doc(nlp: Language) -> None:
    """The names that count stand in the span group, labelled with their district."""
    doc = nlp("Anders als in Plauen fehlt in Glauchau ein Bus.")
    assert [(span.text, span.label_) for span in doc.spans[SPANS]] == [("Glauchau", "14524")]


def test_a_postcode_is_surer_than_an_adjective(nlp: Language) -> None:
    """The probability follows the strength of the evidence."""
    adjective = _read(nlp, "Die Zwickauer Innenstadt").districts[0].probability
    assert adjective < _read(nlp, "08056 Zwickau").districts[0].probability < 1


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "In Zwickau fehlt ein Radweg, anders als in Plauen oder Gera. Auerbach auch. ",
        "Auerbach Zwickau ",
        "wie in ",
        "zwickauer und plauener und ",
        "Grüße\n",
        "Plauen-",
        "1",
        "als ich ",
        " ",
    ],
)
def test_a_long_text_is_read_in_bounded_time(nlp: Language, unit: str) -> None:
    """The longest text that is ever read comes to an end, whatever it repeats."""
    text = (unit * (READ_AT_MOST // len(unit) + 1))[:READ_AT_MOST]
    assert isinstance(_read(nlp, text), PlaceReading)


@pytest.mark.parametrize("text", ["", "\n", "\x00", "\u202ePlauen", "Plauen\u0301", "🏔" * 10, "/-/", "'s"])
def test_odd_text_is_read_without_an_error(nlp: Language, text: str) -> None:
    """Evidence of any text lies inside that text."""
    assert all(0 <= item.start < item.end <= len(text) for item in _read(nlp, text).evidence)


def test_places_are_not_stored_with_the_model(nlp: Language, tmp_path: Path) -> None:
    """A stored pipeline holds no place; it reads places again once they are attached."""
    nlp.to_disk(tmp_path / "pipeline")
    loaded = spacy.load(tmp_path / "pipeline")
    with pytest.raises(RuntimeError, match="has no places"):
        loaded("Plauen")
    attach_places(loaded, load_gazetteer(write_region(tmp_path / "places")))
    assert loaded.pipe_names.count(FACTORY) == 1
    assert _keys(_read(loaded, "Husum")) == (WEST,)
    assert "Plauen" not in "".join(file.read_text(errors="replace") for file in tmp_path.glob("pipeline/config.cfg"))


def test_the_component_reads_the_folder_it_is_configured_with(tmp_path: Path) -> None:
    """A pipeline may name the folder of its places in its configuration."""
    pipeline = spacy.blank("de")
    pipeline.add_pipe(FACTORY, config={"places_dir": str(write_region(tmp_path))})
    assert _keys(_read(pipeline, "Husum")) == (WEST,)


def test_another_region_needs_only_its_own_folder(tmp_path: Path) -> None:
    """A folder with the districts of another state is enough to read its places."""
    pipeline = spacy.blank("de")
    attach_places(pipeline, load_gazetteer(write_region(tmp_path)))
    assert _keys(_read(pipeline, "In Roedemis und 25813 fehlt ein Deich, in Plauen nicht.")) == ("01054",)
