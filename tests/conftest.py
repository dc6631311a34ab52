"""Fixtures that all rooms share: a store of each kind, the shipped configuration, and a register on both."""

from __future__ import annotations

import asyncio
import functools
import gc
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.register import Register
from services.ideas.store import Store
from tests import certificates, shipped
from tests.postgres import PostgresServer

CONFIG = shipped.CONFIG
SECRET = b"a secret that only the tests know"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
# For tests to which it makes no difference on which database they run.
on_sqlite = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def pytest_sessionstart() -> None:
    """Read once what tests would read again and again, and log errors in the short form."""
    certificates.read_once()
    # A traceback that is drawn with all its variables takes longer than most tests.
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


def pytest_collection_finish() -> None:
    """What stands by now stays to the end: the garbage collector would look through it in vain, a second each time."""
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """A migrated database that tests use one after the other: another one for each would take as long as the tests."""
    url = postgres_server.create_database()
    asyncio.run(_migrate(url))
    return url


@pytest.fixture(scope="session")
def postgres_schema(postgres_server: PostgresServer, postgres_url: str) -> str:
    return postgres_server.schema(postgres_url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "ideenkanal.sqlite3"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def folder_of_the_test(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A link to the folder of the test that runs, so that the SQLite files of all tests have one name."""
    return tmp_path_factory.mktemp("link") / "folder"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path, folder_of_the_test: Path) -> Iterator[str]:
    """The URL of a migrated, empty database; a test that uses it runs on both kinds, and leaves its schema alone."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ideenkanal.sqlite3")
        folder_of_the_test.unlink(missing_ok=True)
        folder_of_the_test.symlink_to(tmp_path)
        yield f"sqlite+aiosqlite:///{folder_of_the_test}/ideenkanal.sqlite3"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url: str = request.getfixturevalue("postgres_url")
    schema: str = request.getfixturevalue("postgres_schema")
    yield url
    server.empty(url)
    assert server.schema(url) == schema


@pytest.fixture
def make_catalogue(tmp_path: Path) -> Callable[..., Catalogue]:
    """The shipped configuration with settings of the test's own, given as IDEENKANAL_… names without the prefix."""

    def make(**settings: str) -> Catalogue:
        own = {"STORAGE_DATA_DIR": str(tmp_path), "EMAIL_PORT": "0", "WEB_PORT": "0", "WORK_POLL_SECONDS": "0.2"}
        own["AUTHENTICATION_RESOLVER"] = "off"
        return shipped.catalogue(CONFIG, {f"IDEENKANAL_{name}": value for name, value in (own | settings).items()})

    return make


@pytest.fixture
def catalogue(make_catalogue: Callable[..., Catalogue]) -> Catalogue:
    return make_catalogue()


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with kept_store(store_url) as store:
        yield store


@pytest.fixture
def register(store: Store, catalogue: Catalogue) -> Register:
    return Register(store, catalogue, SECRET)


def kept_store(url: str, user: str = "test") -> Store:
    """A store that tests enter one after the other: what is compiled for its statements stays with it.

    Two users may have theirs open at the same time.
    """
    store = _store(url, user)
    # A lock belongs to one event loop, and each test has its own.
    store._turn = asyncio.Lock()  # noqa: SLF001
    return store


@functools.cache
def _store(url: str, _user: str) -> Store:
    return Store(url)


async def _migrate(url: str) -> None:
    async with Store(url) as store:
        await migrate(store)
