"""Leases: of several processes one does the work."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.ideas.leases import Leases
from services.ideas.store import Store
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)


async def test_of_many_that_ask_at_once_one_gets_it(store: Store) -> None:
    """However they meet, one holder comes out of it."""
    leases = Leases(store)
    answers = await asyncio.gather(*(leases.take("polling", str(number), NOON, MINUTE) for number in range(8)))
    assert sorted(answers) == [False] * 7 + [True]


async def test_the_holder_keeps_it_by_taking_it_again(store: Store) -> None:
    """It then lasts from that moment on."""
    leases = Leases(store)
    assert await leases.take("polling", "a", NOON, MINUTE)
    assert await leases.take("polling", "a", NOON + MINUTE / 2, MINUTE)
    assert not await leases.take("polling", "b", NOON + MINUTE * 1.4, MINUTE)


async def test_a_lease_that_ran_out_is_anyones(store: Store) -> None:
    """Whoever had it then asks in vain."""
    leases = Leases(store)
    assert await leases.take("polling", "a", NOON, MINUTE)
    assert await leases.take("polling", "b", NOON + MINUTE, MINUTE)
    assert not await leases.take("polling", "a", NOON + MINUTE, MINUTE)


async def test_what_is_given_back_is_free_at_once(store: Store) -> None:
    """But nobody gives back what another has."""
    leases = Leases(store)
    assert await leases.take("polling", "a", NOON, MINUTE)
    await leases.release("polling", "b")
    assert not await leases.take("polling", "b", NOON, MINUTE)
    await leases.release("polling", "a")
    assert await leases.take("polling", "b", NOON, MINUTE)


async def test_works_do_not_wait_for_one_another(store: Store) -> None:
    """A lease is for the work that it is named after."""
    leases = Leases(store)
    assert await leases.take("polling", "a", NOON, MINUTE)
    assert await leases.take("retention", "b", NOON, MINUTE)


async def test_a_start_takes_over_where_nobody_else_can_be(store: Store) -> None:
    """On SQLite what a killed process held is free at once; on a server it may be alive, and keeps it."""
    leases = Leases(store)
    assert await leases.take("polling", "killed", NOON, MINUTE)
    await leases.take_over("polling")
    assert await leases.take("polling", "restarted", NOON, MINUTE) is store.is_sqlite
