from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas import digests
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Doer, GiveBack, Move
from services.ideas.ledger import URGENCIES, Event, enter, forget_untold, tell_again
from services.ideas.outbox import Outbox
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, IdeaRow
from services.ideas.work_tables import LedgerRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.locks import comes_to_wait
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, number_of
from tests.ideas.told import told, untold

on_postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
HOUR = timedelta(hours=1)
PERIOD, NEXT = Period("one", NOON), Period("two", NOON + HOUR)
STAFF = Doer("Ida")


async def happens(store: Store, event: Event) -> None:
    """Something happens to the first idea that its bodies are to hear of."""
    async with store.writing() as session:
        await tell_again(session, await session.get_one(IdeaRow, 1), event, NOON)


def test_each_event_has_its_urgency() -> None:
    """None is forgotten, so that no digest stumbles over one."""
    assert set(URGENCIES) == set(Event)


@on_sqlite
async def test_what_is_entered_twice_is_told_once(register: Register, store: Store) -> None:
    """The same event of the same occasion, by whoever, is one entry; another occasion is another."""
    await admit(register, "1")
    for occasion in ("Monday", "Monday", "Tuesday"):
        async with store.writing() as session:
            await enter(session, 1, [CHEMNITZ, CHEMNITZ], Event.STATEMENT, NOON, occurrence=occasion)

    assert [event for _, event in await untold(store, CHEMNITZ)] == ["new", "statement", "statement"]


async def test_an_addition_is_told_to_who_was_told_of_the_idea(register: Register, store: Store) -> None:
    """Until then the idea is new anyway; and several additions are one entry."""
    await admit(register, "1")
    await happens(store, Event.ADDED)
    await register.write_digest(CHEMNITZ, PERIOD, NOON)
    for _ in range(2):
        await happens(store, Event.ADDED)
    await register.write_digest(CHEMNITZ, NEXT, NOON + HOUR)

    assert {period: [event for _, event in ideas] for period, ideas in (await told(store, CHEMNITZ)).items()} == {
        "one": ["new"],
        "two": ["added"],
    }


@on_sqlite
async def test_who_gave_an_idea_back_hears_only_that_it_is_gone(register: Register, store: Store) -> None:
    """What is added to it is the business of whoever has it; that its copies are to be erased is everybody's."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, PERIOD, NOON)
    await register.work.act(reference, GiveBack("nicht zuständig"), Doer("Ida", CHEMNITZ), NOON)
    before = await untold(store, CHEMNITZ)
    await happens(store, Event.ADDED)
    await happens(store, Event.ERASED)

    assert (await untold(store, CHEMNITZ))[len(before) :] == [(reference, Event.ERASED)]


@on_sqlite
async def test_an_idea_that_nobody_was_told_of_goes_untold(register: Register, store: Store) -> None:
    """A body that was told keeps its part; one that was not hears nothing of it, and is not to do anything."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, PERIOD, NOON)
    await register.work.act(reference, Move("pruefung-regionalkonvent"), STAFF, NOON)
    async with store.writing() as session:
        await forget_untold(session, select(IdeaRow.id).where(IdeaRow.id == 1))

    assert await untold(store, CATCH_ALL_BODY) == []
    assert await number_of(store, AssignmentRow, AssignmentRow.body == CHEMNITZ) == 1


@on_postgresql
async def test_what_a_digest_takes_at_the_same_moment_is_not_forgotten(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """Whoever takes an idea from its bodies waits for a digest that is being written, and then leaves what it told."""
    await admit(register, "1")

    async def forgets() -> None:
        async with store.writing() as session:
            await forget_untold(session, select(IdeaRow.id).where(IdeaRow.id == 1))

    async with store.writing() as session:
        await digests.write_digest(session, Outbox(SECRET), catalogue, body_id=CHEMNITZ, period=PERIOD, now=NOON)
        forgetting = asyncio.create_task(forgets())
        assert await comes_to_wait(forgetting, store)
    await forgetting

    assert await number_of(store, LedgerRow) == await number_of(store, AssignmentRow) == 1


@on_postgresql
async def test_what_is_undone_beside_a_digest_is_told_as_undone(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """Whoever undoes something waits for a digest that tells of it, whose readers then hear that it was undone."""
    reference = await admit(register, "1")
    await register.work.act(reference, Move("pruefung-regionalkonvent"), STAFF, NOON)

    async with store.writing() as session:
        await digests.write_digest(session, Outbox(SECRET), catalogue, body_id=CATCH_ALL_BODY, period=PERIOD, now=NOON)
        undoing = asyncio.create_task(register.work.undo(reference, STAFF, NOON))
        assert await comes_to_wait(undoing, store)
    await undoing

    assert await untold(store, CATCH_ALL_BODY) == [(reference, Event.UNDONE)]


@on_postgresql
async def test_a_digest_takes_its_ideas_in_the_order_in_which_all_take_several(
    register: Register, store: Store
) -> None:
    """What only waits among them: else whoever holds such an idea and wants one that is new would wait for ever."""
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, PERIOD, NOON)
    await admit(register, "2", received_at=NOON + HOUR)
    ideas = select(IdeaRow.id).with_for_update()
    async with store.writing() as session:
        await session.execute(ideas.where(IdeaRow.id == 1))
        writing = asyncio.create_task(register.write_digest(CHEMNITZ, NEXT, NOON + HOUR))
        assert await comes_to_wait(writing, store)
        await session.execute(ideas.where(IdeaRow.id == 2))

    assert await writing == 1
