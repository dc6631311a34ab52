"""The figures of similar ideas."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.corpus import CorpusError
from nlp.evaluate_pairs import Pair, average_precision, evaluate_pairs, read_pairs
from nlp.similar import fingerprint
from nlp.understanding import Understanding
from tests.nlp.parrot import Parrot


class Placing(Parrot):
    """Messages are alike by the districts and topics that the parrot reads in them."""

    def fingerprint(self, _subject: str, text: str, understanding: Understanding) -> bytes:
        """A fingerprint without words."""
        return fingerprint((), ("a", "b"), text, understanding)


def test_average_precision_is_the_mean_over_what_is_true() -> None:
    """Of the ranks 1 to 4 the first and the third are true: (1/1 + 2/3) / 2."""
    assert average_precision([0.2, 0.9, 0.4, 0.6], [False, True, True, False]) == pytest.approx(5 / 6, abs=0.0001)


def test_nothing_true_has_no_average_precision() -> None:
    """No pairs, or none of the same wish, give 0 and no error."""
    assert average_precision([], []) == 0.0


def test_the_likelier_pair_comes_first() -> None:
    """Two messages of one place and topic are more alike than two of different ones."""
    here, there = ("", "idea|14511|a b|1|14511000"), ("", "idea|14524|b a|1|14524330")
    pairs = [Pair("pair-1", here, there, similar=False), Pair("pair-3", here, here, similar=True)]
    found = evaluate_pairs(Placing(), pairs)
    assert (found.pairs, found.similar, found.average_precision) == (2, 1, 1.0)


def test_pairs_with_odd_numbers_are_to_measure() -> None:
    """The others were looked at in tuning."""
    assert [Pair(f"pair-{n}", ("", ""), ("", ""), similar=True).is_to_measure for n in (1, 2)] == [True, False]


def test_a_pair_is_read_from_its_line(tmp_path: Path) -> None:
    """A subject may be left out."""
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"id": "pair-1", "a": {"text": "x"}, "b": {"subject": "s", "text": "y"}, "similar": true}\n')
    assert read_pairs(path) == (Pair("pair-1", ("", "x"), ("s", "y"), similar=True),)


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "pair-1"}', '{"id": "1", "a": {}, "b": {}, "similar": true}'])
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str) -> None:
    """File, line, and what was expected."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(CorpusError, match=r"pairs\.jsonl:2: expected a JSON object"):
        read_pairs(path)
