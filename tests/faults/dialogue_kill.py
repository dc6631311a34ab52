"""Kills the program at every point of every step of a dialogue, and says what is left of it.

    python -m tests.faults.dialogue_kill

Each round plays the whole dialogue and kills the program in each step, at another point than the rounds before. Takes
a minute or two, and exits with 1 where a round leaves anything else than a dialogue that nothing disturbs.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fakes.bot_api import BotApiServer
from tests.faults.dialogue import ROUNDS, STEPS, Remains, killed, points_of, settings_of, undisturbed


async def play(points: Sequence[str] = ()) -> tuple[Remains, list[str]]:
    """What a dialogue in a new installation leaves, and the requests that no correct client sends."""
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as telegram:
            settings = settings_of(Path(folder), telegram)
            remains = await (killed(settings, telegram, points) if points else undisturbed(settings, telegram))
            return remains, telegram.violations


async def main() -> int:
    """Play all rounds, and print a line for each."""
    expected, _ = await play()
    differ = 0
    for number in range(ROUNDS):
        remains, violations = await play(points_of(number))
        found = [*_differences(expected, remains), *violations]
        differ += bool(found)
        said = "; ".join(found) or "all the same"
        print(f"round {number + 1} of {ROUNDS}: {len(STEPS)} kills, {remains.most_copies} copies at most; {said}")  # noqa: T201 - a command prints
    return int(differ > 0)


def _differences(expected: Remains, remains: Remains) -> Iterator[str]:
    for table, rows in expected.stored.items():
        if remains.stored[table] != rows:
            yield f"{table} differ"
    if remains.said != expected.said:
        yield "the bot said something else"
    if remains.chat != expected.chat:
        yield "the chat shows something else"
    if remains.most_copies > 1:
        yield "too many copies"


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
