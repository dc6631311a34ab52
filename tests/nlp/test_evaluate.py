"""The figures of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nlp.corpus import Example
from nlp.evaluate import evaluate
from nlp.understanding import DistrictScore, Kind, Point, TopicScore, Understanding


@dataclass(frozen=True)
class Parrot:
    """A classifier that reads its answer in the text: kind, districts, suggestions, how many of them are acted on."""

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """The answer."""
        assert not points
        kind, districts, suggested, acted = text.split("|")
        scores = tuple(TopicScore(topic, 0.8) for topic in suggested.split())
        places = tuple(DistrictScore(key, 1.0) for key in districts.split())
        topics = scores[: int(acted)]
        return Understanding(Kind(kind), topics, scores, places, (), (), (), abstained=not topics, model=subject)

    def place(self, text: str) -> Understanding:
        """The answer too."""
        return self.understand("", text)


def _row(answer: str, *topics: str, kind: Kind = Kind.IDEA, districts: tuple[str, ...] = ()) -> Example:
    return Example(answer, "", answer, kind, topics, districts)


ROWS = [
    _row("idea|14511|a b c|1", "a", districts=("14511",)),
    _row("idea||b a c|2", "a", "c"),
    _row("complaint|14511|c b a|0", "b", districts=("14511", "14524")),
    _row("spam||a b c|0", kind=Kind.SPAM),
    _row("spam||a b c|0", "a"),
]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("messages", 5),
        ("primary_topic", 2 / 4),
        ("top_2", 4 / 4),
        ("coverage", 2 / 4),
        ("acted_precision", 2 / 3),
        ("kind", 3 / 5),
        ("spam_precision", 1 / 2),
        ("districts", 4 / 5),
        ("calibration_error", 0.3),
    ],
)
def test_a_figure_is_the_share_that_it_names(figure: str, value: float) -> None:
    """Counted by hand from five rows."""
    assert evaluate(Parrot(), ROWS).to_json()[figure] == pytest.approx(value, abs=0.0001)


def test_f1_is_that_of_the_primary_topic() -> None:
    """Topic a: two of three found and nothing else taken for it; topic b: none found."""
    found = evaluate(Parrot(), ROWS)
    assert found.topics["a"].f1 == pytest.approx(0.8)
    assert found.macro_f1 == pytest.approx((0.8 + 0.0) / 2)


def test_no_rows_give_no_figures_but_no_error() -> None:
    """An empty file is an empty evaluation."""
    assert evaluate(Parrot(), []).messages == 0


def test_the_table_names_every_figure_and_topic() -> None:
    """People read the table: each figure of the JSON stands in it."""
    found = evaluate(Parrot(), ROWS)
    table = found.table()
    assert all(name in table for name in [*found.to_json(), *found.topics] if name != "topics")
