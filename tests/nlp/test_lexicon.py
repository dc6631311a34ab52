"""The lexicon: what its entries match, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.corpus import CorpusError
from nlp.lexicon import Concept, ConceptMatcher, grouped, read_lexicon
from nlp.understanding import Kind
from nlp.words import folded

ROOT = Path(__file__).parents[2]
TOPICS = ("mobility", "health")


def _lexicon(folder: Path, **files: str) -> tuple[Concept, ...]:
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    return read_lexicon(folder, TOPICS, Kind)


def _defects(folder: Path, **files: str) -> str:
    with pytest.raises(CorpusError) as caught:
        _lexicon(folder, **files)
    return str(caught.value)


@pytest.mark.parametrize(
    ("entry", "matching", "other"),
    [
        ("zug", "Zug", "Zugluft"),
        ("fahrplan*", "Fahrplanwechsel", "Busfahrplan"),
        ("*straßenbahn", "Nachtstrassenbahn", "Straßenbahnen"),
        ("*pendel*", "Berufspendelnde", "Pendant"),
        ("züge", "zuege", "Zug"),
    ],
)
def test_an_entry_matches_what_its_stars_say(tmp_path: Path, entry: str, matching: str, other: str) -> None:
    """A word alone, a beginning, an end, a piece; umlauts written in any way."""
    matcher = ConceptMatcher(_lexicon(tmp_path, mobility=f'key = "{entry}"'))
    assert matcher.word(folded(matching)) == {0}
    assert matcher.word(folded(other)) == set()


@pytest.mark.parametrize(
    ("phrase", "words", "found"),
    [
        ("nicht mehr heim", "komme nicht mehr heim", True),
        ("nicht mehr heim", "komme nicht heim", False),
        ("nicht mehr heim*", "nicht mehr heimwärts", True),
        ("fahr* heim", "fahren heim", True),
        ("nicht mehr", "nicht", False),
    ],
)
def test_a_phrase_matches_its_words_in_a_row(tmp_path: Path, phrase: str, words: str, *, found: bool) -> None:
    """All of its words, in order, each of which may end in a star."""
    matcher = ConceptMatcher(_lexicon(tmp_path, mobility=f'key = "{phrase}"'))
    text = [folded(word) for word in words.split()]
    numbers = [
        number
        for place, word in enumerate(text[:-1], start=1)
        for phrases in matcher.opens(word)
        for number in phrases.found(text, place)
    ]
    assert numbers == ([0] if found else [])


def test_concepts_belong_to_their_file_and_to_the_kind_that_begins_their_key(tmp_path: Path) -> None:
    """`kind.toml` speaks for kinds, every other file for the topic it is named after."""
    concepts = _lexicon(tmp_path, mobility='bus = "bus"', kind='question_wer = "wer"\nspam_gewinn = "gewinn*"')
    assert set(grouped(concepts)) == {"mobility", "question", "spam"}


def test_the_file_of_a_topic_that_was_dropped_is_left_out(tmp_path: Path) -> None:
    """A region may drop a topic in its configuration alone."""
    assert _lexicon(tmp_path, weather='rain = "regen"') == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('key = "*ab*"', "to have 4 letters"),
        ('key = "bus,, zug"', "to hold a word"),
        ("key = 7", "to be a string"),
        ("key", "a TOML file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, expected: str) -> None:
    """Each way in which a file can be wrong says what belongs there."""
    assert expected in _defects(tmp_path, mobility=content)


def test_a_key_without_a_kind_is_named(tmp_path: Path) -> None:
    """A concept of no kind would count for nothing."""
    assert "wer to begin with a kind" in _defects(tmp_path, kind='wer = "wer"')


def test_every_topic_of_the_region_has_its_concepts(topics: list[str]) -> None:
    """The shipped lexicon has at least 400 for each topic."""
    concepts = grouped(read_lexicon(ROOT / "nlp" / "lexicon", topics, Kind))
    assert {topic: len(concepts[topic]) for topic in topics if len(concepts[topic]) < 400} == {}
