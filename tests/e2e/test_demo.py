"""The demonstration that `make demo` shows."""

from __future__ import annotations

import pytest

from tests.demo import main


async def test_everything_arrives_in_the_demonstration(capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve messages and one idea on its whole way end with all that is owed, and with exit code 0."""
    code = await main()
    printed = capsys.readouterr().out

    assert code == 0, printed[-3000:]
    assert "Der Verkehrsverbund prüft zwei zusätzliche Fahrten." in printed
