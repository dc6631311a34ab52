"""How fast mail is taken in durably, beside bare aiosmtpd that keeps nothing.

    python -m tests.benchmarks.mail_intake [--mails N] [--rounds N] [--connections N …]

Both servers run as processes of their own, and the rounds alternate between them, so that a drift of the machine's
speed meets both. Each connection sends one 5 kB mail after the other. Printed are mails a second (median of the rounds)
and the ratio of ours to the bare one; the ratio is what can be compared between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tests.benchmarks.mail_client import send_mails
from tests.service import ROOT

SERVERS = ("ours", "bare")


async def measure(connections: Sequence[int], mails: int, rounds: int) -> dict[int, dict[str, float]]:
    """Mails a second by number of connections and server: medians over the rounds."""
    results: dict[int, dict[str, float]] = {}
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = {name: await _start(stack, name, directory) for name in SERVERS}
        for number in connections:
            rates: dict[str, list[float]] = {name: [] for name in SERVERS}
            for turn in range(rounds + 1):
                for name in SERVERS:
                    began = time.perf_counter()
                    await send_mails(ports[name], mails, number)
                    rates[name].append(mails / (time.perf_counter() - began))
                _progress(f"{number} connections: round {turn} of {rounds}")
            # The first round warms both up.
            results[number] = {name: statistics.median(values[1:]) for name, values in rates.items()}
    return results


async def _start(stack: AsyncExitStack, name: str, directory: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.benchmarks.mail_server", name, str(directory)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )

    async def end() -> None:
        process.terminate()
        await process.wait()

    stack.push_async_callback(end)
    assert process.stdout is not None
    return int(await process.stdout.readline())


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one line for each number of connections."""
    parser = argparse.ArgumentParser(description="durable mail intake beside bare aiosmtpd")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 20, 100])
    options = parser.parse_args(arguments)
    results = asyncio.run(measure(options.connections, options.mails, options.rounds))
    _progress("")
    print(f"{'connections':>11}  {'ours/s':>8}  {'bare/s':>8}  {'ratio':>6}")
    for number, rates in results.items():
        ratio = rates["ours"] / rates["bare"]
        print(f"{number:>11}  {rates['ours']:>8.0f}  {rates['bare']:>8.0f}  {ratio:>6.2f}")


if __name__ == "__main__":
    main()
