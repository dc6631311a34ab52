"""The configuration that the repository holds, read once in a process: its many texts take longer than most tests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nlp.gazetteer import Gazetteer, load_gazetteer
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.errors import ConfigurationError, Problem
from services.ideas.settings import Settings, environment_overrides
from services.ideas.toml import read_toml

CONFIG = Path(__file__).parents[1] / "config"
# Most tests look at what is told, and not at the ten minutes in which staff can take it back.
_AT_ONCE = {"IDEENKANAL_WORK_UNDO_MINUTES": "0"}


def catalogue(directory: Path, environ: Mapping[str, str]) -> Catalogue:
    """What `read_catalogue` returns; of the shipped configuration, whose values are frozen, only settings are read."""
    if directory != CONFIG:
        return read_catalogue(directory, {**_AT_ONCE, **environ})
    problems: list[Problem] = []
    overrides = environment_overrides({**_AT_ONCE, **environ}, problems)
    settings = read_toml(CONFIG / "settings.toml", "settings.toml", Settings, problems, overrides)
    if problems or not settings:
        raise ConfigurationError(problems)
    return replace(_catalogue(), settings=settings)


def gazetteer(directory: Path) -> Gazetteer:
    """What `load_gazetteer` returns."""
    return _gazetteer() if directory == CONFIG / "places" else load_gazetteer(directory)


@functools.cache
def _catalogue() -> Catalogue:
    return read_catalogue(CONFIG, _AT_ONCE)


@functools.cache
def _gazetteer() -> Gazetteer:
    return load_gazetteer(CONFIG / "places")
