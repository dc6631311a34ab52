from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from nlp.understanding import OUTSIDE, REGION, Candidate, Kind, MunicipalityScore
from services.ideas.catalogue import Catalogue
from services.ideas.description import describe, expected_by, stage_words
from services.ideas.model import Assignment, Contribution, Idea
from tests.conftest import NOON
from tests.ideas.samples import understood

IDEA = Idea(
    reference="SWS-2026-0042-7",
    stage="zugeordnet",
    created_at=NOON,
    channel="email",
    understanding=understood(),
    contributions=(Contribution("Radweg", "Ein Radweg für alle.", NOON),),
    assignments=(Assignment("stadt-chemnitz", "ort-chemnitz", NOON),),
    stages=(),
)


def test_an_idea_is_described_in_labels(catalogue: Catalogue) -> None:
    """Ids become the words that the configuration has for them."""
    described = describe(catalogue, IDEA)

    assert (described.kind, described.stage, described.topics, described.places, described.bodies) == (
        catalogue.texts.words("de").kinds[Kind.IDEA],
        "bei der zuständigen Stelle",
        ("Mobilität und Verkehr",),
        (catalogue.districts["14511"].name,),
        ("Stadt Chemnitz",),
    )


def test_what_the_configuration_no_longer_knows_stands_for_itself(catalogue: Catalogue) -> None:
    """A topic, stage, body or district that was deleted is shown by its id."""
    old = replace(
        IDEA,
        stage="beraten",
        understanding=understood(("gone",), ("99999",)),
        assignments=(Assignment("abgeschafft", "x", NOON),),
    )
    described = describe(catalogue, old)

    assert (described.stage, described.topics, described.places, described.bodies) == (
        "beraten",
        ("gone",),
        ("99999",),
        ("abgeschafft",),
    )


def test_a_municipality_stands_for_its_district(catalogue: Catalogue) -> None:
    """Where a municipality is known its district is not named beside it, but other districts are."""
    places = understood(districts=("14524", "14511"))
    aue = MunicipalityScore("14524330", "Zwickau", 0.9)
    described = describe(catalogue, replace(IDEA, understanding=replace(places, municipalities=(aue,))))

    assert described.places == ("Zwickau", catalogue.districts["14511"].name)


@pytest.mark.parametrize(
    ("ags", "name", "shown"),
    [
        ("14521040", "Auerbach", "Auerbach (Erzgebirgskreis)"),
        ("14523020", "Auerbach", "Auerbach/Vogtl."),
        ("14524100", "Hartmannsdorf", "Hartmannsdorf b. Kirchberg"),
        ("14523320", "Plauen", "Plauen"),
    ],
)
def test_municipalities_of_one_name_are_told_apart(catalogue: Catalogue, ags: str, name: str, shown: str) -> None:
    """By their official name or their district; others are called as people call them."""
    town = MunicipalityScore(ags, name, 0.9)
    described = describe(catalogue, replace(IDEA, understanding=replace(understood((), ()), municipalities=(town,))))

    assert described.places == (shown,)


def test_the_region_and_what_lies_outside_have_words(catalogue: Catalogue) -> None:
    """The keys "region" and "outside" are shown in the language's words."""
    words = catalogue.texts.words("de")
    described = describe(catalogue, replace(IDEA, understanding=understood(districts=(REGION, OUTSIDE))))

    assert described.places == (words.whole_region, words.outside)


def test_candidates_are_told_apart_by_their_district(catalogue: Catalogue) -> None:
    """Places with the same name are named with the district in which each lies."""
    candidates = (Candidate("14521000", "Neudorf", "14521"), Candidate("14523000", "Neudorf", "14523"))
    described = describe(catalogue, replace(IDEA, understanding=replace(understood(), candidates=candidates)))

    assert described.candidates == tuple(f"Neudorf ({catalogue.districts[key].name})" for key in ("14521", "14523"))


@pytest.mark.parametrize("language", ["en", "de-simple"])
def test_an_idea_is_described_in_the_readers_language(catalogue: Catalogue, language: str) -> None:
    """Topic and stage have words in every language, and where one has none, those of the region stand."""
    words = catalogue.texts.words(language)
    described = describe(catalogue, IDEA, language)

    assert described.topics == (words.topics.get("mobility", "Mobilität und Verkehr"),)
    assert described.stage == words.stages["zugeordnet"].label
    assert described.kind == words.kinds[Kind.IDEA]


def test_a_stage_is_explained(catalogue: Catalogue) -> None:
    """Label and explanation come together; a stage that is gone stands for itself and explains nothing."""
    known = catalogue.lifecycle.stages["aufgenommen"]

    assert stage_words(catalogue, "aufgenommen") == (known.label, known.explanation)
    assert stage_words(catalogue, "beraten", "en") == ("beraten", "")


def test_a_title_is_one_short_line() -> None:
    """A subject of several lines and any length becomes one line of at most 80 characters."""
    long = replace(IDEA, contributions=(Contribution("Ein\nRadweg " * 20, "", NOON),))

    assert len(long.title) <= 80
    assert long.title.startswith("Ein Radweg Ein")
    assert long.title.endswith("…")


def test_an_idea_without_a_subject_is_titled_by_its_text() -> None:
    """The beginning of the text stands where no subject was given."""
    assert replace(IDEA, contributions=(Contribution("", "Ein Radweg.", NOON),)).title == "Ein Radweg."


def held(stage: str, **days: int) -> Idea:
    """An idea that these bodies have, and should be done with in so many days."""
    due = {body.replace("_", "-"): NOON + timedelta(days=number) for body, number in days.items()}
    assignments = tuple(Assignment(body, "x", NOON, due_at=at) for body, at in due.items())
    return replace(IDEA, stage=stage, assignments=assignments)


def test_the_body_that_leads_the_stage_comes_first(catalogue: Catalogue) -> None:
    """And its time is the one that counts, also where another body has longer."""
    idea = held("fachpruefung-imag", smr=200, imag=84)

    assert describe(catalogue, idea).bodies[0] == catalogue.bodies["imag"].name
    assert expected_by(catalogue, idea, NOON) == "Ende Februar 2027"
    assert expected_by(catalogue, held("zugeordnet", stadt_chemnitz=28, smr=14), NOON) == "zum 21. Dezember 2026"


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("de", "zum 7. Dezember 2026", "Ende Mai 2027"),
        ("de-simple", "zum 7. Dezember 2026", "Ende Mai 2027"),
        ("en", "7 December 2026", "the end of May 2027"),
    ],
)
def test_what_is_near_is_said_to_the_day_and_the_rest_to_the_month(
    catalogue: Catalogue, language: str, day: str, month: str
) -> None:
    """Nobody promises a day half a year ahead."""
    near, far = held("eingegangen", regionalkonvent=14), held("pruefung-regionalkonvent", regionalkonvent=180)

    assert [expected_by(catalogue, idea, NOON, language) for idea in (near, far)] == [day, month]


def test_a_time_that_has_passed_or_that_nobody_knows_is_not_named(catalogue: Catalogue) -> None:
    """Neither is one where nobody has the idea any more."""
    late = held("eingegangen", regionalkonvent=14)

    assert expected_by(catalogue, late, NOON + timedelta(days=14)) == ""
    assert expected_by(catalogue, replace(late, assignments=(Assignment("imag", "x", NOON),)), NOON) == ""
    assert expected_by(catalogue, held("umgesetzt"), NOON) == ""
