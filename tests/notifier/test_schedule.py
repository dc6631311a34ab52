from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from services.ideas.bodies import Cadence, DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreUnavailable
from services.ideas.ledger import Event
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier import schedule
from services.notifier.schedule import Schedule, write_due_digests
from tests.conftest import SECRET, on_sqlite
from tests.ideas.told import told
from tests.notifier.samples import Clock
from tests.submissions import CATCH_ALL_BODY, CHEMNITZ, CLARA, submit

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def berlin(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """Two of the bodies as they are shipped: their digests are due on weekdays at seven."""
    return replace(catalogue, bodies={body: catalogue.bodies[body] for body in (CATCH_ALL_BODY, CHEMNITZ)})


@pytest.fixture
def clock() -> Clock:
    return Clock(berlin(MONDAY, 6))


async def digests(store: Store) -> dict[str, list[str]]:
    """What was told to Chemnitz in each period."""
    return {period: [idea for idea, _ in ideas] for period, ideas in (await told(store, CHEMNITZ)).items()}


@on_sqlite
async def test_a_body_is_told_of_each_idea_once(register: Register, store: Store, clock: Clock) -> None:
    """Each day's digest lists what is new since the last one, and a day without ideas has none."""
    first = await submit(register, at=clock.now)
    clock.passes(hours=2)
    await write_due_digests(register, clock.now)
    second, third = await submit(register, at=clock.now), await submit(register, sender=CLARA, at=clock.now)
    for _ in range(2):
        clock.passes(days=1)
        await write_due_digests(register, clock.now)

    assert await digests(store) == {"2026-11-23": [first], "2026-11-24": [second, third]}


@on_sqlite
async def test_three_days_off_give_one_digest(register: Register, store: Store, clock: Clock) -> None:
    """What came while nothing ran is told in one digest and not in one for each day."""
    clock.passes(hours=2)
    await write_due_digests(register, clock.now)
    references = []
    for _ in range(3):
        references.append(await submit(register, at=clock.now))
        clock.passes(days=1)
    await write_due_digests(register, clock.now)

    assert await digests(store) == {"2026-11-26": references}


@on_sqlite
async def test_asking_all_night_writes_one_digest(register: Register, store: Store, clock: Clock) -> None:
    """However often the night of a clock change is asked, a body gets one digest of a day."""
    clock.now = berlin(date(2027, 10, 31), 0)
    reference = await submit(register, at=clock.now)
    while clock.now < berlin(date(2027, 11, 1), 8):
        await write_due_digests(register, clock.now)
        clock.passes(minutes=30)

    assert await digests(store) == {"2027-11-01": [reference]}


@on_sqlite
@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=1), timedelta(days=-1)])
async def test_a_clock_that_jumps_repeats_nothing(
    register: Register, store: Store, clock: Clock, jump: timedelta
) -> None:
    """A clock that goes wrong and is set right again neither tells an idea twice nor forgets one."""
    clock.now = berlin(date(2026, 11, 24), 7, 30)
    references = []
    for step in (jump, -jump, timedelta(days=1), timedelta(days=1)):
        references.append(await submit(register, at=clock.now))
        await write_due_digests(register, clock.now)
        clock.now += step
    await write_due_digests(register, clock.now)

    assert sorted(idea for ideas in (await digests(store)).values() for idea in ideas) == sorted(references)


async def test_two_schedulers_write_each_digest_once(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    """Two schedulers that tick at the same time write one digest of a body between them."""
    one, other = Register(store, catalogue, SECRET), Register(store, catalogue, SECRET)
    reference = await submit(one, at=clock.now)
    clock.passes(hours=2)

    written = await asyncio.gather(write_due_digests(one, clock.now), write_due_digests(other, clock.now))

    assert sum(written) == len(catalogue.bodies)
    assert await digests(store) == {"2026-11-23": [reference]}


@on_sqlite
@pytest.mark.parametrize(
    ("error", "said"),
    [(StoreUnavailable("away"), "digest.later"), (ZeroDivisionError(), "digest.defect")],
)
async def test_what_goes_wrong_with_one_body_keeps_no_other_from_its_digest(
    store: Store, catalogue: Catalogue, clock: Clock, error: Exception, said: str
) -> None:
    """A store that fails, or a defect, at the first body: the second has its digest, and the first is tried again."""

    class Failing(Register):
        async def write_digest(self, body_id: str, period: Period, now: datetime) -> int | None:
            """Fail for one body."""
            if body_id == CATCH_ALL_BODY:
                raise error
            return await super().write_digest(body_id, period, now)

    reference = await submit(Register(store, catalogue, SECRET), at=clock.now)
    clock.passes(hours=2)
    with capture_logs() as logs:
        assert await write_due_digests(Failing(store, catalogue, SECRET), clock.now) == 1

    assert [(line["event"], line["body"]) for line in logs if line["log_level"] != "info"] == [(said, CATCH_ALL_BODY)]
    assert await digests(store) == {"2026-11-23": [reference]}
    assert await write_due_digests(Register(store, catalogue, SECRET), clock.now) == 1


@on_sqlite
async def test_a_body_that_comes_back_is_told_what_it_missed(
    store: Store, register: Register, catalogue: Catalogue, clock: Clock
) -> None:
    """What a body was to hear when it left the configuration waits for it."""
    reference = await submit(register, at=clock.now)
    clock.passes(hours=2)
    bodies = {CATCH_ALL_BODY: catalogue.bodies[CATCH_ALL_BODY]}
    await write_due_digests(Register(store, replace(catalogue, bodies=bodies), SECRET), clock.now)
    clock.passes(days=7)
    await write_due_digests(register, clock.now)

    assert await digests(store) == {"2026-11-30": [reference]}


@on_sqlite
async def test_a_body_that_changes_its_days_is_told_everything_once(
    store: Store, register: Register, catalogue: Catalogue, clock: Clock
) -> None:
    """A day that was told is not told again under another plan, and what came since waits for the next of that."""
    first = await submit(register, at=clock.now)
    weekly = replace(catalogue.bodies[CHEMNITZ], digest=DigestPlan(Cadence.WEEKLY, 7, channels=frozenset({"email"})))
    on_mondays = Register(store, replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: weekly}), SECRET)
    clock.passes(hours=2)
    await write_due_digests(on_mondays, clock.now)
    second = await submit(register, at=clock.now)
    for _ in range(2):
        clock.passes(hours=12)
        await write_due_digests(register, clock.now)

    assert await digests(store) == {"2026-11-23": [first], "2026-11-24": [second]}


async def test_the_schedule_writes_what_is_due_when_it_starts(register: Register, store: Store, clock: Clock) -> None:
    """The first look is at the start and not a minute later; what has become late by then is in the digest."""
    reference = await submit(register, at=clock.now)
    clock.passes(days=28, hours=2)
    register.notifications_waiting.clear()

    async with asyncio.timeout(5), Schedule(register, clock):
        while not await register.digests_written(CHEMNITZ, ["2026-12-21"]):
            await register.notifications_waiting.wait()
            register.notifications_waiting.clear()

    assert (await told(store, CHEMNITZ))["2026-12-21"] == [(reference, Event.NEW), (reference, Event.OVERDUE)]


@on_sqlite
async def test_reminders_that_fail_keep_nobody_from_a_digest(
    register: Register, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digests are written, and the nightly work is done, whatever becomes of the rest."""
    reference = await submit(register, at=clock.now)
    clock.passes(hours=2)
    kept = asyncio.Event()

    async def fails(_now: datetime) -> int:
        raise ZeroDivisionError

    async def keeps(_register: Register, _now: datetime) -> None:
        kept.set()

    monkeypatch.setattr(register.work, "remind", fails)
    monkeypatch.setattr(schedule, "keep_house", keeps)
    with capture_logs() as logs:
        async with asyncio.timeout(5), Schedule(register, clock):
            await kept.wait()

    assert [line["work"] for line in logs if line["event"] == "schedule.defect"] == ["reminders"]
    assert await digests(store) == {"2026-11-23": [reference]}


async def test_a_tick_is_finished_before_the_schedule_ends(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    """Leaving waits for the digests that are being written: a transaction that is cut off would hang the process."""
    begun = asyncio.Event()

    class Told(Register):
        async def write_digest(self, body_id: str, period: Period, now: datetime) -> int | None:
            """Say that a digest is being written."""
            begun.set()
            return await super().write_digest(body_id, period, now)

    clock.passes(hours=2)
    register = Told(store, catalogue, SECRET)
    async with asyncio.timeout(10), Schedule(register, clock):
        await begun.wait()

    for body in catalogue.bodies.values():
        assert await register.digests_written(body.id, ["2026-11-23"])
