"""The inbound log's own way into SQLite, and what it shares with the others."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.model import Receipt
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import SECRET
from tests.ideas.samples import message


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "ideenkanal.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return copy


async def test_it_keeps_what_it_acknowledges(file: Path) -> None:
    """Its connection is set up as the others are: WAL, fsync at each commit."""
    async with Store(f"sqlite+aiosqlite:///{file}") as store:
        found = await store.write_directly(
            lambda connection: [
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
            ]
        )
    full = 2
    assert found == ["wal", full]


async def test_a_failure_changes_nothing(file: Path) -> None:
    """What raises is rolled back, and the next transaction begins anew."""

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        raise LookupError

    async with Store(f"sqlite+aiosqlite:///{file}") as store:
        with pytest.raises(LookupError):
            await store.write_directly(fail)
        found = await store.write_directly(
            lambda connection: connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()
        )
    assert found == (0,)


async def test_writers_of_one_process_take_turns(file: Path) -> None:
    """While a transaction of the ORM is open the direct one waits, without an error and without SQLite's sleep."""
    async with Store(f"sqlite+aiosqlite:///{file}") as store:
        async with store.writing():
            waiting = asyncio.create_task(store.write_directly(lambda connection: connection.in_transaction))
            done, _ = await asyncio.wait({waiting}, timeout=0.05)
            assert not done
        assert await waiting


async def test_another_process_that_keeps_the_file_is_a_passing_fault(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever locks the file for too long makes it unavailable; afterwards all goes on."""
    monkeypatch.setattr("services.ideas.store._BUSY_TIMEOUT_MS", 10)
    async with Store(f"sqlite+aiosqlite:///{file}") as store:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await store.write_directly(sqlite3.Connection.commit)
        other.execute("ROLLBACK")
        other.close()
        assert await store.write_directly(lambda connection: connection.in_transaction)


async def test_receipts_name_the_rows(file: Path, catalogue: Catalogue) -> None:
    """New messages, known ones, and one that comes twice in a batch: each has its row's number, and is new once."""
    one, two, three = (message(str(number)) for number in range(3))
    async with Store(f"sqlite+aiosqlite:///{file}") as store:
        register = Register(store, catalogue, SECRET)
        assert await register.log([one, two]) == (Receipt(1, new=True), Receipt(2, new=True))
        assert await register.log([two, three, three]) == (
            Receipt(2, new=False),
            Receipt(3, new=True),
            Receipt(3, new=False),
        )
