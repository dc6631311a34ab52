"""A crowd loses nothing, whatever happens to the program meanwhile; how fast it is is not asserted."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.telegram_soak import main


def test_a_crowd_is_served_once_each_over_a_kill(capsys: pytest.CaptureFixture[str]) -> None:
    """With repeated updates and a kill, everything is stored, read and answered once, and the table says so."""
    crowd = ["--chats", "25", "--updates", "120", "--at-once", "20", "--duplicates", "0.05"]

    code = main([*crowd, "--faults", "0", "--kills", "1", "--stand-in"])

    printed = capsys.readouterr().out
    assert code == 0, printed
    measured, held = printed.split("must hold")
    figures = {line[:56].strip(): line[56:].split() for line in measured.splitlines()}
    assert figures["lives of the program, seconds in all"][0] == "2"
    assert int(figures["updates handed out again, answers sent again"][0]) > 0
    counted = re.findall(r" (\d+) +(\d+)$", held, re.MULTILINE)
    assert len(counted) == 9
    assert all(int(cases) > 0 and broken == "0" for cases, broken in counted)
