"""How the program bears a crowd in Telegram: thousands of chats, faults, repeated updates, and kills.

    python -m tests.benchmarks.telegram_soak [--chats N] [--updates N] [--duplicates RATE] [--faults RATE] [--kills N]
        [--at-once N] [--database sqlite|postgresql] [--stand-in] [--seed N]

The program runs as a process of its own against a Bot API server in this one. People write, add, press what they are
offered, reword, and send photos and places; so many of them at once, each of whom waits for the answer. A share of the
updates comes twice, a share of all calls goes wrong, and the program is killed at random moments and started again.
Printed are the rates, how long people waited (from when the update was handed out, and from when it was made, until the
answer arrived), what the program cost, and what must hold, with the number of cases and of those that break it. Exits
with 1 where anything is broken. `--stand-in` does without the model, which takes seconds to load.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.ideas.store import Store
from tests.benchmarks.beside import progress
from tests.benchmarks.soak_account import Check, checks, copies, is_at_rest, stored
from tests.benchmarks.soak_crowd import Answered, Crowd
from tests.benchmarks.soak_program import Costs, Program
from tests.benchmarks.soak_server import SoakServer
from tests.faults.lives import Life
from tests.postgres import PostgresServer
from tests.service import Service

_PATIENCE_SECONDS = 300.0
# A retry may be a minute away.
_REST_WITHIN_SECONDS = 300.0
_LOOK_SECONDS = 0.2
# On PostgreSQL nobody can know that a process before has died: what it was at comes back when its lease runs out.
_LEASES = {"WORK_READING_LEASE_SECONDS": "15", "WORK_SENDING_LEASE_SECONDS": "40"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a soak has shown. Times are in seconds."""

    crowd: Crowd
    server: SoakServer
    costs: Costs
    checks: Sequence[Check]
    copies: int
    took: float
    own_cpu: float


async def soak(options: argparse.Namespace, url: str, folder: Path) -> Result:
    """Let the crowd come, and see what is left when all is at rest."""
    own_cpu = time.process_time()
    async with SoakServer() as server, Store(url) as store:
        server.redeliver_random(options.duplicates, options.seed)
        crowd = Crowd(
            server,
            chats=options.chats,
            updates=options.updates,
            at_once=options.at_once,
            seed=options.seed,
            patience=_PATIENCE_SECONDS,
        )
        settings = _settings(url, folder, server)
        start = partial(Life, settings) if options.stand_in else partial(Service, settings, is_cold=True)
        async with Program(start) as program:
            server.random_faults(options.faults, options.seed)
            began = asyncio.get_running_loop().time()
            killing = asyncio.create_task(_kill(program, crowd, options))
            await crowd.run(progress)
            await killing
            took = max(answer.answered for answer in crowd.answered) - began
            server.random_faults(0, options.seed)
            await server.all_handed_out(timeout_s=_REST_WITHIN_SECONDS)
            await _rest(store)
        kept = await stored(store)
    own_cpu = time.process_time() - own_cpu
    found = tuple(checks(kept, crowd, server))
    return Result(crowd, server, program.costs, found, copies(kept, server), took, own_cpu)


async def _kill(program: Program, crowd: Crowd, options: argparse.Namespace) -> None:
    """Kill the program at random moments, none of them in the first or the last tenth."""
    middle = range(options.updates // 10, options.updates - options.updates // 10)
    chosen = random.Random(options.seed).sample(middle, options.kills)  # noqa: S311 - chance, not secrecy
    for moment in sorted(chosen):
        await crowd.reached(moment)
        await program.die()


async def _rest(store: Store) -> None:
    """Wait until nothing is left to do; whoever is waited for is another process, and tells nobody."""
    async with asyncio.timeout(_REST_WITHIN_SECONDS):
        while not await is_at_rest(store):  # noqa: ASYNC110 - see above
            await asyncio.sleep(_LOOK_SECONDS)


def _settings(url: str, folder: Path, server: SoakServer) -> dict[str, str]:
    return {
        "STORAGE_DATA_DIR": str(folder),
        "STORAGE_DATABASE_URL": url,
        "EMAIL_PORT": "0",
        "WEB_PORT": "0",
        "AUTHENTICATION_RESOLVER": "off",
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_BASE_URL": server.base_url,
        "TELEGRAM_BASE_FILE_URL": server.base_file_url,
        **(_LEASES if url.startswith("postgresql") else {}),
    }


def _table(result: Result) -> Iterator[str]:
    row = "{:<58} {:>10} {:>10}".format
    yield row("measured", "", "")
    yield from (row(*figures) for figures in _measured(result))
    yield ""
    yield row("must hold", "cases", "broken")
    yield from (row(check.name, check.cases, check.broken) for check in result.checks)


def _measured(result: Result) -> Iterator[tuple[str, object, object]]:
    crowd, server, costs, took = result.crowd, result.server, result.costs, result.took
    yield "updates, a second", len(crowd.made), f"{len(crowd.made) / took:.1f}"
    yield "messages of the bot, a second", len(server.put), f"{len(server.put) / took:.1f}"
    waits: dict[str, Callable[[Answered], float]] = {
        "handed out": lambda answer: answer.answered - server.handed_out[answer.update],
        "made": lambda answer: answer.answered - answer.made,
    }
    for since, wait in waits.items():
        waited = sorted(map(wait, crowd.answered))
        told = f"seconds from update {since} to answer"
        yield f"{told}, median and p99", _quantile(waited, 0.5), _quantile(waited, 0.99)
        yield f"{told}, p90 and most", _quantile(waited, 0.9), _quantile(waited, 1)
    cores = costs.cpu_seconds / took, result.own_cpu / took
    yield "processor seconds of the program, cores", f"{costs.cpu_seconds:.0f}", f"{cores[0]:.2f}"
    yield "processor seconds of people and server, cores", f"{result.own_cpu:.0f}", f"{cores[1]:.2f}"
    yield "peak memory of the program, MiB", f"{costs.peak_mib:.0f}", ""
    yield "lives of the program, seconds in all", costs.lives, f"{took:.0f}"
    yield "updates handed out again, answers sent again", _again(result), result.copies
    yield "faults by chance", server.faults_by_chance.total(), ""


def _again(result: Result) -> int:
    return sum(result.server.deliveries(update) > 1 for update in result.crowd.made)


def _quantile(ordered: Sequence[float], share: float) -> str:
    return f"{ordered[round(share * (len(ordered) - 1))]:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description="a crowd in Telegram, with faults, repeated updates and kills")
    parser.add_argument("--chats", type=int, default=2000)
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--duplicates", type=float, default=0.01)
    parser.add_argument("--faults", type=float, default=0.01)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--at-once", type=int, default=100, help="people who visit the bot at the same time")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--stand-in", action="store_true", help="understand messages without the model")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite+aiosqlite:///{folder}/ideenkanal.sqlite3"
        if options.database == "postgresql":
            safely = {"fsync": "on", "full_page_writes": "on"}
            url = stack.enter_context(PostgresServer(safely)).create_database()
        result = asyncio.run(soak(options, url, folder))
    progress("")
    print(*_table(result), sep="\n")
    return int(any(check.broken for check in result.checks))


if __name__ == "__main__":
    raise SystemExit(main())
