from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.routing import DigestPlan
from services.ideas.store import Store
from services.notifier.schedule import Schedule, due_period, write_due_digests
from tests.conftest import NOON, SECRET
from tests.notifier.samples import Channel, Clock
from tests.submissions import CHEMNITZ, CLARA, submit

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = DigestPlan((1, 2, 3, 4, 5, 6, 7), 3)
WEEKDAYS = DigestPlan((1, 2, 3, 4, 5), 7)
MONDAYS = DigestPlan((1,), 7)
CLOCK_CHANGES = [
    (date(2026, 3, 29), date(2026, 10, 25)),
    (date(2027, 3, 28), date(2027, 10, 31)),
    (date(2028, 3, 26), date(2028, 10, 29)),
    (date(2029, 3, 25), date(2029, 10, 28)),
    (date(2030, 3, 31), date(2030, 10, 27)),
]


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(minutes=1)


def berlin(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize("sunday", [day for year in CLOCK_CHANGES for day in year], ids=str)
def test_a_night_of_the_clock_change_has_one_period(sunday: date) -> None:
    """From Saturday noon to Monday noon, minute by minute, each day's period begins once, at three o'clock."""
    saturday, monday = sunday - timedelta(days=1), sunday + timedelta(days=1)
    asked = minutes(berlin(saturday, 12), berlin(monday, 12))

    periods = [(period, next(times)) for period, times in groupby(asked, lambda now: due_period(DAILY, BERLIN, now))]

    assert periods == [
        (str(saturday), berlin(saturday, 12)),
        (str(sunday), berlin(sunday, 3)),
        (str(monday), berlin(monday, 3)),
    ]


@pytest.mark.parametrize(
    ("now", "period"),
    [
        (berlin(date(2026, 11, 20), 6, 59), "2026-11-19"),
        (berlin(date(2026, 11, 20), 7), "2026-11-20"),
        (berlin(date(2026, 11, 21), 12), "2026-11-20"),
        (berlin(date(2026, 11, 22), 23), "2026-11-20"),
        (berlin(date(2026, 11, 23), 6, 59), "2026-11-20"),
        (berlin(date(2026, 11, 23), 7), "2026-11-23"),
    ],
)
def test_a_weekend_belongs_to_friday(now: datetime, period: str) -> None:
    """With a digest on weekdays, Friday's is the latest until Monday at seven."""
    assert due_period(WEEKDAYS, BERLIN, now) == period


def test_a_weekly_digest_is_due_on_its_day() -> None:
    """A body that is written to on Mondays is due on each Monday and on no other day."""
    asked = (berlin(date(2026, 11, 2), 12) + timedelta(days=days) for days in range(21))

    assert list(dict.fromkeys(due_period(MONDAYS, BERLIN, now) for now in asked)) == [
        "2026-11-02",
        "2026-11-09",
        "2026-11-16",
    ]


async def digests(register: Register) -> list[tuple[str, list[str]]]:
    """The mails that are owed to bodies and not claimed yet: the key of each and its ideas."""
    channel = Channel("email")
    claimed = await register.claim_notifications(NOON + timedelta(days=400), timedelta(seconds=1), 1000)
    for notification in claimed:
        if notification.template == "digest":
            await channel.deliver(notification, {"region": "x"})
            await register.sent(notification, NOON)
    ideas = [await register.in_digest(given.parameters["digest"]) for given in channel.given]
    return [(given.key, [idea.reference for idea in told]) for given, told in zip(channel.given, ideas, strict=True)]


async def test_a_body_is_told_of_each_idea_once(register: Register, clock: Clock) -> None:
    """Each day's digest lists what is new since the last one, and a day without ideas has none."""
    first = await submit(register)
    await write_due_digests(register, clock.now)
    clock.passes(days=1)
    second, third = await submit(register), await submit(register, sender=CLARA)
    await write_due_digests(register, clock.now)
    clock.passes(days=1)
    await write_due_digests(register, clock.now)

    assert await digests(register) == [
        (f"digest:{CHEMNITZ}:2026-11-23:0", [first]),
        (f"digest:{CHEMNITZ}:2026-11-24:0", [second, third]),
    ]


async def test_three_days_off_give_one_digest(register: Register, clock: Clock) -> None:
    """What came while nothing ran is told in one digest and not in one for each day."""
    await write_due_digests(register, clock.now)
    clock.passes(days=3)
    references = [await submit(register) for _ in range(3)]

    await write_due_digests(register, clock.now)

    assert await digests(register) == [(f"digest:{CHEMNITZ}:2026-11-26:0", references)]


async def test_asking_all_night_writes_one_digest(register: Register, clock: Clock) -> None:
    """However often the night of a clock change is asked, a body gets one digest of a day."""
    clock.now = berlin(date(2027, 10, 31), 0)
    reference = await submit(register)
    while clock.now < berlin(date(2027, 10, 31), 8):
        await write_due_digests(register, clock.now)
        clock.passes(minutes=30)

    assert await digests(register) == [(f"digest:{CHEMNITZ}:2027-10-29:0", [reference])]


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=1), timedelta(days=-1)])
async def test_a_clock_that_jumps_repeats_nothing(register: Register, clock: Clock, jump: timedelta) -> None:
    """A clock that goes wrong and is set right again neither tells an idea twice nor forgets one."""
    clock.now = berlin(date(2026, 11, 24), 7, 30)
    references = []
    for step in (jump, -jump, timedelta(days=1), timedelta(days=1)):
        references.append(await submit(register))
        await write_due_digests(register, clock.now)
        clock.now += step
    await write_due_digests(register, clock.now)

    told = await digests(register)
    assert sorted(reference for _, ideas in told for reference in ideas) == sorted(references)
    assert len({key for key, _ in told}) == len(told)


async def test_two_schedulers_write_each_digest_once(store: Store, catalogue: Catalogue) -> None:
    """Two schedulers that tick at the same time write one digest of a body between them."""
    one, other = Register(store, catalogue, SECRET), Register(store, catalogue, SECRET)
    reference = await submit(one)

    written = await asyncio.gather(write_due_digests(one, NOON), write_due_digests(other, NOON))

    assert sum(written) == len(catalogue.bodies)
    assert await digests(one) == [(f"digest:{CHEMNITZ}:2026-11-23:0", [reference])]


async def test_the_schedule_writes_what_is_due_when_it_starts(register: Register, clock: Clock) -> None:
    """The first look is at the start and not a minute later."""
    await submit(register)
    register.notifications_waiting.clear()

    async with asyncio.timeout(5), Schedule(register, clock):
        while not await register.digests_written(CHEMNITZ, ["2026-11-23"]):
            await register.notifications_waiting.wait()
            register.notifications_waiting.clear()

    assert [key for key, _ in await digests(register)] == [f"digest:{CHEMNITZ}:2026-11-23:0"]


async def test_a_tick_is_finished_before_the_schedule_ends(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    """Leaving waits for the digests that are being written: a transaction that is cut off would hang the process."""
    begun = asyncio.Event()

    class Told(Register):
        async def write_digest(self, body_id: str, period: str, now: datetime) -> int | None:
            """Say that a digest is being written."""
            begun.set()
            return await super().write_digest(body_id, Period(period, now), now)

    register = Told(store, catalogue, SECRET)
    async with asyncio.timeout(10), Schedule(register, clock):
        await begun.wait()

    for body in catalogue.bodies.values():
        assert await register.digests_written(body.id, ["2026-11-23"])
