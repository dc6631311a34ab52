from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ideas.bodies import Cadence, DigestPlan
from services.ideas.periods import Period, latest_period, next_due

BERLIN, HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
MINUTE, MOMENT = timedelta(minutes=1), timedelta(microseconds=1)
CALENDAR = (Cadence.DAILY, Cadence.WEEKDAYS, Cadence.WEEKLY, Cadence.MONTHLY)
SITTINGS = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 18))

PLANS = st.builds(
    DigestPlan,
    every=st.sampled_from(Cadence),
    hour=st.integers(0, 23),
    zone=st.sampled_from([None, HOWE, ZoneInfo("America/New_York"), ZoneInfo("Africa/Cairo")]),
    weekday=st.integers(1, 7),
    day=st.integers(1, 31),
    sittings=st.just(SITTINGS),
    days_before=st.integers(0, 90),
)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds it


def days(first: date = FIRST, last: date = LAST) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def at(day: date, hour: int, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


@cache
def clock_changes(zone: ZoneInfo) -> tuple[date, ...]:
    """The days from 2026 to 2030 on which the clocks of a zone are changed."""
    return tuple(
        day for day in days() if at(day, 0, 0, zone) + timedelta(hours=24) != at(day + timedelta(1), 0, 0, zone)
    )


def is_due_on(plan: DigestPlan, day: date) -> bool:
    match plan.every:
        case Cadence.WEEKDAYS:
            return day.weekday() < 5
        case Cadence.WEEKLY:
            return day.weekday() == plan.weekday - 1
        case Cadence.MONTHLY:
            return day.day == plan.day or (plan.day > day.day == monthrange(day.year, day.month)[1])
    return True


@cache
def minutes(zone: ZoneInfo, night: date) -> tuple[tuple[datetime, date, int], ...]:
    """Each minute of a night, with the day and the hour that a clock on the wall shows."""
    start, end = at(night - timedelta(days=1), 22, 0, zone), at(night, 4, 0, zone)
    asked = [start + number * MINUTE for number in range((end - start) // MINUTE)]
    return tuple((now, (wall := now.astimezone(zone)).date(), wall.hour) for now in asked)


def periods(plan: DigestPlan, zone: ZoneInfo, night: date) -> list[tuple[datetime, Period | None]]:
    """Each minute of a night at which another period is the latest, and at the beginning."""
    asked = [(now, latest_period(plan, zone, now)) for now, _, _ in minutes(zone, night)]
    return asked[:1] + [later for earlier, later in pairwise(asked) if later[1] != earlier[1]]


def by_the_wall(plan: DigestPlan, zone: ZoneInfo, night: date) -> list[tuple[datetime, str]]:
    """The same by the clock on the wall: a due day has begun once it has shown the hour or a later one on that day."""
    begun: dict[date, datetime] = {}
    for now, day, hour in minutes(zone, night):
        if hour >= plan.hour and is_due_on(plan, day):
            begun.setdefault(day, now)
    (first, yesterday, _), *_ = minutes(zone, night)
    if yesterday not in begun or begun[yesterday] > first:
        before = (yesterday - timedelta(days=back) for back in range(1, 40))
        begun[next(day for day in before if is_due_on(plan, day))] = first
    return [(now, day.isoformat()) for day, now in sorted(begun.items())]


def test_clocks_are_changed_twice_a_year() -> None:
    """The nights that are looked at are the real ones, in Germany and on Lord Howe Island, by half an hour."""
    assert [str(day) for day in clock_changes(BERLIN)[:4]] == ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"]
    assert len(clock_changes(BERLIN)) == len(clock_changes(HOWE)) == 10


@pytest.mark.parametrize("zone", [BERLIN, HOWE], ids=str)
@pytest.mark.parametrize("hour", range(24))
def test_a_night_of_the_clock_change_has_one_period(zone: ZoneInfo, hour: int) -> None:
    """Minute by minute a day's period begins once, when the clock on the wall first shows its hour or a later one."""
    plan = DigestPlan(Cadence.DAILY, hour)
    for night in clock_changes(zone):
        found = periods(plan, zone, night)

        assert [(now, period.key) for now, period in found if period] == by_the_wall(plan, zone, night)
        assert all(period and period.until == now for now, period in found[1:])


@pytest.mark.parametrize("every", CALENDAR)
@pytest.mark.parametrize("zone", [BERLIN, HOWE], ids=str)
def test_each_cadence_has_one_period_in_a_night_of_the_clock_change(zone: ZoneInfo, every: Cadence) -> None:
    """Also where the hour is the one that exists twice or never, and the day is that of the change."""
    for night in clock_changes(zone):
        plan = DigestPlan(every, 2, weekday=7, day=night.day)
        found = periods(plan, zone, night)

        assert [(now, period.key) for now, period in found if period] == by_the_wall(plan, zone, night)


@pytest.mark.parametrize("every", CALENDAR)
@pytest.mark.parametrize("zone", [BERLIN, HOWE], ids=str)
@pytest.mark.parametrize("hour", [0, 2, 3, 23])
def test_each_day_week_and_month_has_its_period(zone: ZoneInfo, every: Cadence, hour: int) -> None:
    """Gone through from one to the one before, none of five years is skipped, and none begins twice."""
    plan = DigestPlan(every, hour, weekday=7, day=31)
    found, now = [], at(LAST, 23, 0, zone)
    while (period := latest_period(plan, zone, now)) and period.until >= at(FIRST, hour, 0, zone):
        found.append(period.key)
        now = period.until - MOMENT

    assert found[::-1] == [day.isoformat() for day in days() if is_due_on(plan, day)]


def test_a_body_may_have_a_time_zone_of_its_own() -> None:
    """Its hour is that of its own clocks, not the region's."""
    plan = DigestPlan(Cadence.DAILY, 7, HOWE)

    assert latest_period(plan, BERLIN, at(date(2026, 11, 23), 0)) == Period(
        "2026-11-23", at(date(2026, 11, 23), 7, 0, HOWE)
    )


@pytest.mark.parametrize(
    ("now", "period"),
    [
        (at(date(2026, 11, 20), 6, 59), "2026-11-19"),
        (at(date(2026, 11, 20), 7), "2026-11-20"),
        (at(date(2026, 11, 22), 23), "2026-11-20"),
        (at(date(2026, 11, 23), 6, 59), "2026-11-20"),
        (at(date(2026, 11, 23), 7), "2026-11-23"),
    ],
)
def test_a_weekend_belongs_to_friday(now: datetime, period: str) -> None:
    """With a digest on weekdays, Friday's is the latest until Monday at seven."""
    found = latest_period(DigestPlan(), BERLIN, now)
    assert found is not None
    assert found.key == period


def test_a_month_without_a_thirty_first_has_its_last_day() -> None:
    """A digest of the 31st leaves on the 28th of February, and on the 29th in a leap year."""
    plan = DigestPlan(Cadence.MONTHLY, 7, day=31)
    found = [latest_period(plan, BERLIN, at(date(year, 3, 1), 0)) for year in (2026, 2028)]

    assert [period.key for period in found if period] == ["2026-02-28", "2028-02-29"]


def test_what_is_told_at_once_has_a_period_each_minute() -> None:
    """It ends with the minute before, so that what happened in it is told within two minutes."""
    plan, noon = DigestPlan(Cadence.IMMEDIATELY), datetime(2026, 11, 23, 12, tzinfo=UTC)
    found = [latest_period(plan, BERLIN, noon + timedelta(seconds=seconds)) for seconds in (0, 59.9, 60)]

    assert found == [Period("2026-11-23T12:00Z", noon)] * 2 + [Period("2026-11-23T12:01Z", noon + MINUTE)]


def test_a_folder_is_due_some_days_before_each_sitting() -> None:
    """Once for each that is listed, by its day; before the first one there is nothing."""
    plan = DigestPlan(Cadence.SITTING, 7, sittings=SITTINGS[::-1], days_before=14)
    due = [at(sitting - timedelta(days=14), 7) for sitting in SITTINGS]

    assert latest_period(plan, BERLIN, due[0] - MOMENT) is None
    for sitting, begins, ends in zip(SITTINGS, due, [*due[1:], at(LAST, 0)], strict=True):
        folder = Period(f"sitting {sitting}", begins, sitting)
        assert latest_period(plan, BERLIN, begins) == latest_period(plan, BERLIN, ends - MOMENT) == folder


def test_a_folder_that_leaves_at_another_time_is_still_the_one_of_its_sitting() -> None:
    """Where days_before or the hour are changed afterwards, it does not leave again."""
    plan = DigestPlan(Cadence.SITTING, 7, sittings=SITTINGS)
    found = [latest_period(changed, BERLIN, at(SITTINGS[1], 12)) for changed in (plan, replace(plan, days_before=3))]

    assert {period.key for period in found if period} == {"sitting 2026-10-25"}


@given(PLANS, TIMES)
def test_a_period_lasts_until_the_next(plan: DigestPlan, now: datetime) -> None:
    """Whenever from its end until now somebody asks, the answer is the same; a moment earlier it is another one."""
    period = latest_period(plan, BERLIN, now)
    if period is None:
        assert plan.every is Cadence.SITTING
        return

    assert period.until <= now
    assert latest_period(plan, BERLIN, period.until) == period
    assert latest_period(plan, BERLIN, period.until + (now - period.until) / 2) == period
    assert latest_period(plan, BERLIN, period.until - MOMENT) != period


@given(PLANS, TIMES)
def test_the_next_digest_is_due_when_the_next_period_ends(plan: DigestPlan, now: datetime) -> None:
    """What people read of it is what happens; nothing is due in between."""
    due = next_due(plan, BERLIN, now)
    if plan.every is Cadence.IMMEDIATELY or due is None:
        assert due in (now, None)
        return
    period = latest_period(plan, BERLIN, due)

    assert period is not None
    assert period.until == due > now
    assert latest_period(plan, BERLIN, due - MOMENT) == latest_period(plan, BERLIN, now)


@given(PLANS, TIMES, st.lists(st.sampled_from([2, -2, 24, -24, 0.5, 6]), min_size=2, max_size=12))
def test_a_clock_that_jumps_finds_the_same_periods_again(plan: DigestPlan, now: datetime, jumps: list[float]) -> None:
    """A key is one moment however often the clock goes past it, and later moments have later keys."""
    asked = [now := now + timedelta(hours=hours) for hours in jumps]
    found = {period for each in asked if (period := latest_period(plan, BERLIN, each))}

    in_order = sorted(found, key=lambda period: period.until)
    assert len({period.key for period in found}) == len(found)
    assert all(one.until < other.until and one.key < other.key for one, other in pairwise(in_order))
