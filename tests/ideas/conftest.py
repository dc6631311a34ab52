"""Fixtures of the domain's room: a copy of the shipped configuration that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CONFIG

Change = Callable[[str, str, str], None]


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A configuration folder of the test's own."""
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


@pytest.fixture
def change(region: Path) -> Change:
    """Replace text that a file of the configuration holds."""

    def replace(file: str, old: str, new: str) -> None:
        text = (region / file).read_text(encoding="utf-8")
        assert old in text
        (region / file).write_text(text.replace(old, new), encoding="utf-8")

    return replace
