"""Every language has its own words for what other files name in German."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.ideas.catalogue import read_catalogue
from services.ideas.errors import ConfigurationError
from tests.conftest import CONFIG


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A configuration folder of the test's own, in the region's own language and one more."""
    return Path(shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("de-simple")))


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ('mobility = "Transport and mobility"\n', "topics.mobility"),
        ("[stages.aufgenommen]", "stages.aufgenommen"),
        ('outlook = "After that, the Lenkungskreis (steering group) decides."\n', "stages.fachpruefung-imag.outlook"),
    ],
)
def test_a_word_that_a_language_lacks_is_named(region: Path, old: str, key: str) -> None:
    """A topic, a stage, and what comes after a stage: nobody is to read a German word among English ones."""
    file = region / "texts" / "en" / "words.toml"
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, "[stages.other]" if old.startswith("[") else ""), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_catalogue(region, {})

    assert [(each.file, each.key) for each in refused.value.problems] == [("texts/en/words.toml", key)]
