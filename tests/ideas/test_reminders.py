from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from services.ideas import reminding
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Accept, Doer, Move
from services.ideas.ledger import Event
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, IdeaRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, understood
from tests.ideas.told import told, untold

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# As the shipped stages say: how long an idea may lie with its first body, and then after a reminder.
EXPECTED, AFTERWARDS = 28 * DAY, 14 * DAY
LATE = NOON + EXPECTED
STAFF = Doer("Ida")


async def heard(store: Store, body: str, *events: Event) -> list[str]:
    """What of these events a body is to hear and was not told."""
    return [event for _, event in await untold(store, body) if event in events]


async def reminders(store: Store) -> list[list[str]]:
    """What the body of Chemnitz and the one that watches are to hear of late ideas."""
    return [await heard(store, body, Event.OVERDUE, Event.RAISED) for body in (CHEMNITZ, CATCH_ALL_BODY)]


async def test_what_lies_too_long_is_told_to_its_body_and_then_to_who_watches(register: Register, store: Store) -> None:
    """Each once: the body when it is late, and who watches when it still is some days later."""
    await admit(register, "1")
    seen = []
    for now in (LATE - MINUTE, LATE, LATE + AFTERWARDS - MINUTE, LATE + AFTERWARDS, LATE + 300 * DAY):
        await register.work.remind(now)
        seen.append(await reminders(store))

    reminded, raised = [["overdue"], []], [["overdue"], ["raised"]]
    assert seen == [[[], []], reminded, reminded, raised, raised]


@on_sqlite
async def test_a_body_has_its_days_after_a_late_reminder_too(register: Register, store: Store) -> None:
    """Where nothing ran for long, nobody is blamed for what they were not reminded of."""
    await admit(register, "1")
    for now in (LATE + 60 * DAY, LATE + 60 * DAY + MINUTE, LATE + 60 * DAY + AFTERWARDS - MINUTE):
        await register.work.remind(now)
    assert await reminders(store) == [["overdue"], []]
    await register.work.remind(LATE + 60 * DAY + AFTERWARDS)

    assert await reminders(store) == [["overdue"], ["raised"]]


@on_sqlite
async def test_a_reminder_belongs_to_the_period_in_which_something_became_late(
    register: Register, store: Store
) -> None:
    """However late anybody looks, the catch-up digest tells it and not the one after."""
    reference = await admit(register, "1")
    await register.work.remind(LATE + 3 * DAY)
    await register.write_digest(CHEMNITZ, Period("early", LATE - MINUTE), LATE + 3 * DAY)
    await register.write_digest(CHEMNITZ, Period("late", LATE), LATE + 3 * DAY)

    assert (await told(store, CHEMNITZ))["late"] == [(reference, Event.OVERDUE)]


@on_sqlite
async def test_what_is_done_in_time_is_no_reminder(register: Register, store: Store) -> None:
    """A body that has done its part hears no more of it; the next one has its own time."""
    reference = await admit(register, "1")
    await register.work.act(reference, Accept(), Doer("Ida", CHEMNITZ), LATE - DAY)
    await register.work.remind(LATE + DAY)

    assert await reminders(store) == [[], []]


@on_sqlite
async def test_a_body_that_keeps_an_idea_is_reminded_at_each_stage(register: Register, store: Store) -> None:
    """Who was reminded at one stage has its time for the next, and is reminded anew."""
    reference = await admit(register, "1")
    await register.work.act(reference, Move("pruefung-regionalkonvent"), STAFF, NOON)
    await register.work.remind(NOON + 180 * DAY)
    moved_at = NOON + 181 * DAY
    await register.work.act(reference, Move("aufgenommen"), STAFF, moved_at)
    seen = []
    for now in (moved_at + 364 * DAY, moved_at + 365 * DAY):
        await register.work.remind(now)
        seen.append(await heard(store, CATCH_ALL_BODY, Event.OVERDUE, Event.RAISED))

    assert seen == [["overdue"], ["overdue", "overdue"]]


@on_sqlite
async def test_who_watches_is_not_told_of_its_own_ideas_as_anothers(register: Register, store: Store) -> None:
    """It is reminded of what waits with itself, and that is all."""
    await admit(register, "1", understanding=understood(topics=(), districts=()))
    for days in (14, 28, 42):
        await register.work.remind(NOON + days * DAY)

    assert await heard(store, CATCH_ALL_BODY, Event.OVERDUE, Event.RAISED) == ["overdue"]


@on_sqlite
async def test_what_a_body_had_that_left_is_raised_at_once(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """Nobody reads what is written for a body that is not configured any more: who watches hears of its ideas."""
    await admit(register, "1")
    bodies = {name: body for name, body in catalogue.bodies.items() if name != CHEMNITZ}
    without = Register(store, replace(catalogue, bodies=bodies), SECRET)
    numbers = [await without.work.remind(NOON + n * MINUTE) for n in range(2)]

    assert numbers == [1, 0]
    assert await reminders(store) == [[], ["raised"]]


@on_sqlite
async def test_what_a_body_had_before_days_were_counted_has_its_days_from_then_on(
    register: Register, store: Store
) -> None:
    """Ideas from before the upgrade are no burden of a single day, and are reminded of as all others."""
    await admit(register, "1")
    async with store.writing() as session:
        await session.execute(update(AssignmentRow).values(due_at=None))
    upgrade = NOON + 400 * DAY
    seen = []
    for now in (upgrade, upgrade + MINUTE, upgrade + EXPECTED - MINUTE, upgrade + EXPECTED):
        while await register.work.remind(now):
            pass
        seen.append(await reminders(store))

    assert seen == [[[], []], [[], []], [[], []], [["overdue"], []]]


@on_sqlite
@pytest.mark.parametrize("change", [{"locked_at": NOON}, {"merged_into_id": 2}, {"stage": "umgesetzt"}])
async def test_nobody_is_reminded_of_what_needs_nobody(
    register: Register, store: Store, change: dict[str, datetime | int | str]
) -> None:
    """Of an idea whose words are locked, that lives on in another, or whose way is over, nothing is late."""
    await admit(register, "1")
    await admit(register, "2", understanding=understood(districts=("14524",)))
    async with store.writing() as session:
        await session.execute(update(IdeaRow).where(IdeaRow.id == 1).values(**change))
    await register.work.remind(LATE)

    assert await heard(store, CHEMNITZ, Event.OVERDUE) == []


async def test_two_that_remind_at_once_remind_once(
    register: Register, store: Store, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once either finds nothing left, all is entered and committed, so that its digests hold the reminders too."""
    monkeypatch.setattr(reminding, "_AT_ONCE", 1)
    for number in range(3):
        await admit(register, str(number))
    other = Register(store, catalogue, SECRET)

    async def reminds(of: Register) -> list[str]:
        while await of.work.remind(LATE):
            pass
        return await heard(store, CHEMNITZ, Event.OVERDUE, Event.RAISED)

    one, two = await asyncio.gather(reminds(register), reminds(other))

    assert one == two == ["overdue"] * 3
