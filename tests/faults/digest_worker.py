"""One notifier of a digest simulation: it reminds, writes digests and sends them, until it is killed.

    python -m tests.faults.digest_worker FOLDER URL LEASE DEATHS

The time is that of the clock in FOLDER; LEASE is in seconds. At each of some points of its way it kills itself, with
the probability DEATHS.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import structlog

from services.ideas import ledger
from services.ideas.channels import EMAIL
from services.ideas.model import Notification
from services.ideas.outbox import Outbox
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.content import Values
from services.notifier.delivery import Sender
from services.notifier.outcome import Outcome, Sent
from services.notifier.pace import Pace
from services.notifier.schedule import write_what_is_due
from services.notifier.settlement import Patience
from tests.faults.digest_world import SECRET, World, catalogue

P = ParamSpec("P")
R = TypeVar("R")
_PAUSE_SECONDS = (0.005, 0.03)
_TICKS_AGAIN = 0.1


class Fate:
    """Kills this process at one of the points that it comes to, sooner or later."""

    def __init__(self, world: World, deaths: float) -> None:
        self._world = world
        self._deaths = deaths

    def point(self, name: str) -> None:
        """Die here, perhaps."""
        if random.random() < self._deaths:  # noqa: S311 - no secret
            self._world.die_at(name)
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, call: Callable[P, Awaitable[R]], name: str) -> Callable[P, Awaitable[R]]:
        """The same with a point behind it."""

        async def wrapped(*arguments: P.args, **named: P.kwargs) -> R:
            result = await call(*arguments, **named)
            self.point(name)
            return result

        return wrapped


class Doomed(Register):
    """A register of a process that may die before or after each digest."""

    fate: Fate

    async def write_digest(self, body_id: str, period: Period, now: datetime) -> int | None:
        """Write it, if it comes to that."""
        self.fate.point("before-digest")
        number = await super().write_digest(body_id, period, now)
        self.fate.point("after-digest")
        return number


class Wire:
    """The sending end of a mail channel: a line for each message."""

    name = EMAIL
    patience = Patience(first_pause=timedelta(seconds=1), give_up_after=timedelta(days=5))
    pace = Pace()

    def __init__(self, world: World, fate: Fate) -> None:
        self._world = world
        self._fate = fate

    async def deliver(self, notification: Notification, values: Values) -> Outcome:
        """Send it, and perhaps die before that is written down."""
        assert values["body"]
        self._fate.point("before-send")
        self._world.send(notification.key)
        self._fate.point("after-send")
        return Sent()


async def live(world: World, deaths: float) -> None:
    """Do what a notifier does, by the simulation's clock, until it is killed."""
    fate = Fate(world, deaths)
    setattr(Outbox, "owe", fate.after(Outbox.owe, "during-digest"))  # noqa: B010 - mypy would see a type change
    setattr(ledger, "enter", fate.after(ledger.enter, "during-reminders"))  # noqa: B010 - as above
    async with Store(world.url) as store:
        register = Doomed(store, catalogue(world.lease_seconds), SECRET)
        register.fate = fate
        sender = Sender(register, Wire(world, fate), asyncio.Event())
        if store.is_sqlite:
            await register.take_over_notifications(datetime.now().astimezone(), EMAIL)
        ticked_at = None
        while True:
            now = world.now
            # Each time that the clock has gone on, and now and then again, as after a tick that failed.
            if now != ticked_at or random.random() < _TICKS_AGAIN:  # noqa: S311 - no secret
                await write_what_is_due(register, now)
                ticked_at = now
            await sender.send_due()
            await asyncio.sleep(random.uniform(*_PAUSE_SECONDS))  # noqa: S311 - no secret


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(live(World(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])), float(sys.argv[4])))
