"""Brings the database to the schema of this version, or refuses one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from services.ideas.errors import SchemaTooNew
from services.ideas.store import Store

_SCRIPTS = Path(__file__).parent / "migrations"
# Any constant will do: replicas that start together take turns on this advisory lock.
_LOCK = 7_365_201


async def migrate(store: Store) -> str:
    """Run all pending migrations in one transaction and return the revision that the schema now has.

    Killed half-way it leaves the old schema. Raises SchemaTooNew where a newer version has been here.
    """
    async with store.connection() as connection:
        if not store.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision: str = await connection.run_sync(_upgrade)
        return revision


async def schema_is_current(store: Store) -> bool:
    """Whether the database has exactly the schema of this version."""
    async with store.connection() as connection:
        present = await connection.run_sync(_present)
    return bool(present == _scripts().get_current_head())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> str:
    scripts = _scripts()
    head = scripts.get_current_head()
    present = _present(connection)
    if present == head and head is not None:
        return head
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaTooNew(f"the database has schema {present}, which this version does not know: update the program")
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return str(head)
