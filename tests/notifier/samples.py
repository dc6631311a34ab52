"""What the tests of this room share: the values of messages, a clock that is set by hand, and scripted channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.ideas.model import Notification
from services.notifier.content import Values
from services.notifier.outcome import Outcome, Sent
from tests.conftest import NOON

LINK = "https://ideen.example.org/idee/k7Qm2Zr8vX1"
ABOUT: dict[str, Any] = {
    "region": "Südwestsachsen",
    "email": "ideen@example.org",
    "reference": "SWS-2026-0042-7",
    "topics": ["Mobilität und Verkehr"],
    "places": ["Crimmitschau"],
    "candidates": ["Auerbach (Vogtlandkreis)"],
    "bodies": ["Landratsamt Zwickau"],
    "link": LINK,
}
UPDATE: dict[str, Any] = {
    **ABOUT,
    "stage": "in Prüfung",
    "explanation": "Fachleute prüfen Ihre Idee.",
    "note": "Für später vorgemerkt.",
}
CONFIRMATION: dict[str, Any] = {**ABOUT, "abstained": False}


@dataclass
class Clock:
    """A clock that goes on only when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def passes(self, **duration: float) -> None:
        """Let some time pass, in the words of timedelta."""
        self.now += timedelta(**duration)


@dataclass
class Channel:
    """A deliverer that notes what it was given; `answer` says what becomes of each."""

    name: str = "telegram"
    answer: Callable[[Notification], Outcome] = lambda _: Sent()
    given: list[Notification] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Note the notification and answer as scripted."""
        assert values["region"]
        self.given.append(notification)
        self.arrived.set()
        return self.answer(notification)

    @property
    def keys(self) -> list[str]:
        """The keys of what was given, in order."""
        return [notification.key for notification in self.given]
