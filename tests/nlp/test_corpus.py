"""Reading the labelled messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlp.corpus import CorpusError, read_corpus, read_examples
from nlp.understanding import Kind
from tests.nlp.small_corpus import line, write

TOPICS = ("mobility", "culture", "health", "work")


def _defects(folder: Path) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        read_corpus(folder, TOPICS)
    return [f"{defect.line}: {defect.expected}" for defect in caught.value.defects]


def test_an_example_holds_what_its_line_says(tmp_path: Path) -> None:
    """A line becomes a value with the same content."""
    folder = write(tmp_path, line(subject="Abends", kind="complaint", topics=["mobility", "work"], districts=["14511"]))
    (example,) = read_corpus(folder, TOPICS).examples
    assert (example.subject, example.kind, example.topics, example.districts) == (
        "Abends",
        Kind.COMPLAINT,
        ("mobility", "work"),
        ("14511",),
    )


def test_what_may_be_left_out_is_nothing(tmp_path: Path) -> None:
    """Without `implicit` and `either` a message is explicit and has one primary topic; its writer is its file."""
    (example,) = read_corpus(write(tmp_path, line()), TOPICS).examples
    assert (example.implicit, example.either, example.source) == (False, (), "rows")


def test_any_topic_that_readers_may_take_for_the_primary_one_counts_as_such(tmp_path: Path) -> None:
    """The first topic always does, and those of `either` beside it."""
    folder = write(tmp_path, line(topics=["mobility", "work", "health"], either=["health"], implicit=True))
    (example,) = read_corpus(folder, TOPICS).examples
    assert example.primary == {"mobility", "health"}
    assert example.implicit


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"kind": "wish"}, "kind to be one of"),
        ({"topics": ["weather"]}, "topics of config/topics.toml"),
        ({"topics": ["mobility", "mobility"]}, "different topics"),
        ({"topics": list(TOPICS)}, "at most 3"),
        ({"topics": []}, "at least one topic for kind idea"),
        ({"kind": "spam"}, "no topics for kind spam"),
        ({"districts": ["Zwickau"]}, "districts to hold"),
        ({"districts": ["14511", "14511"]}, "each district once"),
        ({"text": " "}, "a text that is not empty"),
        ({"id": ""}, "an id of its own"),
        ({"id": 7}, "id to be a string"),
        ({"topics": "mobility"}, "topics to be a list of strings"),
        ({"note": "x"}, "an object with exactly the keys"),
        ({"implicit": "yes"}, "implicit to be true or false"),
        ({"either": ["culture"]}, "either to hold some of the topics"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(tmp_path: Path, wrong: dict[str, Any], expected: str) -> None:
    """Each way in which a line can be wrong is one defect that says what belongs there."""
    (defect,) = _defects(write(tmp_path, line(**wrong)))
    assert expected in defect


def test_all_defects_of_all_lines_are_raised_at_once(tmp_path: Path) -> None:
    """Whoever repairs a corpus sees the whole list at the first attempt."""
    folder = write(tmp_path, line(kind="wish"), "{", "[]", line(id="b", text="Etwas anderes", topics=["weather"]))
    assert [defect.partition(":")[0] for defect in _defects(folder)] == ["1", "2", "3", "4"]


def test_an_id_belongs_to_one_line_over_all_files(tmp_path: Path) -> None:
    """The same id in a second file is a defect there."""
    write(tmp_path, line())
    (tmp_path / "rows.jsonl").rename(tmp_path / "first.jsonl")
    assert "an id of its own" in _defects(write(tmp_path, line(text="Ein anderer Text")))[0]


def test_a_text_belongs_to_one_line(tmp_path: Path) -> None:
    """The same words with other blanks and letters are the same text."""
    assert (
        "a text that no other line has" in _defects(write(tmp_path, line(), line(id="b", text="ein  Bus AM Abend")))[0]
    )


def test_a_folder_without_files_is_a_defect(tmp_path: Path) -> None:
    """An empty corpus is refused by name."""
    assert "at least one *.jsonl" in _defects(tmp_path)[0]


def test_the_digest_changes_with_a_label(tmp_path: Path) -> None:
    """Another label makes another corpus."""
    before = read_corpus(write(tmp_path, line()), TOPICS).digest
    assert read_corpus(write(tmp_path, line(kind="complaint")), TOPICS).digest != before


def test_the_digest_changes_with_a_config(tmp_path: Path) -> None:
    """The files that shape the model count as well."""
    config = tmp_path / "some.cfg"
    config.write_text("epochs = 1")
    before = read_corpus(write(tmp_path, line()), TOPICS, config).digest
    config.write_text("epochs = 2")
    assert read_corpus(tmp_path, TOPICS, config).digest != before


def test_corrections_follow_the_files(tmp_path: Path) -> None:
    """People's corrections are examples like the others and change the digest."""
    folder = write(tmp_path, line())
    plain = read_corpus(folder, TOPICS)
    corrected = read_corpus(folder, TOPICS, corrections=plain.examples)
    assert (len(corrected.examples), corrected.digest != plain.digest) == (2, True)


def test_rows_to_measure_with_may_leave_out_and_add_keys(tmp_path: Path) -> None:
    """A file for `evaluate` needs neither subject nor districts, and its other keys do no harm."""
    write(tmp_path, {"id": "a", "text": "Hallo", "kind": "idea", "topics": [], "note": "from a reader"})
    (row,) = read_examples(tmp_path / "rows.jsonl", TOPICS)
    assert (row.subject, row.districts) == ("", ())


def test_rows_to_measure_with_must_have_known_topics(tmp_path: Path) -> None:
    """A topic that nobody knows would silently lower every figure."""
    write(tmp_path, line(topics=["weather"]))
    with pytest.raises(CorpusError, match="weather"):
        read_examples(tmp_path / "rows.jsonl", TOPICS)
