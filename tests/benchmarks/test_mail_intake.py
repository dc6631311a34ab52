"""The benchmark runs, and measures both servers; how fast they are is not asserted."""

from __future__ import annotations

import pytest

from tests.benchmarks.mail_intake import main


def test_the_benchmark_prints_both_rates_and_their_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    """One short run prints ours, bare aiosmtpd's, and the ratio for each number of connections."""
    main(["--mails", "20", "--rounds", "1", "--connections", "1", "5"])
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split() == ["connections", "ours/s", "bare/s", "ratio"]
    assert [row.split()[0] for row in rows] == ["1", "5"]
    assert all(float(figure) > 0 for row in rows for figure in row.split())
