"""When digests and the nightly work are due: APScheduler only ticks, calendar and store say what is to be done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from services.ideas.bodies import Body
from services.ideas.errors import StoreError
from services.ideas.periods import latest_period
from services.ideas.register import Register
from services.ideas.waiting import wait_for
from services.notifier.housekeeping import keep_house

_TICK_SECONDS = 60
_TICK_ENDS_WITHIN_SECONDS = 2.0

log = structlog.get_logger(__name__)


async def write_what_is_due(register: Register, now: datetime) -> int:
    """Write reminders, and then the digests of the periods that have ended; returns how many digests this call wrote.

    In this order, and of the same moment, so that a digest tells what has become late within its period.
    """
    await _do("reminders", _remind, register, now)
    return await write_due_digests(register, now)


async def write_due_digests(register: Register, now: datetime) -> int:
    """Write every digest that is due and not written yet; returns how many this call wrote.

    What goes wrong with one body's keeps no other body from its own, and is tried again at the next call.
    """
    return sum([await _write_if_due(register, body, now) for body in register.catalogue.bodies.values()])


async def _write_if_due(register: Register, body: Body, now: datetime) -> bool:
    try:
        period = latest_period(body.digest, register.catalogue.settings.region.zone, now)
        if period is None or await register.digests_written(body.id, [period.key]):
            return False
        number = await register.write_digest(body.id, period, now)
    except StoreError as error:
        log.warning("digest.later", body=body.id, reason=str(error))
        return False
    except Exception:
        log.exception("digest.defect", body=body.id)
        return False
    if number:
        log.info("digest.written", body=body.id, period=period.key, ideas=number)
    return number is not None


class Schedule:
    """The ticking, as an asynchronous context manager: once at the start, and then every minute."""

    def __init__(self, register: Register, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._register = register
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._idle = asyncio.Event()
        self._idle.set()

    async def __aenter__(self) -> Self:
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=_TICK_SECONDS,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        self._scheduler.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # APScheduler cancels a running job at its shutdown, whatever it is told, and aiosqlite does not survive that
        # inside a transaction: the process would hang at its end.
        self._scheduler.pause()
        await wait_for(self._idle, _TICK_ENDS_WITHIN_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        self._idle.clear()
        try:
            await write_what_is_due(self._register, self._now())
            await _do("housekeeping", keep_house, self._register, self._now())
        finally:
            self._idle.set()


async def _remind(register: Register, now: datetime) -> None:
    while await register.work.remind(now):
        pass


async def _do(
    name: str, work: Callable[[Register, datetime], Awaitable[object]], register: Register, now: datetime
) -> None:
    """One kind of work; what goes wrong with it keeps no other from being done, and is tried again at the next tick."""
    try:
        await work(register, now)
    except StoreError as error:
        log.warning("schedule.later", work=name, reason=str(error))
    except Exception:
        log.exception("schedule.defect", work=name)
