"""Fixtures of the domain's room, of which nearly every test uses a store: what is dear is made once and shared."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.columns import Table
from tests.conftest import CONFIG
from tests.postgres import PostgresServer

Change = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped configuration; it is frozen, so that tests can share it."""
    return read_catalogue(CONFIG, {})


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of each kind. Tests must leave its schema as it is."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ideenkanal.sqlite3")
        yield f"sqlite+aiosqlite:///{copy}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url: str = request.getfixturevalue("shared_postgres_url")
    yield url
    # Ten times as fast as another copy of the template.
    server.execute(f"TRUNCATE {', '.join(Table.metadata.tables)} RESTART IDENTITY", url.rpartition("/")[2])


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: PostgresServer, postgres_template: str) -> str:
    return postgres_server.create_database(template=postgres_template)


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
