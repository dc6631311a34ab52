"""How alike fingerprints are."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from nlp.similar import WORDS_AT_MOST, Word, fingerprint, method, nearest, similarity
from nlp.understanding import (
    Candidate,
    DistrictScore,
    Evidence,
    Kind,
    MunicipalityScore,
    TopicScore,
    Understanding,
)
from nlp.words import folded

TOPICS = ("mobility", "culture", "health")
MOBILITY, CULTURE, HEALTH = np.eye(3, dtype=np.float32)
PLAUEN = MunicipalityScore("14523320", "Plauen", 0.95)
ADORF = MunicipalityScore("14523010", "Adorf", 0.95)
ZWICKAU = MunicipalityScore("14524330", "Zwickau", 0.95)
BUS = (Word("nachtbus", 6.0, MOBILITY), Word("diskothek", 7.0, CULTURE))


def understood(*towns: MunicipalityScore, topic: str = "mobility", **changes: object) -> Understanding:
    districts = tuple(DistrictScore(key, 0.9) for key in dict.fromkeys(town.ags[:5] for town in towns))
    score = TopicScore(topic, 0.9)
    whole = Understanding(Kind.IDEA, (score,), (score,), districts, towns, (), (), abstained=False, model="test")
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields by name


def printed(*words: Word, of: Understanding | None = None, source: str = "") -> bytes:
    return fingerprint(words or BUS, TOPICS, source, of or understood(PLAUEN))


def test_the_same_words_for_the_same_place_are_the_same_idea() -> None:
    """The probability is high, and the same from both sides."""
    one, other = printed(*BUS), printed(*BUS, Word("wochenende", 5.0, CULTURE))
    assert similarity(one, other) > 0.5
    assert similarity(one, other) == pytest.approx(similarity(other, one))


def test_a_fingerprint_is_the_same_whenever_it_is_made() -> None:
    """So that it can be kept."""
    assert printed() == printed()


def test_the_same_wish_for_another_town_is_another_idea() -> None:
    """In another district, and in the same one."""
    same = similarity(printed(), printed())
    assert similarity(printed(), printed(of=understood(ZWICKAU))) < same / 2
    assert similarity(printed(), printed(of=understood(ADORF))) < same / 2


def test_a_town_that_the_other_names_is_no_other_town() -> None:
    """Whoever writes of the way from one to the other may be read as meaning either."""
    way = (*BUS, Word("adorf", 8.0, MOBILITY))
    there = printed(*BUS, of=understood(ADORF))
    assert similarity(printed(*way), there) > similarity(printed(*BUS), there) * 2


def test_a_place_that_only_one_names_counts_less_than_a_shared_one_and_more_than_another() -> None:
    """Many people leave out where they live."""
    nowhere = similarity(printed(), printed(of=understood()))
    assert similarity(printed(), printed(of=understood(ZWICKAU))) < nowhere < similarity(printed(), printed())


def test_a_candidate_among_several_places_may_be_the_place() -> None:
    """What the citizen has not answered yet rules nothing out."""
    asked = understood(candidates=(Candidate(PLAUEN.ags, "Plauen (Vogtlandkreis)", "14523"),))
    assert similarity(printed(), printed(of=asked)) == pytest.approx(similarity(printed(), printed()), abs=0.05)


def test_other_words_that_speak_for_the_same_are_nearer_than_such_that_do_not() -> None:
    """Paraphrases share meanings, not letters."""
    wish = printed(Word("nachtbus", 6.0, MOBILITY))
    paraphrase = printed(Word("heimfahrt", 6.0, MOBILITY))
    other = printed(Word("hebamme", 6.0, HEALTH), of=understood(PLAUEN, topic="health"))
    assert similarity(wish, wish) > similarity(wish, paraphrase) > similarity(wish, other)


def test_forms_of_a_word_are_the_same_word() -> None:
    """Endings are grammar."""
    one, other = printed(Word("radweg", 6.0, MOBILITY)), printed(Word("radwege", 6.0, MOBILITY))
    assert similarity(one, other) == pytest.approx(similarity(one, one))


def test_a_wish_and_the_wish_against_it_are_not_the_same() -> None:
    """They share every word but the one that decides, whichever of them is read first."""
    wish, against = (
        printed(source="Bitte einen Nachtbus"),
        printed(source="Schafft den Nachtbus ab, er gehört verboten"),
    )
    assert similarity(against, against) == pytest.approx(similarity(wish, wish))
    assert similarity(wish, against) == pytest.approx(similarity(against, wish))
    assert similarity(wish, against) < similarity(wish, wish) / 2


def test_who_misses_a_thing_is_not_against_it() -> None:
    """Whoever writes "Es fährt kein Bus" wishes for one."""
    missed = printed(source="Nachts fährt kein Bus")
    assert similarity(missed, printed(source="Bitte einen Nachtbus")) == pytest.approx(similarity(missed, missed))


def test_opposite_directions_are_not_the_same_wish() -> None:
    """Of one price, one says that it is too high, and the other that it is too low."""
    lower, higher = printed(source="Die Hundesteuer ist zu hoch"), printed(source="Bitte die Hundesteuer erhöhen")
    assert similarity(lower, higher) < similarity(lower, lower) / 2


def test_where_something_is_wished_counts_less_than_what() -> None:
    """Many things are wished for one hall."""
    hall, showers, games = Word("turnhalle", 6.0, CULTURE), Word("duschen", 6.0, HEALTH), Word("spiele", 6.0, MOBILITY)
    one = printed(hall, showers, source="Duschen in der Turnhalle")
    where = printed(hall, games, source="Spiele in der Turnhalle")
    what = printed(hall, games, source="Turnhalle: Spiele")
    assert similarity(one, where) < similarity(one, what)


def test_the_name_of_the_place_is_no_word_in_common() -> None:
    """Two ideas for one town share its name, and nothing follows from that."""
    source = "Plauen"
    of = understood(PLAUEN, evidence=(Evidence(0, 6, "14523"),))
    words = (Word(folded("Plauen"), 8.0, MOBILITY), *BUS)
    assert printed(*words, of=of, source=source) == printed(*BUS, of=of, source=source)


def test_a_message_without_a_telling_word_is_like_no_other() -> None:
    """Not even like itself."""
    empty = fingerprint((), TOPICS, "", understood(PLAUEN))
    assert nearest(empty, [empty, printed()]) == []
    assert nearest(printed(), [empty]) == []


def test_a_long_message_has_a_small_fingerprint() -> None:
    """Only its most telling words are kept, the rarest first."""
    many = [Word(f"wort{number:04}x", 3.0, CULTURE) for number in range(2000)]
    rare = Word("nachtbus", 9.0, MOBILITY)
    assert len(printed(*many, rare)) == len(printed(*many[:WORDS_AT_MOST]))
    assert similarity(printed(*many, rare), printed(rare)) > similarity(printed(*many), printed(rare))


def test_the_nearest_come_first_and_no_more_than_wanted() -> None:
    """With their places among the others."""
    others = [printed(of=understood(ZWICKAU)), printed(*BUS, Word("taxi", 5.0, MOBILITY)), printed(), printed()]
    found = nearest(printed(), others, at_least=0.5, at_most=2)
    assert len(found) == 2
    assert {near.index for near in found} <= {1, 2, 3}
    assert found[0].probability >= found[1].probability >= 0.5


def test_nothing_is_near_to_nothing() -> None:
    """No earlier ideas, no similar ones."""
    assert nearest(printed(), []) == []


def test_fingerprints_of_other_topics_are_of_another_method() -> None:
    """Their numbers mean something else."""
    assert method(TOPICS) == method(list(TOPICS))
    assert method(TOPICS) != method((*TOPICS, "sport"))
    assert len(method([f"topic-{number}" for number in range(50)])) <= 32


def test_a_hundred_thousand_are_searched_in_a_second() -> None:
    """A region's ideas of many years, when a digest is written."""
    others = [printed(*BUS, Word(f"wort{number}", 5.0, HEALTH)) for number in range(100)] * 1000
    started = perf_counter()
    nearest(printed(), others)
    assert perf_counter() - started < 3.0  # ten times what it takes, so that a busy machine does not fail the test
