from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.catalogue import Catalogue
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.routing import StaffGroup
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, DigestRow, NotificationRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import CHEMNITZ, admit, number_of, understood

LEASE = timedelta(minutes=1)


async def mails(store: Store) -> list[NotificationRow]:
    async with store.reading() as session:
        return list(await session.scalars(select(NotificationRow).where(NotificationRow.template == "digest")))


async def test_a_digest_tells_what_a_body_has_not_been_told(register: Register, store: Store) -> None:
    """All ideas of the body, and no other's, in the order in which they came."""
    own = [await admit(register, str(number)) for number in range(3)]
    await admit(register, "zwickau", understanding=understood(districts=("14524",)))
    number = await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    (mail,) = await mails(store)
    told = await register.in_digest(mail.parameters["digest"])

    assert number == 3
    assert [idea.reference for idea in told] == own


async def test_a_digest_goes_to_each_role_mailbox_by_itself(store: Store, catalogue: Catalogue) -> None:
    """Two mailboxes get a mail each, under keys of their own, so that no address sees the other."""
    body = replace(catalogue.bodies[CHEMNITZ], email=("eins@example.org", "zwei@example.org"))
    register = Register(store, replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: body}), SECRET)
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    claimed = await register.claim_notifications(NOON, LEASE, 5)

    assert {(each.key, each.recipient) for each in claimed if each.template == "digest"} == {
        (f"digest:{CHEMNITZ}:2026-11-23:0", "eins@example.org"),
        (f"digest:{CHEMNITZ}:2026-11-23:1", "zwei@example.org"),
    }


@on_sqlite
@pytest.mark.parametrize("wants_digest", [True, False])
async def test_a_digest_goes_to_the_group_as_well(store: Store, catalogue: Catalogue, *, wants_digest: bool) -> None:
    """Beside the mail a body's Telegram group gets the digest, if it is to."""
    group = StaffGroup(-1001234567890, digest=wants_digest, alerts=False)
    body = replace(catalogue.bodies[CHEMNITZ], telegram=group)
    register = Register(store, replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: body}), SECRET)
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    claimed = await register.claim_notifications(NOON, LEASE, 5, "telegram")

    assert [(each.key, each.recipient) for each in claimed] == (
        [(f"digest:{CHEMNITZ}:2026-11-23:telegram", "-1001234567890")] if wants_digest else []
    )


async def test_four_that_write_a_digest_at_once_write_one(register: Register, store: Store) -> None:
    """However many schedulers run, a period has one digest and each mailbox one mail."""
    await admit(register, "1")
    found = await asyncio.gather(*(register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON) for _ in range(4)))

    assert sorted(found, key=str) == [1, None, None, None]
    assert await number_of(store, DigestRow) == 1
    assert len(await mails(store)) == 1


async def test_a_period_is_digested_once(register: Register, store: Store) -> None:
    """What comes after the digest of a period waits for the next."""
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    await admit(register, "2")

    assert await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON) is None
    assert await register.write_digest(CHEMNITZ, Period("2026-11-24", NOON), NOON) == 1
    assert len(await mails(store)) == 2


async def test_a_digest_without_ideas_is_written_and_sent_to_nobody(register: Register, store: Store) -> None:
    """The period is done, also for an idea that comes a moment later, and no mailbox gets an empty mail."""
    assert await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON) == 0
    await admit(register, "1")

    assert await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON) is None
    assert await register.digests_written(CHEMNITZ, ["2026-11-23", "2026-11-24"]) == {"2026-11-23"}
    assert await mails(store) == []


async def test_each_idea_is_told_in_exactly_one_digest(register: Register, store: Store) -> None:
    """Ideas that come while digests of several periods are written are in one of them each: none twice, none lost."""

    async def digests() -> list[int | None]:
        periods = (f"2026-11-{day}" for day in range(10, 20))
        return await asyncio.gather(
            *(register.write_digest(CHEMNITZ, Period(period, NOON), NOON) for period in periods)
        )

    counting = asyncio.create_task(digests())
    await asyncio.gather(*(admit(register, str(number)) for number in range(20)))
    counts = await counting
    last = await register.write_digest(CHEMNITZ, Period("2026-11-30", NOON), NOON)

    assert sum(number or 0 for number in [*counts, last]) == 20
    assert await number_of(store, AssignmentRow, AssignmentRow.digest_id.is_(None)) == 0


async def test_periods_are_each_bodys_own(register: Register) -> None:
    """One body's digest does not count for another's."""
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)

    assert await register.digests_written("landratsamt-zwickau", ["2026-11-23"]) == frozenset()


async def test_a_body_that_gets_an_idea_later_is_told_later(register: Register) -> None:
    """An idea that moves on is in the digest of the body that it comes to, and not again in the first one's."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)

    assert await register.write_digest("regionalkonvent", Period("2026-11-24", NOON), NOON) == 1
    assert await register.write_digest(CHEMNITZ, Period("2026-11-24", NOON), NOON) == 0


async def test_what_a_body_was_given_in_a_time_can_be_listed(register: Register) -> None:
    """From the start on, and before the end."""
    found = [await admit(register, str(n), received_at=NOON + n * timedelta(hours=1)) for n in range(4)]
    listed = await register.assigned(CHEMNITZ, NOON + timedelta(hours=1), NOON + timedelta(hours=3))

    assert [idea.reference for idea in listed] == found[1:3]
