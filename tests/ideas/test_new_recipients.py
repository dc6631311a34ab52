from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import CHEMNITZ, admit
from tests.postgres import PostgresServer

OLD, NEW = "ideen@stadt-chemnitz.example.org", "amt@stadt-chemnitz.example.org"


async def digest_to(store: Store, catalogue: Catalogue, number: int, *mailboxes: str) -> Register:
    """The register after the digest of one more idea to these mailboxes."""
    bodies = {**catalogue.bodies, CHEMNITZ: replace(catalogue.bodies[CHEMNITZ], email=mailboxes)}
    register = Register(store, replace(catalogue, bodies=bodies), SECRET)
    at = NOON + timedelta(days=number)
    await admit(register, str(number), received_at=at)
    await register.write_digest(CHEMNITZ, Period(f"day {number}", at), at)
    return register


async def announced(store: Store) -> list[tuple[str | None, list[str], list[str]]]:
    async with store.reading() as session:
        rows = select(NotificationRow).where(NotificationRow.template == "recipients").order_by(NotificationRow.id)
        found = (await session.scalars(rows)).all()
    return [(row.recipient, row.parameters["added"], row.parameters["removed"]) for row in found]


async def test_old_and_new_mailboxes_hear_of_a_change(store: Store, catalogue: Catalogue) -> None:
    """Each in a message of its own, and once."""
    for number, mailbox in enumerate((OLD, NEW, NEW)):
        await digest_to(store, catalogue, number, mailbox)

    assert await announced(store) == [(NEW, [NEW], [OLD]), (OLD, [NEW], [OLD])]


async def test_a_change_is_noticed_however_the_database_sorts(
    catalogue: Catalogue, postgres_server: PostgresServer
) -> None:
    """A usual PostgreSQL sorts by a language, and not by the codes of the signs."""
    url = postgres_server.create_database()
    async with Store(url) as store:
        await migrate(store)
        by_language = 'ALTER TABLE notification ALTER COLUMN key TYPE varchar(160) COLLATE "und-x-icu"'
        postgres_server.execute(by_language, url.rpartition("/")[2])
        for number, mailbox in enumerate((OLD, NEW)):
            await digest_to(store, catalogue, number, mailbox)

        assert [recipient for recipient, *_ in await announced(store)] == [NEW, OLD]
    postgres_server.drop_database(url)


@pytest.mark.parametrize("mailboxes", [(OLD,), (OLD, NEW)])
@on_sqlite
async def test_the_first_digest_of_all_announces_nothing(
    store: Store, catalogue: Catalogue, mailboxes: tuple[str, ...]
) -> None:
    """Whoever sets up an installation is the one who knows."""
    await digest_to(store, catalogue, 0, *mailboxes)
    await digest_to(store, catalogue, 1, *mailboxes)

    assert await announced(store) == []


@on_sqlite
async def test_a_digest_to_nobody_hides_no_change(store: Store, catalogue: Catalogue) -> None:
    """It was empty, and the mailboxes of the one before it count."""
    register = await digest_to(store, catalogue, 0, OLD)
    await register.write_digest(CHEMNITZ, Period("empty", NOON), NOON)
    await digest_to(store, catalogue, 2, OLD, NEW)

    assert await announced(store) == [(NEW, [NEW], []), (OLD, [NEW], [])]
