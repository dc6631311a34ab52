"""The benchmark runs, and measures both senders; how fast they are is not asserted."""

from __future__ import annotations

import re

import pytest

from tests import postfix
from tests.benchmarks.outbox import main


def test_the_benchmark_prints_the_rates_and_their_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    """One short run prints ours on both databases, plain aiosmtplib's, and the ratios for each relay."""
    main(["--mails", "8", "--rounds", "1", "--connections", "2"])
    header, *rows = capsys.readouterr().out.splitlines()

    assert header.split() == [
        *("relay", "connections", "SQLite/s", "PostgreSQL/s", "plain/s", "SQLite/plain", "PostgreSQL/plain")
    ]
    relays = ["forgetting", "Postfix"] if postfix.is_usable() else ["forgetting"]
    figure = r"\d+ \(\d+-\d+\)"
    for relay, row in zip(relays, rows, strict=True):
        cells = (relay, "2", figure, figure, figure, r"\d+\.\d\d", r"\d+\.\d\d")
        assert re.fullmatch(r"\s*" + r"\s+".join(cells), row)
