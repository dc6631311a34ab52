"""The benchmark runs, and measures the servers; how fast they are is not asserted."""

from __future__ import annotations

import re

import pytest

from tests import postfix
from tests.benchmarks.mail_intake import main


def test_the_benchmark_prints_the_rates_and_their_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    """One short run prints ours, bare aiosmtpd's and Postfix's, and the ratios for each number of connections."""
    main(["--mails", "20", "--rounds", "1", "--connections", "1", "5"])
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split() == ["connections", "ours/s", "bare/s", "postfix/s", "ours/bare", "ours/postfix"]
    figure = r"\d+ \(\d+-\d+\)"
    with_postfix = (figure, r"\d+\.\d\d") if postfix.is_usable() else ("not installed", "-")
    for number, row in zip((1, 5), rows, strict=True):
        cells = (str(number), figure, figure, with_postfix[0], r"\d+\.\d\d", with_postfix[1])
        assert re.fullmatch(r"\s*" + r"\s+".join(cells), row)
