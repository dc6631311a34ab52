"""The calendar's periods: which digest of a body is due. However often and late this is asked, a period is one."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.ideas.bodies import Cadence, DigestPlan


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a body's digests: its key, and the moment at which it ended.

    `sitting` is the day for which the digest is a folder.
    """

    key: str
    until: datetime
    sitting: date | None = None


def latest_period(plan: DigestPlan, region: ZoneInfo, now: datetime) -> Period | None:
    """The latest period that has ended by `now`; None where none has yet (before a first listed sitting).

    What fell due while nobody asked is not made up for singly: the latest digest holds it all.
    """
    zone = plan.zone or region
    if plan.every is Cadence.IMMEDIATELY:
        minute = now.astimezone(UTC).replace(second=0, microsecond=0)
        return Period(f"{minute:%Y-%m-%dT%H:%MZ}", minute)
    today = now.astimezone(zone).date()
    if plan.every is Cadence.SITTING:
        due = [(sitting, _moment(plan, sitting - timedelta(days=plan.days_before), zone)) for sitting in plan.sittings]
        ended = [(moment, sitting) for sitting, moment in due if moment <= now]
        return Period(f"sitting {max(ended)[1]}", *max(ended)) if ended else None
    # A month and a day, so that a monthly one is among them whatever day today is.
    days = (today - timedelta(days=back) for back in range(33))
    moments = ((day, _moment(plan, day, zone)) for day in days if _is_due_on(plan, day))
    return next((Period(day.isoformat(), moment) for day, moment in moments if moment <= now), None)


def next_due(plan: DigestPlan, region: ZoneInfo, now: datetime) -> datetime | None:
    """When the next period ends, for people to read; None after the last listed sitting."""
    zone = plan.zone or region
    if plan.every is Cadence.IMMEDIATELY:
        return now
    if plan.every is Cadence.SITTING:
        days = [sitting - timedelta(days=plan.days_before) for sitting in plan.sittings]
    else:
        today = now.astimezone(zone).date()
        days = [day for ahead in range(33) if _is_due_on(plan, day := today + timedelta(days=ahead))]
    return min((moment for day in days if (moment := _moment(plan, day, zone)) > now), default=None)


def _moment(plan: DigestPlan, day: date, zone: ZoneInfo) -> datetime:
    # The first of two like hours in autumn; one that does not exist in spring is the one after it.
    return datetime.combine(day, time(plan.hour), tzinfo=zone).astimezone(UTC)


def _is_due_on(plan: DigestPlan, day: date) -> bool:
    match plan.every:
        case Cadence.WEEKDAYS:
            return day.isoweekday() <= 5
        case Cadence.WEEKLY:
            return day.isoweekday() == plan.weekday
        case Cadence.MONTHLY:
            return day.day == min(plan.day, monthrange(day.year, day.month)[1])
        case _:
            return True
