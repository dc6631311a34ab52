"""Words, their spellings, and the parts of compounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.vocab import Vocab

from nlp.compounds import Splitter, read_parts
from nlp.tokens import WordTokenizer
from nlp.words import folded

PARTS = Path(__file__).parents[2] / "nlp" / "lexicon" / "parts.txt"


@pytest.fixture(scope="module")
def splitter() -> Splitter:
    return Splitter(read_parts(PARTS))


@pytest.mark.parametrize("spelling", ["Bäume", "Baeume", "BÄUME", "baume"])
def test_spellings_of_one_word_are_one(spelling: str) -> None:
    """With umlauts, written out, without, in capitals."""
    assert folded(spelling) == "baume"


def test_letters_that_are_drawn_out_count_twice() -> None:
    """Nobody agrees on how many o there are in "sooo"."""
    assert folded("sooooo") == folded("sooo") == "soo"


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Straßenbahnhaltestelle", ("strassenbahn", "haltestelle")),
        ("Glasfaserausbau", ("glasfaser", "ausbau")),
        ("Windräder", ("wind", "rad")),
        ("Bürgerbeteiligung", ("burger", "beteiligung")),
        ("Feuerwehrgerätehaus", ("feurwehr", "gerat", "haus")),
    ],
)
def test_a_compound_is_taken_apart(splitter: Splitter, compound: str, parts: tuple[str, ...]) -> None:
    """Into words that the list knows, the head last, links and endings left out."""
    assert splitter.split(folded(compound)) == parts


@pytest.mark.parametrize("word", ["Verbesserung", "gemeinsam", "Mittweida", "Bedeutung", "", "x" * 40])
def test_what_is_no_compound_stays_whole(splitter: Splitter, word: str) -> None:
    """A word is not taken apart by chance."""
    assert splitter.split(folded(word)) == ()


@pytest.mark.parametrize(
    "text", ["Hallo, am 3.4. um 18:30", " zwei  Lücken\n\n", "E-Bike (z.B.) info@x.example", "", "_ _"]
)
def test_tokens_and_their_blanks_are_the_text(text: str) -> None:
    """Nothing is lost, so that offsets count in the message."""
    assert WordTokenizer(Vocab())(text).text == text


def test_a_word_keeps_its_inner_signs_and_loses_the_outer_ones() -> None:
    """Brackets and full stops are tokens of their own."""
    assert [token.text for token in WordTokenizer(Vocab())("(E-Bike), 18:30.")] == [
        "(",
        "E-Bike",
        ")",
        ",",
        "18:30",
        ".",
    ]
