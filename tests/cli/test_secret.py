"""The secret that links are derived from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli.service import secret_key
from services.ideas.catalogue import Catalogue
from services.ideas.errors import ConfigurationError


def test_a_secret_is_made_once_and_kept(make_catalogue: Callable[..., Catalogue], tmp_path: Path) -> None:
    """Without a configured one the first start makes it, readable by its owner alone, and later starts use the same."""
    settings = make_catalogue().settings

    first = secret_key(settings)

    assert len(first) >= 32
    assert secret_key(settings) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_an_empty_secret_file_is_refused(make_catalogue: Callable[..., Catalogue], tmp_path: Path) -> None:
    """A file that a full disk cut short would make every link guessable."""
    (tmp_path / "secret.key").touch()

    with pytest.raises(ConfigurationError, match="delete the file"):
        secret_key(make_catalogue().settings)


def test_a_short_secret_is_refused(make_catalogue: Callable[..., Catalogue]) -> None:
    """A secret that can be tried out is no secret; the message names the variable that gave it."""
    with pytest.raises(ConfigurationError, match="IDEENKANAL_SECURITY_SECRET_KEY: expected at least 32 characters"):
        make_catalogue(SECURITY_SECRET_KEY="x")
