"""Fixtures of the domain's room, of which nearly every test uses a store: what is dear is made once and shared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from tests import shipped
from tests.conftest import CONFIG

Change = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped configuration; it is frozen, so that tests can share it."""
    return shipped.catalogue(CONFIG, {})


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A configuration folder of the test's own, in the region's own language alone."""
    other_languages = shutil.ignore_patterns("de-simple", "en")
    return Path(shutil.copytree(CONFIG, tmp_path / "config", ignore=other_languages))


@pytest.fixture
def change(region: Path) -> Change:
    """Replace text that a file of the configuration holds."""

    def replace(file: str, old: str, new: str) -> None:
        text = (region / file).read_text(encoding="utf-8")
        assert old in text
        (region / file).write_text(text.replace(old, new), encoding="utf-8")

    return replace
