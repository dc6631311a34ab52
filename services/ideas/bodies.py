"""The responsible bodies, and when and how each of them is told of ideas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo


class Cadence(StrEnum):
    """How often a body gets its digest; SITTING: some days before each of its listed sittings."""

    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    SITTING = "sitting"


class Urgency(IntEnum):
    """How soon something should be heard of: what is good to know, what is to be done, what is late."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When a body gets its digest, and of what.

    `hour` is in `zone` (None: the region's own). `weekday` (1 is Monday) is for WEEKLY, `day` of the month for MONTHLY,
    `sittings` and `days_before` for SITTING. A digest leaves where something in it is at least as urgent as `at_least`;
    the rest waits with it, and so does what the body did itself. `empty`: it also leaves where there is nothing to say.
    """

    every: Cadence = Cadence.WEEKDAYS
    hour: int = 7
    zone: ZoneInfo | None = None
    weekday: int = 1
    day: int = 1
    sittings: tuple[date, ...] = ()
    days_before: int = 14
    at_least: Urgency = Urgency.LOW
    empty: bool = False
    # The channels that it takes (services.ideas.channels).
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """A Telegram group of a body's people: its chat id, and whether it is told at once what just happened."""

    chat_id: int
    alerts: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A responsible body with the role mailboxes that its digest goes to, and the group where it has one.

    `called` are the names by which staff may call it beside its id and its name.
    """

    id: str
    name: str
    email: tuple[str, ...]
    digest: DigestPlan
    telegram: StaffGroup | None = None
    called: tuple[str, ...] = ()
