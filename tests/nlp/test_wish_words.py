"""What the wording of a wish tells beside its topics."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.wish_words import opposed, stance, stem, words_of_where


def against_each_other(one: str, other: str) -> bool:
    forth, back = (
        bool(opposed(np.uint16(stance(a)), np.array([stance(b)], dtype=np.uint16))[0])
        for a, b in ((one, other), (other, one))
    )
    assert forth == back
    return forth


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Windräder bei Frankenberg, mit Anteilen für alle", "Keine Windräder bei Frankenberg!"),
        ("Tempo 30 in der Ortsdurchfahrt", "Tempo 30 ist Schikane, wieder 50"),
        ("Bitte einen Platz zum Skaten", "Das Skaten auf dem Markt gehört verboten"),
        ("Die Laternen nachts ausschalten", "Die Laternen nachts anlassen"),
        ("Das Museum bitte länger öffnen", "Das Museum könnte kürzer öffnen"),
    ],
)
def test_opposite_wishes_are_told_apart(one: str, other: str) -> None:
    """From both sides."""
    assert against_each_other(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nach 18 Uhr fährt kein Bus mehr", "Bitte einen späten Bus"),
        ("Es gibt keinen Arzt im Ort", "Wir brauchen einen Hausarzt"),
        ("Keine Windräder im Wald!", "Windräder gehören verboten"),
        ("", "Bitte mehr Bänke"),
    ],
)
def test_the_same_wish_is_not_opposed_to_itself(one: str, other: str) -> None:
    """What is missed is wished for, and two can be against the same thing."""
    assert not against_each_other(one, other)


def test_words_of_where_follow_a_preposition() -> None:
    """The spot is one of them, what is wished is not."""
    found = words_of_where("In der neuen Turnhalle fehlen Duschen. Bitte Bänke am Marktplatz, mit Lehne")
    assert {"turnhalle", "marktplatz"} <= found
    assert not {"duschen", "banke", "lehne"} & found


def test_forms_of_a_word_have_one_stem_and_short_words_stay() -> None:
    """Endings are grammar, as far as enough is left."""
    assert stem("radwege") == stem("radweg")
    assert stem("see") == "see"
