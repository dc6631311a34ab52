"""Digests under kills: `python -m tests.faults.digest_simulation --processes 5 --periods 1000 --database postgresql`.

So many notifiers, real processes, write and send the digests of one database while ideas come in through the register
and a shared clock goes on day by day, over nights of a clock change, outages of days, and hours that it is set back.
They kill themselves at points between the steps of their work, or are killed at any moment, and are started again.
In the end the database and the wire must agree: each period has one digest, each entry of the ledger is in exactly
one, that of its period, and nothing was sent twice but what a kill has interrupted. On SQLite there is one process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Self

from nlp.understanding import Understanding
from services.ideas.bodies import Cadence
from services.ideas.deeds import Accept, Doer
from services.ideas.errors import DeedRefused
from services.ideas.migrate import migrate
from services.ideas.periods import latest_period
from services.ideas.register import Register
from services.ideas.store import Store
from tests.faults.digest_account import Account, account
from tests.faults.digest_world import BEGIN, DISTRICTS, SECRET, World, catalogue
from tests.fork import Fork
from tests.postgres import PostgresServer
from tests.submissions import CERTAIN, UNCERTAIN, answer, submit

_DEATHS = 0.01
_DONE_WITHIN_SECONDS = 60
_LOOK_SECONDS = 0.01
_PAUSE_SECONDS = 0.2
# When the clock of a day stops, so that what is due at two and at seven is written, and the members hear of it at once.
_STOPS = (timedelta(hours=3, minutes=5), timedelta(hours=7, minutes=5), timedelta(hours=16, minutes=5))


@dataclass
class Notifiers:
    """The processes; whichever ends is started again while they are `on`."""

    world: World
    number: int
    deaths: float
    kills: int = 0
    on: asyncio.Event = field(default_factory=asyncio.Event)
    forks: list[Fork] = field(default_factory=list)
    _keeping: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.on.set()
        self._keeping = [asyncio.create_task(self._keep()) for _ in range(self.number)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._keeping:
            task.cancel()
        ends = await asyncio.gather(*self._keeping, return_exceptions=True)
        for fork in self.forks:
            fork.kill()
            await fork.wait()
        for broken in (end for end in ends if isinstance(end, AssertionError)):
            raise broken

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Nothing runs while the block does."""
        self.on.clear()
        for fork in list(self.forks):
            fork.kill()
        await asyncio.gather(*(fork.wait() for fork in self.forks))
        try:
            yield
        finally:
            self.on.set()

    async def _keep(self) -> None:
        log = os.open(self.world.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        world = (str(self.world.folder), self.world.url, str(self.world.lease_seconds))
        command = ["-m", "tests.faults.digest_worker", *world, str(self.deaths)]
        try:
            while True:
                await self.on.wait()
                fork = await Fork.start(command, dict(os.environ), output=log)
                self.forks.append(fork)
                if not self.on.is_set():
                    fork.kill()
                code = await fork.wait()
                self.forks.remove(fork)
                self.kills += 1
                if code != -9:
                    raise AssertionError(f"a notifier ended with {code}: see {self.world.folder}/log")
        finally:
            os.close(log)


@dataclass
class Simulation:
    """A region over some days.

    `expected` are the bodies and periods that must have been written by the end, `until` is the end of the last one of
    each body. `late` are the ideas that came in after the end of the period in which they had been sent, and `ideas`
    are all, with who got them.
    """

    world: World
    store: Store
    register: Register
    notifiers: Notifiers
    chance: random.Random
    expected: set[tuple[str, str]] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    ideas: list[tuple[str, str]] = field(default_factory=list)
    until: dict[str, datetime] = field(default_factory=dict)
    day: int = 0

    async def live(self, periods: int) -> None:
        """Let days pass until so many periods must have been written; now and then nothing runs for some days."""
        while len(self.expected) < periods:
            if self.chance.random() < 0.01:
                async with self.notifiers.away():
                    for _ in range(self.chance.randint(1, 4)):
                        await self._next_day(is_watched=False)
            await self._next_day(is_watched=True)
        # What is left becomes due, and is written and sent; the members sit twice a year.
        await self._stop(self.world.now + timedelta(days=250))
        await self._all_sent()

    async def _next_day(self, *, is_watched: bool) -> None:
        zone = self.register.catalogue.settings.region.zone
        for stop in _STOPS:
            midnight = datetime.combine(BEGIN + timedelta(days=self.day), datetime.min.time(), tzinfo=zone)
            now = (midnight + stop).astimezone(zone)
            self.world.set(now)
            await self._something_happens(now)
            if is_watched and self.chance.random() < 0.9:
                await self._stop(now)
            if is_watched and self.chance.random() < 0.01:
                self.world.set(now - timedelta(hours=self.chance.choice([2, 24])))
                await asyncio.sleep(self.chance.uniform(0, 0.1))
                self.world.set(now)
            if self.notifiers.forks and self.chance.random() < 0.02:
                await asyncio.sleep(self.chance.uniform(0, 0.05))
                self.chance.choice(self.notifiers.forks).kill()
        self.day += 1

    async def _something_happens(self, now: datetime) -> None:
        """New ideas, additions and decisions, in the minute after the clock's; some ideas are hours late."""
        for second in range(1, 1 + self.chance.randint(0, 2)):
            at = now + timedelta(seconds=second, microseconds=self.chance.randrange(1_000_000))
            chance = self.chance.random()
            if chance < 0.6 or not self.ideas:
                await self._idea(at)
            elif chance < 0.7:
                await self._idea(at - timedelta(hours=self.chance.randint(1, 30)), is_late=True)
            elif chance < 0.85:
                await answer(self.register, self.chance.choice(self.ideas[-40:])[0], "Dazu noch etwas.", at=at)
            else:
                reference, body = self.chance.choice(self.ideas[-200:])
                with suppress(DeedRefused):
                    await self.register.work.act(reference, Accept(), Doer("Ida", body), at)

    async def _idea(self, at: datetime, *, is_late: bool = False) -> None:
        body = self.chance.choice([*DISTRICTS, ""])
        reference = await submit(self.register, understanding=_understanding(body), at=at)
        self.ideas.append((reference, body or self.register.catalogue.catch_all))
        if is_late:
            self.late.add(reference)

    async def _stop(self, now: datetime) -> None:
        """Set the clock, and wait until whatever is due by then is written."""
        self.world.set(now)
        zone = self.register.catalogue.settings.region.zone
        for body in self.register.catalogue.bodies.values():
            period = latest_period(body.digest, zone, now)
            if period is not None:
                self.until[body.id] = period.until
            if body.digest.every is Cadence.IMMEDIATELY or period is None:
                continue
            self.expected.add((body.id, period.key))
            async with asyncio.timeout(_DONE_WITHIN_SECONDS):
                while not await self.register.digests_written(body.id, [period.key]):  # noqa: ASYNC110 - another's event
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _all_sent(self) -> None:
        # What is left after that is a fault, and told as one.
        with suppress(TimeoutError):
            async with asyncio.timeout(_DONE_WITHIN_SECONDS):
                while not (await account(self.store, self.world.sent)).is_complete(self.until):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a simulation of so many `days`."""

    days: int
    account: Account
    faults: tuple[str, ...]
    kills: int
    deaths: dict[str, int]
    seconds: float


async def simulate(world: World, *, processes: int, periods: int, deaths: float = _DEATHS, seed: int = 1) -> Ended:
    """Let a migrated, empty database live through so many periods."""
    begun = perf_counter()
    async with Store(world.url) as store:
        register = Register(store, catalogue(world.lease_seconds), SECRET)
        world.set(datetime.combine(BEGIN, datetime.min.time(), tzinfo=register.catalogue.settings.region.zone))
        async with Notifiers(world, processes, deaths) as notifiers:
            simulation = Simulation(world, store, register, notifiers, random.Random(seed))  # noqa: S311 - no secret
            await simulation.live(periods)
        found = await account(store, world.sent)
    kills = notifiers.kills
    faults = tuple(found.faults(simulation.expected, simulation.late, simulation.until, kills))
    return Ended(simulation.day, found, faults, kills, dict(world.deaths), perf_counter() - begun)


def _understanding(body: str) -> Understanding:
    if not body:
        return UNCERTAIN
    (district,) = CERTAIN.districts
    return replace(CERTAIN, districts=(replace(district, key=DISTRICTS[body]),))


async def _run(folder: Path, url: str, wanted: argparse.Namespace) -> Ended:
    async with Store(url) as store:
        await migrate(store)
    return await simulate(World(folder, url), processes=wanted.processes, periods=wanted.periods, seed=wanted.seed)


def main() -> int:
    """Run one simulation and print what came of it; 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--periods", type=int, default=1000, help="of all bodies together")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ideenkanal-digests-")))
        if wanted.database == "sqlite":
            url = f"sqlite+aiosqlite:///{folder}/ideenkanal.sqlite3"
        else:
            url = stack.enter_context(PostgresServer()).create_database()
        ended = asyncio.run(_run(folder, url, wanted))
    sys.stdout.write(
        f"{wanted.database}, {wanted.processes} processes, {ended.days} days: {ended.seconds:.0f} s\n"
        f"{ended.account}\n"
        f"{ended.kills} kills, of these by themselves {ended.deaths}\n"
    )
    sys.stdout.writelines(f"{fault}\n" for fault in ended.faults or ["no faults"])
    return bool(ended.faults)


if __name__ == "__main__":
    sys.exit(main())
