"""Brings the database to the schema of this version, or refuses one that is newer."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

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


def revisions() -> tuple[str, ...]:
    """The revisions that this version knows, oldest first: each migration's file begins with its own."""
    return tuple(sorted(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py")))


def _upgrade(connection: Connection) -> str:
    known = revisions()
    head = known[-1]
    present = _present(connection)
    if present == head:
        return head
    if present is not None and present not in known:
        raise SchemaTooNew(f"the database has schema {present}, which this version does not know: update the program")
    # Only now, because Alembic takes longer to load than all else that a command does, and is seldom needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return head


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision
