"""How far two readers agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.agreement import agreement, read_second_reader
from nlp.corpus import CorpusError, Example
from nlp.understanding import Kind

LINES = (
    "a\tidea\tmobility,health\t-\t14511,14521\t-",
    "b\tidea\thealth\t-\t-\tx",
    "c\tidea\tculture,health\thealth\t-\t-",
    "d\tother\t-\t-\t-\t-",
    "e\tquestion\tmobility\t-\t-\t-",
    "nobody\tidea\tmobility\t-\t-\t-",
)


def example(name: str, kind: Kind, *topics: str, districts: tuple[str, ...] = (), implicit: bool = False) -> Example:
    return Example(name, "", name, kind, topics, districts, implicit=implicit)


FIRST = (
    example("a", Kind.IDEA, "mobility", districts=("14521", "14511")),
    example("b", Kind.IDEA, "health", implicit=True),
    example("c", Kind.IDEA, "health", districts=("14511",)),
    example("d", Kind.SPAM),
    example("e", Kind.QUESTION, "mobility", implicit=True),
    example("unread", Kind.IDEA, "mobility"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "second.tsv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("messages", 5),
        ("topical", 4),
        ("kind", 4 / 5),
        # By chance both would say idea in 9, question in 1 of 25 cases, other and spam never: (0.8 - 0.4) / (1 - 0.4).
        ("kind_kappa", 2 / 3),
        ("primary", 3 / 4),
        # By chance: mobility 4, health 2 of 16 cases: (0.75 - 0.375) / (1 - 0.375).
        ("primary_kappa", 0.6),
        ("either", 4 / 4),
        ("districts", 4 / 5),
        ("implicit", 3 / 4),
        # By chance: both implicit 2, neither 6 of 16 cases.
        ("implicit_kappa", 0.5),
    ],
)
def test_a_figure_is_the_share_that_it_names(file: Path, figure: str, value: float) -> None:
    """Counted by hand from five messages that both have read."""
    assert getattr(agreement(FIRST, read_second_reader(file)), figure) == pytest.approx(value, abs=0.0001)


def test_nothing_read_by_both_gives_no_figures_but_no_error(file: Path) -> None:
    """Labels of other messages are not compared."""
    assert agreement([], read_second_reader(file)).messages == 0


@pytest.mark.parametrize("line", ["a\tidea\tmobility", "a\twish\tmobility\t-\t-\t-", ""])
def test_a_line_that_is_no_reading_is_named(tmp_path: Path, line: str) -> None:
    """The number of the line, and what was expected there."""
    path = tmp_path / "second.tsv"
    path.write_text(f"{LINES[0]}\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"second\.tsv:2: expected id, kind"):
        read_second_reader(path)


def test_the_table_has_a_line_for_each_figure(file: Path) -> None:
    """Shares and kappas stand side by side."""
    table = agreement(FIRST, read_second_reader(file)).table()
    assert "primary topic" in table
    assert "0.750  0.600" in table
