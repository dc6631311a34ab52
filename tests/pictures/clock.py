"""The time in a play: it stands still until the play moves it, so that a picture shows the same on every day."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Self
from unittest.mock import patch

if TYPE_CHECKING:
    from tests.fakes.bot_api import BotApiServer

# Whoever says in the running program when something happened.
_TIMEKEEPERS = (
    "services.intake.email.receive.handler",
    "services.intake.telegram.receive",
    "services.intake.telegram.files",
    "services.intake.reader",
    "services.notifier.delivery",
    "services.notifier.persons",
)


class Clock:
    """`with Clock(start, telegram) as clock:` while a program runs: it and its Bot API server read this clock."""

    def __init__(self, start: datetime, telegram: BotApiServer) -> None:
        self.now = start
        self._telegram = telegram
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        reading = _reading(self)
        for module in _TIMEKEEPERS:
            self._patches.enter_context(patch(f"{module}.datetime", reading))
        self._telegram.read_time(self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    def go_on(self, duration: timedelta) -> None:
        """Let some time pass."""
        self.now += duration

    def _seconds(self) -> float:
        return self.now.timestamp()


def _reading(clock: Clock) -> type[datetime]:
    class Reading(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz or UTC)

    return Reading
