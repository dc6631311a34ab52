"""The figures of an evaluation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from nlp.corpus import Example
from nlp.evaluate import Bin, Confusion, TopicFigures, evaluate, message_files
from nlp.understanding import Kind
from tests.nlp.parrot import Parrot


def row(
    answer: str, *topics: str, kind: Kind = Kind.IDEA, districts: tuple[str, ...] = (), either: tuple[str, ...] = ()
) -> Example:
    return Example(answer, "", answer, kind, topics, districts, either=either)


ROWS = [
    row("idea|14511|a b c|1", "a", districts=("14511",)),
    row("idea||b a c|2", "a", "c"),
    row("complaint|14511|c b a|0", "b", districts=("14511", "14524")),
    row("idea||c a b|1", "a", "c", either=("a", "c")),
    row("spam||a b c|0", kind=Kind.SPAM),
    row("spam||b a c|0", "b"),
]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("messages", 6),
        ("primary_topic", 3 / 5),
        ("any_topic", 3 / 5),
        ("top_2", 5 / 5),
        ("coverage", 3 / 5),
        ("acted_precision", 3 / 4),
        ("kind", 4 / 6),
        ("ideas_as_spam", 1),
        ("districts", 5 / 6),
        ("calibration_error", 0.2),
        # The topics a, b, c: acted on rightly in 2 of 3 (once in vain), 0 of 2 (once in vain), 1 of 2 messages.
        ("macro_f1", (2 * 2 / (3 + 2) + 0 + 2 * 1 / (2 + 1)) / 3),
    ],
)
def test_a_figure_is_the_share_that_it_names(figure: str, value: float) -> None:
    """Counted by hand from six rows."""
    assert evaluate(Parrot(), ROWS).to_json()[figure] == pytest.approx(value, abs=0.0001)


def test_a_topic_has_figures_of_its_own() -> None:
    """Topic a: acted on twice, both times rightly, of three messages that have it; best suggestion in two of three."""
    assert asdict(evaluate(Parrot(), ROWS).topics["a"]) == pytest.approx(
        asdict(TopicFigures(messages=3, precision=1.0, recall=2 / 3, f1=0.8, first=2 / 3)), abs=0.0001
    )


def test_implicit_messages_are_counted_by_themselves() -> None:
    """The same figure over those without the topic's obvious nouns."""
    implicit = Example("x", "", "idea||a|1", Kind.IDEA, ("a",), (), implicit=True)
    found = evaluate(Parrot(), [*ROWS, implicit])
    assert found.implicit == 1.0
    assert found.primary_topic == pytest.approx(4 / 6, abs=0.0001)


def test_a_confusion_is_a_best_suggestion_that_is_no_label() -> None:
    """The primary topic and what was said in its place."""
    assert evaluate(Parrot(), ROWS).confusions == (Confusion("a", "b", 1), Confusion("b", "c", 1))


def test_a_bin_compares_what_was_stated_with_what_came() -> None:
    """All suggestions were stated with 0.8; three of five came true."""
    assert evaluate(Parrot(), ROWS).bins[8] == Bin(5, 0.8, 0.6)


def test_the_curve_ends_with_all_messages() -> None:
    """The last point is the precision of acting on everything."""
    assert evaluate(Parrot(), ROWS).curve[-1] == (1.0, 0.6)


def test_no_rows_give_no_figures_but_no_error() -> None:
    """An empty file is an empty evaluation."""
    assert evaluate(Parrot(), []).messages == 0


def test_the_table_names_every_figure_and_topic() -> None:
    """People read the table: each figure of the JSON stands in it."""
    found = evaluate(Parrot(), ROWS)
    drawn = {"topics", "confusions", "bins", "curve"}
    assert all(name in found.table() for name in {*found.to_json(), *found.topics} - drawn)


def test_labelled_pairs_and_places_are_no_labelled_messages(tmp_path: Path) -> None:
    """They lie in the same folder and are measured otherwise."""
    for name in ("pairs.jsonl", "places.jsonl", "b.jsonl", "a.jsonl", "README.md"):
        (tmp_path / name).touch()
    assert [path.name for path in message_files(tmp_path)] == ["a.jsonl", "b.jsonl"]
