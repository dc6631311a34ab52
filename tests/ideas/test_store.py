from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.migrate import migrate
from services.ideas.model import Receipt
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, InboundRow, StageChangeRow, SubmitterRow
from tests.conftest import NOON, SECRET
from tests.ideas.samples import ANNA, admit, logged, message, number_of, submission, understood
from tests.postgres import PostgresServer

CANARY = "Kanarienvogel"


@pytest.fixture
def sqlite_file(tmp_path: Path, sqlite_template: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "own.sqlite3"))


@pytest.fixture
async def sqlite_store(sqlite_file: Path) -> AsyncIterator[Store]:
    async with Store(f"sqlite+aiosqlite:///{sqlite_file}") as store:
        yield store


@pytest.fixture(scope="module")
def stoppable_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this module's own, which its tests may stop."""
    with PostgresServer() as server:
        yield server


async def add_submitter(store: Store, *addresses: str, then: Callable[[], object] = lambda: None) -> None:
    """Write submitters in one transaction, in whose middle `then` happens."""
    async with store.writing() as session:
        for address in addresses:
            session.add(SubmitterRow(channel="email", address=address, mailbox=address, language="de", created_at=NOON))
        await session.flush()
        then()


async def fill(store: Store) -> None:
    """Leave no space for more than what is there."""
    if store.is_sqlite:
        await allow_pages(store, 1)  # SQLite takes as many as are there for the least
        return
    async with store.writing() as session:
        await session.execute(
            text(
                "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
            )
        )
        await session.execute(
            text("CREATE TRIGGER full_disk AFTER INSERT ON inbound_message EXECUTE FUNCTION no_space()")
        )


async def allow_pages(store: Store, number: int) -> None:
    """Each connection has its own limit."""
    await store.write_directly(lambda connection: connection.execute(f"PRAGMA max_page_count = {number}").fetchone())
    async with store.writing() as session:
        await session.execute(text(f"PRAGMA max_page_count = {number}"))


async def make_room(store: Store) -> None:
    if store.is_sqlite:
        await allow_pages(store, 1_000_000)
        return
    async with store.writing() as session:
        await session.execute(text("DROP FUNCTION no_space() CASCADE"))


@pytest.mark.parametrize("purpose", ["writing", "reading"])
async def test_sqlite_keeps_what_it_acknowledged(sqlite_store: Store, purpose: str) -> None:
    """Every connection has WAL, fsync at each commit, foreign keys, and erases what is deleted."""
    async with sqlite_store.writing() if purpose == "writing" else sqlite_store.reading() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }

    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


async def test_sqlite_takes_the_write_lock_at_the_beginning(sqlite_store: Store, sqlite_file: Path) -> None:
    """A writing transaction owns the lock before it reads, so that what it read still holds when it writes."""
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    async with sqlite_store.writing() as session:
        await session.scalar(select(IdeaRow.id))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_sqlite_reads_while_it_writes(sqlite_store: Store) -> None:
    """A reader neither waits for a writer nor sees what is not committed."""
    async with sqlite_store.writing() as session:
        session.add(
            SubmitterRow(
                channel="email", address="a@example.org", mailbox="a@example.org", language="de", created_at=NOON
            )
        )
        await session.flush()
        assert await number_of(sqlite_store, SubmitterRow) == 0

    assert await number_of(sqlite_store, SubmitterRow) == 1


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    """It would lose what it acknowledged."""
    with pytest.raises(StoreError, match="needs a file"):
        Store(url)


async def test_a_block_that_raises_stores_nothing(store: Store) -> None:
    """A transaction is whole or not at all."""
    with pytest.raises(ZeroDivisionError):
        await add_submitter(store, "a@example.org", then=lambda: 1 // 0)

    assert await number_of(store, SubmitterRow) == 0


async def test_reading_is_one_consistent_view(store: Store, register: Register) -> None:
    """What another transaction commits meanwhile does not show in the middle of a reading."""
    reference = await admit(register, "1")
    async with store.reading() as session:
        before = await session.scalar(select(IdeaRow.stage))
        await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
        stages = await session.scalars(select(StageChangeRow.stage).order_by(StageChangeRow.id))

        assert list(stages)[-1] == before


async def test_a_naive_datetime_is_refused(store: Store, register: Register) -> None:
    """A time without a zone says no point in time: nothing is stored."""
    naive = replace(message(), received_at=datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001 - that is the point

    with pytest.raises(StoreError):
        await register.log([naive])
    assert await number_of(store, InboundRow) == 0


async def test_times_come_back_aware_in_utc(store: Store, register: Register) -> None:
    """Both databases give the same point in time, in UTC."""
    await logged(register, "1")
    async with store.reading() as session:
        received_at = await session.scalar(select(InboundRow.received_at))

    assert received_at is not None
    assert (received_at, received_at.tzname()) == (NOON, "UTC")


async def test_hostile_bytes_and_envelopes_are_kept_as_they_are(register: Register) -> None:
    """NUL, bytes of no encoding and lone surrogates in what the protocol said come back unchanged."""
    envelope = {"mail_from": "a\x00b\udc80\ud800@example.org", "rcpt_tos": ["\u202e'; DROP TABLE idea; --"]}
    hostile = replace(message(raw=bytes(range(256)) * 3), envelope=envelope)
    await register.log([hostile])
    (claimed,) = await register.claim_messages(NOON, NOON - NOON.replace(hour=11), 5)

    assert claimed.message == hostile


@pytest.mark.parametrize("said", [f"{CANARY}\x00", f"{CANARY}\ud800"])
async def test_what_no_database_can_hold_is_refused_for_good(register: Register, store: Store, said: str) -> None:
    """A submitter's address with a NUL or a lone surrogate would fail for ever: no temporary fault, no repetition."""
    entry = await logged(register, "1")
    bad = submission(replace(ANNA, address=said, language="de"))
    if store.is_sqlite and "\x00" in said:
        assert await register.record(entry, bad, understood())
        return
    with pytest.raises(StoreError) as caught:
        await register.record(entry, bad, understood())
    assert not isinstance(caught.value, (StoreUnavailable, StoreFull))


async def test_errors_never_tell_what_people_wrote(register: Register, store: Store) -> None:
    """Whatever the store refuses, its error names the kind of fault and not the words."""
    entry = await logged(register, "1")
    faults = []
    for bad in (
        submission(replace(ANNA, address=f"{CANARY}\ud800")),
        submission(ANNA, text=f"{CANARY}\ud800"),
        submission(replace(ANNA, language=None), text=CANARY),  # type: ignore[arg-type]
    ):
        with pytest.raises(StoreError) as caught:
            await register.record(entry, bad, understood())
        faults.append(caught.value)
    with pytest.raises(StoreError) as caught:
        await add_submitter(store, CANARY, CANARY)
    faults.append(caught.value)

    assert [CANARY in f"{error} {error!r}" for error in faults] == [False] * 4


async def test_a_full_disk_keeps_nothing_and_recovers(register: Register, store: Store) -> None:
    """Where no space is left StoreFull says so, nothing half is kept, and with space it goes on without a restart."""
    await logged(register, "before")
    await fill(store)
    with pytest.raises(StoreFull):
        await register.log([message("large", raw=b"x" * 100_000), message("other", raw=b"x" * 100_000)])
    assert await number_of(store, InboundRow) == 1

    await make_room(store)
    (receipt,) = await register.log([message("large", raw=b"x" * 100_000)])
    assert receipt.new
    assert await number_of(store, InboundRow) == 2


async def test_a_locked_sqlite_is_a_passing_fault(sqlite_store: Store, catalogue: Catalogue, sqlite_file: Path) -> None:
    """While another process holds the lock too long StoreUnavailable says so; afterwards it goes on."""
    register = Register(sqlite_store, catalogue, SECRET)
    await sqlite_store.write_directly(lambda connection: connection.execute("PRAGMA busy_timeout = 1").fetchone())
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
        await register.log([message()])
    other.execute("ROLLBACK")
    other.close()

    assert await register.log([message()]) == (Receipt(1, new=True),)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_stopped_postgresql_is_a_passing_fault(
    stoppable_server: PostgresServer, catalogue: Catalogue, mode: str
) -> None:
    """While the server is away StoreUnavailable says so for writing and reading; once it is back it goes on."""
    async with Store(stoppable_server.create_database()) as store:
        await migrate(store)
        register = Register(store, catalogue, SECRET)
        kept = await register.log([message("before")])
        stoppable_server.stop("fast" if mode == "fast" else "immediate")
        try:
            with pytest.raises(StoreUnavailable):
                await register.log([message("meanwhile")])
            with pytest.raises(StoreUnavailable):
                await register.counts()
        finally:
            stoppable_server.start()

        assert await register.log([message("before")]) == (Receipt(kept[0].id, new=False),)
        assert (await register.log([message("meanwhile")]))[0].new


async def test_a_session_that_the_server_ends_is_a_passing_fault(
    stoppable_server: PostgresServer, catalogue: Catalogue
) -> None:
    """A connection that dies in the middle of a transaction is StoreUnavailable, and nothing of it is kept."""
    async with Store(stoppable_server.create_database()) as store:
        await migrate(store)
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in%'"
        with pytest.raises(StoreUnavailable):
            await add_submitter(store, "a@example.org", then=lambda: stoppable_server.execute(end))

        assert await number_of(store, SubmitterRow) == 0
        assert (await Register(store, catalogue, SECRET).log([message()]))[0].new
