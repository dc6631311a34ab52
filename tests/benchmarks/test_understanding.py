"""The benchmark of understanding runs."""

from __future__ import annotations

from tests.benchmarks import understanding


def test_both_readers_are_measured() -> None:
    """One round over a few messages gives a rate for each."""
    rates = understanding.measure(understanding.messages(20), rounds=1)
    assert {name: len(found) for name, found in rates.items()} == {"ours": 1, "spaCy's tokenizer": 1}
