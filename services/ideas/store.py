"""The database behind the register: engines for SQLite and PostgreSQL, and their faults in our own words."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from services.ideas.columns import Table
from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.sqlite_writer import SqliteWriter

_T = TypeVar("_T")
# Longer than any transaction of ours, so that a second process (a command of the CLI) waits instead of failing.
_BUSY_TIMEOUT_MS = 10_000
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_TURN_SECONDS = 30.0
_WAL_TRIES = 10
# SQLSTATE disk_full, and SQLite's result code (https://sqlite.org/rescode.html).
_FULL = ("53100", "SQLITE_FULL")
# What no repetition mends: SQLSTATE classes data exception, integrity constraint violation, syntax error.
_REFUSED = ("22", "23", "42", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_RANGE")


class Store:
    """Sessions for one transaction each: `writing()` and `reading()`. Used by the register alone.

    SQLite gets one writing connection whose transactions begin with BEGIN IMMEDIATE (a deferred one would read before
    it owns the lock, and lose updates) and a pool of reading ones; PostgreSQL serves both from one pool.
    """

    def __init__(self, url: str) -> None:
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(url, begin="BEGIN", pool_size=4)
            self._migrator = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, foreign_keys=False)
            self._direct = SqliteWriter(Path(str(make_url(url).database)), _pragmas(foreign_keys=True))
            self._turn = asyncio.Lock()
        else:
            self._writer = _postgres(url)
            # A migration may take long, and so may waiting for another process that is at it. No connection is kept:
            # closing one that has no limit would wait for a silent server for ever.
            self._migrator = create_async_engine(
                url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": _CONNECT_SECONDS}
            )
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
        self._write_session = async_sessionmaker(self._writer, expire_on_commit=False)
        self._read_session = async_sessionmaker(self._reader, expire_on_commit=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for engine in {self._writer, self._reader, self._migrator}:
            await engine.dispose()
        if self.is_sqlite:
            await self._direct.close()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed (fsync) at the end of the block, rolled back where it raises.

        Raises StoreUnavailable for what may pass, StoreFull where no space is left, StoreError for the rest.
        """
        async with self._in_turn(), _translated(), self._write_session.begin() as session:
            yield session

    async def write_directly(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run `work` in one transaction of a plain connection, in a thread; SQLite alone. Raises as `writing` does."""
        async with self._in_turn(), _translated():
            return await self._direct.run(work)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent view; raises as `writing` does."""
        async with _translated(), self._read_session() as session:
            yield session

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A raw asyncio connection inside a writing transaction, for the migrations.

        On SQLite it does not heed foreign keys: a migration that rebuilds a table drops the old one, and whatever
        refers to its rows would be deleted with it.
        """
        async with _translated(), self._migrator.begin() as connection:
            yield connection

    async def wipe_log(self) -> None:
        """Empty SQLite's write-ahead log, which still shows what has been erased; nothing on PostgreSQL. Takes little.

        Where somebody reads just now, part of it stays until the next time.
        """
        if self.is_sqlite:
            await self.write_directly(_empty_log)

    async def wipe_file(self) -> None:
        """Rewrite a SQLite file, so that no copy of what has been erased is left in it; nothing on PostgreSQL.

        secure_delete overwrites what is deleted, but not the copies that rows leave behind when they move between
        pages. Nobody else can write meanwhile: a gigabyte takes about ten seconds.
        """
        if self.is_sqlite:
            await self.write_directly(_rewrite)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """One writer at a time: SQLite itself lets the others sleep, and whoever asks more often gets more."""
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("too many are waiting to write") from error
        try:
            yield
        finally:
            self._turn.release()


def insert_into(session: AsyncSession, table: type[Table]) -> Any:
    """An INSERT in the session's own dialect, so that ON CONFLICT can be said (SQLAlchemy has it for each alone)."""
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _in_our_words(_code(error)) from error
    except sqlite3.Error as error:
        raise _in_our_words(getattr(error, "sqlite_errorname", type(error).__name__)) from error
    except (StatementError, UnicodeEncodeError) as error:
        # What never reached the database: a naive datetime, a lone surrogate.
        raise StoreError(f"the store refused what it was given ({type(error).__name__})") from error
    except (PoolTimeoutError, OSError) as error:
        raise StoreUnavailable(f"the store cannot be reached ({type(error).__name__})") from error


def _in_our_words(code: str) -> StoreError:
    if code in _FULL:
        return StoreFull("no space is left where the store lives")
    if code.startswith(_REFUSED):
        return StoreError(f"the store refused what it was given ({code})")
    return StoreUnavailable(f"the store cannot be used at the moment ({code})")


def _code(error: DBAPIError) -> str:
    # The statement and its values stay out of the message: they hold what people wrote.
    cause = error.orig.__cause__ if error.orig is not None else None
    for source in (error.orig, cause):
        code = getattr(source, "sqlite_errorname", None) or getattr(source, "sqlstate", None)
        if code:
            return str(code)
    return type(error.orig).__name__


def _postgres(url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_timeout=_ANSWER_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        # A server that says nothing any more is away: whoever waits for it must be told.
        connect_args={"timeout": _CONNECT_SECONDS, "command_timeout": _ANSWER_SECONDS},
    )


def _sqlite_engine(url: str, *, begin: str, pool_size: int, foreign_keys: bool = True) -> AsyncEngine:
    database = make_url(url).database
    if not database or database == ":memory:":
        raise StoreError("a SQLite store needs a file: an in-memory one loses what it acknowledged")
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        # The driver's own BEGIN comes only at the first write; ours comes at once.
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _pragmas(foreign_keys=foreign_keys):
            _set(cursor, pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.execute(text(begin))

    return engine


def _empty_log(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")  # neither this nor the next is allowed inside a transaction
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _rewrite(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _set(cursor: Any, pragma: str) -> None:
    """Set one pragma. Going over to WAL does not wait for another process that is at it as well, but a lock does."""
    for _ in range(_WAL_TRIES):
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
        else:
            return
    cursor.execute(f"PRAGMA {pragma}")


def _pragmas(*, foreign_keys: bool) -> tuple[str, ...]:
    return (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # a commit that a power cut can undo must not be acknowledged
        f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        "secure_delete = ON",  # what is erased does not linger in free pages
    )
