"""The shortest way into a SQLite file: a plain connection in a thread of its own, one hop for a whole transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")
_Work = Callable[[sqlite3.Connection], Any]


class SqliteWriter:
    """Runs functions of a connection, each in one transaction. `pragmas` are set first, when the file is opened.

    An executor would do the same, but its locks take longer than the transaction where many processes share a core.
    """

    def __init__(self, file: Path, pragmas: Sequence[str]) -> None:
        self._file = file
        self._pragmas = pragmas
        self._orders: SimpleQueue[tuple[_Work, asyncio.Future[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """What `work` returns, once it is committed. Raises sqlite3.Error; then nothing has changed."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="sqlite writer", daemon=True)
            self._thread.start()
        done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._orders.put((work, done))
        return await done

    async def close(self) -> None:
        """Close the file, after what is under way."""
        if self._thread is not None:
            self._orders.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _serve(self) -> None:
        connection: sqlite3.Connection | None = None
        while (order := self._orders.get()) is not None:
            work, done = order
            try:
                connection = connection or self._connect()
                result = _transact(connection, work)
            except Exception as error:  # noqa: BLE001 - it is raised where the work was ordered
                done.get_loop().call_soon_threadsafe(_fail, done, error)
            else:
                done.get_loop().call_soon_threadsafe(_succeed, done, result)
        if connection is not None:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None)
        for pragma in self._pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], _T]) -> _T:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        return work(connection)


def _succeed(done: asyncio.Future[_T], result: _T) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
