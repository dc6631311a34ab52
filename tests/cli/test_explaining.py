"""What the model made of a message, written for a person."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from nlp.understanding import Candidate, DistrictScore, Evidence, Kind, MunicipalityScore, TopicScore, Understanding
from services.cli.explaining import explain, has_colours
from services.ideas.catalogue import Catalogue

TEXT = "Mehr Busse nach Zschopau"
READ = Understanding(
    kind=Kind.IDEA,
    topics=(TopicScore("mobility", 0.93),),
    suggestions=(TopicScore("mobility", 0.93), TopicScore("housing", 0.1)),
    districts=(DistrictScore("14521", 0.95),),
    municipalities=(MunicipalityScore("14521690", "Zschopau", 0.95),),
    evidence=(Evidence(5, 10, "topic:mobility", 0.8), Evidence(16, 24, "14521", 1.0)),
    candidates=(),
    abstained=False,
    model="2026.11-test",
)
UNSURE = Understanding(Kind.IDEA, (), READ.suggestions, (), (), READ.evidence, (), abstained=True, model="m")


class Terminal(io.StringIO):
    """Somewhere that shows colours."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_the_words_that_decided_stand_with_their_weight(catalogue: Catalogue) -> None:
    """Kind, topic with its reasons, district and municipality, in German."""
    lines = explain(catalogue, "", TEXT, READ, colour=False).splitlines()
    assert lines[0] == TEXT
    assert "Thema: Mobilität und Verkehr 93 % (Busse 80 %)" in lines
    assert "Gemeinde: Zschopau 95 %" in lines


def test_colours_mark_the_words_in_the_message(catalogue: Catalogue) -> None:
    """A topic's words and a place's have colours of their own, and the message is else as it was."""
    first = explain(catalogue, "", TEXT, READ, colour=True).splitlines()[0]
    assert first == "Mehr \x1b[1;36mBusse\x1b[0m nach \x1b[1;32mZschopau\x1b[0m"


def test_an_unsure_model_says_so(catalogue: Catalogue) -> None:
    """Suggestions are not passed off as topics."""
    said = explain(catalogue, "", TEXT, UNSURE, colour=False)
    assert "Kein Thema ist sicher genug" in said
    assert "Thema: " not in said


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.SPAM])
def test_what_can_have_no_topic_is_shown_without(catalogue: Catalogue, kind: Kind) -> None:
    """Nobody is told which topic small talk or advertising would be nearest to."""
    said = explain(catalogue, "", TEXT, replace(UNSURE, kind=kind), colour=False).splitlines()
    assert said[2:] == [f"Art: {catalogue.texts.words('de').kinds[kind]}", "Modell: m"]


def test_places_of_one_name_are_told_apart(catalogue: Catalogue) -> None:
    """What is meant, and what would have to be asked."""
    towns = (MunicipalityScore("14521040", "Auerbach", 0.9),)
    asked = (Candidate("14521450", "Oelsnitz/Erzgeb.", "14521"), Candidate("14523300", "Oelsnitz/Vogtl.", "14523"))
    read = replace(READ, municipalities=towns, candidates=asked)
    lines = explain(catalogue, "", TEXT, read, colour=False).splitlines()
    assert "Gemeinde: Auerbach (Erzgebirgskreis) 90 %" in lines
    assert "Nachzufragen wäre: Oelsnitz/Erzgeb. (Erzgebirgskreis), Oelsnitz/Vogtl. (Vogtlandkreis)" in lines


def test_a_message_does_not_steer_the_terminal(catalogue: Catalogue) -> None:
    """Escape sequences of the message itself are taken out."""
    assert "\x1b" not in explain(catalogue, "", "rot \x1b[31m ist es", UNSURE, colour=False)


@pytest.mark.parametrize(
    ("environment", "output", "colours"),
    [
        ({}, Terminal(), True),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({}, io.StringIO(), False),
        ({"FORCE_COLOR": "1"}, io.StringIO(), True),
    ],
)
def test_colours_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], output: io.StringIO, *, colours: bool
) -> None:
    """Unless the environment says otherwise."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_colours(output) is colours
