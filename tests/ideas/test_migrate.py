from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, UniqueConstraint, inspect, text

from services.ideas import migrate as migrate_module
from services.ideas.columns import Table
from services.ideas.errors import SchemaTooNew, StoreError
from services.ideas.migrate import migrate, revisions
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, ContributionRow, IdeaRow
from tests.ideas.samples import InjectedError, admit, before_each_statement, failing_at, number_of
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has no schema yet, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'new' / 'ideenkanal.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def tables_seen_by_others(request: pytest.FixtureRequest, empty_url: str) -> Callable[[], int]:
    """How many tables and indexes somebody sees who comes by now."""
    name = empty_url.rpartition("/")[2]
    if name.endswith(".sqlite3"):

        def look() -> int:
            with closing(sqlite3.connect(empty_url.partition(":///")[2])) as connection:
                return len(connection.execute("SELECT name FROM sqlite_master").fetchall())

        return look
    server: PostgresServer = request.getfixturevalue("postgres_server")
    statement = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    return lambda: int(server.execute(statement, name))


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    """A migrated store of the test's own, whose schema it may change."""
    async with Store(empty_url) as store:
        await migrate(store)
        yield store


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations that a test may add to."""
    copy = Path(shutil.copytree(Path(migrate_module.__file__).parent / "migrations", tmp_path / "migrations"))
    monkeypatch.setattr(migrate_module, "_SCRIPTS", copy)
    return copy / "versions"


def next_migration(scripts: Path, *statements: str) -> None:
    body = "\n".join(f"    {statement}" for statement in statements)
    (scripts / f"{NEXT}_the_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "{NEXT}"\ndown_revision = "{HEAD}"\nbranch_labels = None\ndepends_on = None\n\n\n'
        f"def upgrade() -> None:\n{body}\n"
    )


FIRST_SCHEMA = """
INSERT INTO submitter (id, channel, address, language, created_at) VALUES
  (1, 'email', 'Anna+ideen@example.org', 'de', '2026-11-23 12:00:00'),
  (2, 'telegram', '4711', 'de', '2026-11-23 12:00:00');
INSERT INTO idea (id, reference, submitter_id, channel, stage, model, understanding, created_at) VALUES
  (1, 'SWS-2026-0001-9', 1, 'email', 'eingegangen', '', '{}', '2026-11-23 12:00:00'),
  (2, 'SWS-2026-0002-7', NULL, 'email', 'eingegangen', '', '{}', '2026-11-23 12:00:00'),
  (3, 'SWS-2026-0003-5', NULL, 'email', 'eingegangen', '', '{}', '2026-11-23 12:00:00');
INSERT INTO contribution (id, idea_id, subject, text, created_at) VALUES
  (1, 1, 'Radweg', 'Ein Radweg.', '2026-11-23 12:00:00'), (2, 2, '', 'Ein Bus.', '2026-11-23 12:00:00');
INSERT INTO assignment (id, idea_id, body, rule, assigned_at) VALUES
  (1, 1, 'imag', 'x', '2026-11-23 12:00:00'), (2, 2, 'imag', 'x', '2026-11-23 12:00:00'),
  (3, 3, 'imag', 'x', '2026-11-23 12:00:00');
INSERT INTO capability (token_hash, purpose, idea_id) VALUES ('hash', 'status-page', 1)
"""
HEAD = revisions()[-1]
NEXT = f"{int(HEAD) + 1:04d}"

# SQLite can change a column's type only by rebuilding its table.
REBUILD = (
    'with op.batch_alter_table("idea") as batch:',
    '    batch.add_column(sa.Column("votes", sa.Integer(), nullable=False, server_default="0"))',
    '    batch.alter_column("stage", existing_type=sa.String(64), type_=sa.String(80))',
)


async def in_store(store: Store, read: Any) -> Any:
    async with store.connection() as connection:
        return await connection.run_sync(read)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def columns_of_idea(connection: Connection) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns("idea")}


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Table.metadata))


def rules(connection: Connection) -> dict[str, Any]:
    """What the database itself enforces: unique keys, and what becomes of rows whose parent goes."""
    inspector = inspect(connection)
    return {
        table: (
            {tuple(key["column_names"]) for key in inspector.get_unique_constraints(table)},
            {
                (key["constrained_columns"][0], key["referred_table"], key["options"].get("ondelete"))
                for key in inspector.get_foreign_keys(table)
            },
            {column["name"] for column in inspector.get_columns(table) if column["nullable"]},
        )
        for table in Table.metadata.tables
    }


def intended_rules() -> dict[str, Any]:
    return {
        name: (
            {
                tuple(constraint.columns.keys())
                for constraint in table.constraints
                if isinstance(constraint, UniqueConstraint)
            },
            {
                (column.name, key.column.table.name, key.ondelete)
                for column in table.columns
                for key in column.foreign_keys
            },
            {column.name for column in table.columns if column.nullable},
        )
        for name, table in Table.metadata.tables.items()
    }


async def test_the_migrations_end_at_the_tables(store: Store) -> None:
    """Nothing is left that Alembic would still have to change."""
    assert await in_store(store, differences) == []


async def test_both_databases_enforce_the_same(store: Store) -> None:
    """Unique keys, foreign keys with what they do on deletion, and nullable columns are those of tables.py."""
    assert await in_store(store, rules) == intended_rules()


async def test_an_empty_database_gets_the_schema(empty_url: str) -> None:
    """The first start makes the folder, the database and its tables."""
    async with Store(empty_url) as store:
        assert await migrate(store) == HEAD
        assert await in_store(store, tables) == {*Table.metadata.tables, "alembic_version"}


async def test_migrating_twice_is_harmless(store: Store, register: Register) -> None:
    """A second run changes nothing and keeps what is there."""
    await admit(register, "1")

    assert [await migrate(store) for _ in range(2)] == [HEAD, HEAD]
    assert await number_of(store, IdeaRow) == 1


async def test_four_that_migrate_at_once_make_one_schema(empty_url: str) -> None:
    """Replicas that start together take turns, and each finds the schema."""

    async def start() -> str:
        async with Store(empty_url) as store:
            return await migrate(store)

    assert await asyncio.gather(*(start() for _ in range(4))) == [HEAD] * 4


async def test_a_failure_leaves_no_schema(empty_url: str, tables_seen_by_others: Callable[[], int]) -> None:
    """Before no statement does anybody else see a table; where one fails, there is none, and at last none fails."""
    seen: set[int] = set()
    async with Store(empty_url) as store:
        for statement in itertools.count(1, step=10):
            try:
                with before_each_statement(lambda: seen.add(tables_seen_by_others())), failing_at(statement):
                    await migrate(store)
            except InjectedError:
                assert await in_store(store, tables) == set()
            else:
                break

        assert statement > len(Table.metadata.tables)
        assert seen == {0}
        assert tables_seen_by_others() > len(Table.metadata.tables)
        assert await in_store(store, differences) == []


async def test_a_failure_at_any_statement_leaves_the_old_schema_and_its_rows(
    store: Store, register: Register, scripts: Path
) -> None:
    """On a filled database a migration that fails half-way has changed nothing, and afterwards it succeeds."""
    await admit(register, "1")
    next_migration(scripts, *REBUILD)
    for statement in itertools.count(1):
        try:
            with failing_at(statement):
                await migrate(store)
        except InjectedError:
            assert "votes" not in await in_store(store, columns_of_idea)
            assert await number_of(store, ContributionRow) == 1
        else:
            break

    assert statement > 5
    assert "votes" in await in_store(store, columns_of_idea)


async def test_a_broken_script_leaves_the_old_schema(store: Store, scripts: Path) -> None:
    """What a script did before its defect is undone, and the revision stays."""
    next_migration(scripts, 'op.create_table("vote", sa.Column("id", sa.Integer()))', 'op.execute("SELECT defect")')

    with pytest.raises(StoreError):
        await migrate(store)
    assert await in_store(store, tables) == {*Table.metadata.tables, "alembic_version"}


async def test_rebuilding_a_table_keeps_what_refers_to_it(store: Store, register: Register, scripts: Path) -> None:
    """SQLite changes a table by dropping it: its contributions and assignments must not go with it."""
    reference = await admit(register, "1")
    next_migration(scripts, *REBUILD)

    assert await migrate(store) == NEXT
    assert (await number_of(store, ContributionRow), await number_of(store, AssignmentRow)) == (1, 1)
    assert (await register.idea(reference)).contributions[0].subject == "Radweg"


def take_newer_away(scripts: Path) -> Callable[[], None]:
    """Leave the first migration alone; what is returned puts the others back."""
    kept = {path: path.read_text() for path in scripts.glob("[0-9]*.py") if not path.name.startswith("0001")}
    for path in kept:
        path.unlink()

    def put_back() -> None:
        for path, source in kept.items():
            path.write_text(source)

    return put_back


async def test_people_of_the_first_schema_keep_what_they_had(empty_url: str, scripts: Path) -> None:
    """Their mailboxes are known, Telegram's are verified, and a link of theirs still opens their idea.

    Who has an idea has it still, without its submitter too; only what was erased is nobody's any more.
    """
    put_back = take_newer_away(scripts)
    async with Store(empty_url) as store:
        assert await migrate(store) == "0001"
        async with store.writing() as session:
            for statement in FIRST_SCHEMA.split(";"):
                await session.execute(text(statement))
        put_back()
        assert await migrate(store) == HEAD
        async with store.reading() as session:
            people = await session.execute(text("SELECT mailbox, verified_at IS NOT NULL FROM submitter ORDER BY id"))
            links = await session.execute(text("SELECT token_hash, idea_id FROM capability"))
            states = await session.scalars(text("SELECT state FROM assignment ORDER BY id"))
            assert states.all() == ["open", "open", "done"]
            assert [tuple(row) for row in people] == [("anna@example.org", False), ("4711", True)]
            assert [tuple(row) for row in links] == [("hash", 1)]


def test_the_files_of_the_migrations_tell_their_revisions() -> None:
    """Alembic finds the same revisions in the same order as the names of the files say."""
    scripts = ScriptDirectory(str(Path(migrate_module.__file__).parent / "migrations"))

    assert revisions() == tuple(script.revision for script in reversed(list(scripts.walk_revisions())))


async def test_a_newer_schema_is_refused(store: Store, register: Register) -> None:
    """An old program that meets a newer database says so and leaves it alone."""
    await admit(register, "1")
    async with store.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNew, match="schema 9999, which this version does not know: update the program"):
        await migrate(store)
    assert await number_of(store, IdeaRow) == 1
