"""How fast mail is taken in durably, beside bare aiosmtpd that keeps nothing, and Postfix that queues.

    python -m tests.benchmarks.mail_intake [--mails N] [--rounds N] [--connections N …] [--new-connections]

Each server runs as processes of its own, and the rounds alternate between them, so that a drift of the machine's speed
meets all. Each connection sends one 5 kB mail after the other. Printed are mails a second, as the median of the rounds
and their range, and the ratios of ours to the others: these can be compared between machines. Postfix takes part where
it is installed and may be started (as root); it accepts each mail into its queue and holds it there.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tests import postfix
from tests.benchmarks.beside import progress, start
from tests.benchmarks.mail_client import send_mails

OURS, BARE, POSTFIX = "ours", "bare", "postfix"
# As many smtpd processes as there are connections, and no limit but those of the machine.
HOLDING = {
    "mydestination": "",
    "relay_domains": "example.org",
    "smtpd_client_restrictions": "check_client_access static:HOLD",
    "default_process_limit": "500",
}
Rates = dict[str, list[float]]


async def measure(connections: Sequence[int], mails: int, rounds: int, *, kept: bool) -> dict[int, Rates]:
    """Mails a second by number of connections and server, for each round."""
    results: dict[int, Rates] = {}
    async with AsyncExitStack() as stack:
        ports = await _start_all(stack)
        for number in connections:
            results[number] = {name: [] for name in ports}
            for turn in range(rounds + 1):
                for name, port in ports.items():
                    began = time.perf_counter()
                    await send_mails(port, mails, number, kept=kept)
                    # The first round warms all up.
                    if turn:
                        results[number][name].append(mails / (time.perf_counter() - began))
                progress(f"{number} connections: round {turn} of {rounds}")
    return results


async def _start_all(stack: AsyncExitStack) -> dict[str, int]:
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    ports = {name: await _start(stack, name, directory) for name in (OURS, BARE)}
    if postfix.is_usable():
        ports[POSTFIX] = (await stack.enter_async_context(postfix.Postfix(HOLDING, is_quiet=True))).port
    return ports


async def _start(stack: AsyncExitStack, name: str, directory: Path) -> int:
    log = stack.enter_context((directory / f"{name}.log").open("wb"))
    return await start(stack, "tests.benchmarks.mail_server", name, str(directory), log=log)


def _table(results: dict[int, Rates]) -> Iterator[str]:
    row = "{:>11}  {:>18}  {:>18}  {:>18}  {:>9}  {:>12}".format
    yield row("connections", "ours/s", "bare/s", "postfix/s", "ours/bare", "ours/postfix")
    for number, rates in results.items():
        ratios = [_ratio(rates, name) for name in (BARE, POSTFIX)]
        yield row(number, *(_rate(rates.get(name)) for name in (OURS, BARE, POSTFIX)), *ratios)


def _rate(rates: list[float] | None) -> str:
    return f"{statistics.median(rates):.0f} ({min(rates):.0f}-{max(rates):.0f})" if rates else "not installed"


def _ratio(rates: Rates, name: str) -> str:
    return f"{statistics.median(rates[OURS]) / statistics.median(rates[name]):.2f}" if name in rates else "-"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one line for each number of connections."""
    parser = argparse.ArgumentParser(description="durable mail intake beside bare aiosmtpd and Postfix")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 20, 100])
    parser.add_argument("--new-connections", action="store_true", help="a new connection for each mail")
    options = parser.parse_args(arguments)
    kept = not options.new_connections
    results = asyncio.run(measure(options.connections, options.mails, options.rounds, kept=kept))
    progress("")
    print(*_table(results), sep="\n")


if __name__ == "__main__":
    main()
