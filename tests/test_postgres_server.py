from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.postgres import PostgresFailedError, PostgresMissingError, PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRIVER = "postgresql+asyncpg"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer({"fsync": "on", "full_page_writes": "on"}) as running:
        yield running


async def _run(url: str, *statements: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url.replace(_DRIVER, "postgresql"))
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return [tuple(row) for row in await connection.fetch(statements[-1])]
    finally:
        await connection.close()


async def test_a_database_is_copied_from_its_template(server: PostgresServer) -> None:
    """A database made from a template holds the template's tables and rows, and each copy is its own."""
    template = server.create_database()
    await _run(template, "CREATE TABLE idea (text text)", "INSERT INTO idea VALUES ('Radweg')")
    first, second = server.create_database(template), server.create_database(template)
    await _run(first, "DELETE FROM idea")

    assert [await _run(url, "SELECT text FROM idea") for url in (first, second)] == [[], [("Radweg",)]]


async def test_committed_rows_outlive_an_immediate_stop(server: PostgresServer) -> None:
    """What was committed before an immediate stop is there after the next start, under the same URL."""
    url = server.create_database()
    await _run(url, "CREATE TABLE idea (text text)", "INSERT INTO idea VALUES ('Radweg')")

    server.stop("immediate")
    server.start()

    assert await _run(url, "SELECT text FROM idea") == [("Radweg",)]


async def test_a_dropped_database_is_gone_though_a_session_was_open(server: PostgresServer) -> None:
    """Dropping a database ends the sessions in it, and no new one can be opened."""
    url = server.create_database()
    connection = await asyncpg.connect(url.replace(_DRIVER, "postgresql"))

    server.drop_database(url)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await connection.fetch("SELECT 1")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url.replace(_DRIVER, "postgresql"))


async def test_an_emptied_database_is_as_it_was_made(server: PostgresServer) -> None:
    """Rows and sessions are gone whatever refers to what, and the next row has the first number."""
    url = server.create_database()
    await _run(url, "CREATE TABLE idea (id serial PRIMARY KEY)", "CREATE TABLE vote (idea integer REFERENCES idea)")
    await _run(url, "INSERT INTO idea DEFAULT VALUES", "INSERT INTO vote VALUES (1)")
    connection = await asyncpg.connect(url.replace(_DRIVER, "postgresql"))

    server.empty(url)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await connection.fetch("SELECT 1")
    assert await _run(url, "SELECT * FROM idea UNION ALL SELECT * FROM vote") == []
    assert await _run(url, "INSERT INTO idea DEFAULT VALUES RETURNING id") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE idea ADD COLUMN text text",
        "ALTER TABLE idea ALTER COLUMN id TYPE bigint",
        "ALTER TABLE idea ADD UNIQUE (id)",
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER same BEFORE UPDATE ON idea EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE INDEX ON idea (id)",
    ],
)
async def test_a_change_of_the_schema_is_seen(server: PostgresServer, change: str) -> None:
    """Whatever a test leaves behind makes another schema, and rows make none."""
    url = server.create_database()
    await _run(url, "CREATE TABLE idea (id integer)", "SELECT 1")
    before = server.schema(url)
    await _run(url, "INSERT INTO idea VALUES (1)", "SELECT 1")
    assert server.schema(url) == before

    await _run(url, change, "SELECT 1")

    assert server.schema(url) != before


@pytest.mark.parametrize(("name", "value"), [("fsync", "on"), ("max_connections", "200"), ("TimeZone", "UTC")])
def test_settings_reach_the_server(server: PostgresServer, name: str, value: str) -> None:
    """The server runs with the settings that were passed, beside the defaults."""
    assert server.execute(f"SHOW {name}") == value


def test_a_failing_statement_tells_what_the_server_said(server: PostgresServer) -> None:
    """A statement that fails raises an error that carries the server's own words."""
    with pytest.raises(PostgresFailedError, match="does not exist"):
        server.execute("DROP DATABASE no_such_database")


def test_a_socket_lies_in_the_directory_that_is_named(server: PostgresServer) -> None:
    """The Unix socket of the server lies where `socket_directory` says."""
    assert (server.socket_directory / f".s.PGSQL.{server.port}").is_socket()


def test_missing_programs_are_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without installed programs the error tells which command installs them."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("pathlib.Path.glob", lambda *_: iter(()))

    with pytest.raises(PostgresMissingError, match="make test"):
        find_programs()
