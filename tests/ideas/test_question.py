from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nlp.understanding import Candidate, DistrictScore, Kind, TopicScore, Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.question import Option, Question, QuestionKind, question
from tests.ideas.samples import understood

ERZGEBIRGE = Candidate("14521040", "Auerbach", "14521")
VOGTLAND = Candidate("14523010", "Auerbach (Vogtlandkreis)", "14523")
NEARBY = Candidate("14521050", "Auerbach am Berg", "14521")
ROUTED, INITIAL = "zugeordnet", "eingegangen"


def ambiguous(*candidates: Candidate, **other: Any) -> Understanding:
    return replace(understood(districts=()), candidates=candidates, **other)


def uncertain(*suggestions: tuple[str, float], kind: Kind = Kind.IDEA) -> Understanding:
    scores = tuple(TopicScore(*suggestion) for suggestion in suggestions)
    return replace(understood((), kind=kind, abstained=True), suggestions=scores)


@pytest.mark.parametrize("stage", [INITIAL, ROUTED])
def test_places_that_lead_to_other_bodies_are_asked_about(catalogue: Catalogue, stage: str) -> None:
    """Each place that may be meant is an answer, told apart by its district."""
    assert question(catalogue, ambiguous(ERZGEBIRGE, VOGTLAND), stage) == Question(
        QuestionKind.PLACE,
        (Option("14521040", "Auerbach (Erzgebirgskreis)"), Option("14523010", "Auerbach (Vogtlandkreis)")),
    )


def test_places_of_one_district_are_not_asked_about(catalogue: Catalogue) -> None:
    """Whichever is meant, the same body gets the idea."""
    assert question(catalogue, ambiguous(ERZGEBIRGE, NEARBY), ROUTED) is None


def test_a_district_that_is_known_already_leaves_the_other_open(catalogue: Catalogue) -> None:
    """One of two places adds a body, the other adds none: the answer counts."""
    known = ambiguous(ERZGEBIRGE, VOGTLAND, districts=(DistrictScore("14521", 0.9),))

    assert question(catalogue, known, ROUTED) is not None


def test_greetings_are_asked_nothing(catalogue: Catalogue) -> None:
    """What no rule of a place is about leads nowhere else, whichever place is meant."""
    assert question(catalogue, ambiguous(ERZGEBIRGE, VOGTLAND, kind=Kind.OTHER), ROUTED) is None


def test_two_likely_topics_are_asked_about(catalogue: Catalogue) -> None:
    """Ministries that come later are a difference as well: mobility is one's, culture another's."""
    asked = question(catalogue, uncertain(("mobility", 0.41), ("culture", 0.32), ("digital", 0.3)), ROUTED)

    assert asked == Question(
        QuestionKind.TOPIC,
        (Option("mobility", "Mobilität und Verkehr"), Option("culture", "Kultur, Tourismus und Sport")),
    )


@pytest.mark.parametrize(
    "suggestions",
    [
        (),
        (("mobility", 0.41),),
        (("mobility", 0.66), ("culture", 0.35)),
        (("mobility", 0.3), ("culture", 0.24)),
        (("mobility", 0.41), ("gone", 0.4)),
    ],
)
def test_topics_are_not_asked_about_where_nothing_is_open_between_two(
    catalogue: Catalogue, suggestions: tuple[tuple[str, float], ...]
) -> None:
    """One that is far ahead, two that are unlikely, or a topic that is no more: a person decides."""
    assert question(catalogue, uncertain(*suggestions), ROUTED) is None


def test_topics_of_one_ministry_are_not_asked_about(catalogue: Catalogue) -> None:
    """Whichever is right, the same bodies get the idea at every stage."""
    assert question(catalogue, uncertain(("automotive", 0.41), ("business", 0.38)), ROUTED) is None


def test_topics_are_not_asked_about_where_the_difference_is_past(catalogue: Catalogue) -> None:
    """After the ministries have examined an idea, its topic leads nowhere else."""
    assert question(catalogue, uncertain(("mobility", 0.41), ("culture", 0.32)), "umgesetzt") is None


def test_a_certain_topic_is_not_asked_about(catalogue: Catalogue) -> None:
    """Where the model acts by itself, it does not ask."""
    certain = replace(uncertain(("mobility", 0.41), ("culture", 0.32)), abstained=False)

    assert question(catalogue, certain, ROUTED) is None


def test_only_one_question_is_asked(catalogue: Catalogue) -> None:
    """Where place and topic are open and the place alone changes nothing, the topic is asked about."""
    both = replace(uncertain(("mobility", 0.41), ("culture", 0.32)), candidates=(ERZGEBIRGE, VOGTLAND))
    asked = question(catalogue, both, ROUTED)

    assert asked is not None
    assert asked.kind is QuestionKind.TOPIC


def test_who_has_said_what_is_meant_is_asked_nothing(catalogue: Catalogue) -> None:
    """A correction or a confirmation ends all questions."""
    assert question(catalogue, ambiguous(ERZGEBIRGE, VOGTLAND), ROUTED, is_settled=True) is None


def test_topics_are_named_in_the_readers_language(catalogue: Catalogue) -> None:
    """The labels on the buttons are those of the language."""
    asked = question(catalogue, uncertain(("mobility", 0.41), ("culture", 0.32)), ROUTED, language="en")
    words = catalogue.texts.words("en").topics

    assert asked is not None
    assert [option.label for option in asked.options] == [words["mobility"], words["culture"]]
