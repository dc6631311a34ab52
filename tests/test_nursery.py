"""Forks of the nursery are processes like those that Python would have started."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from pathlib import Path

import pytest

from tests.fork import Fork

SCRIPT = """
import os, sys, time
print(os.environ["OWN"], *sys.argv[1:], file=sys.stderr if sys.argv[1:] else sys.stdout)
if sys.argv[1:] == ["stay"]:
    time.sleep(60)
raise SystemExit(int(os.environ["CODE"]))
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return str(path)


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    return tmp_path / "printed"


def printed_in(file: Path) -> str:
    return file.read_text()


async def started(printed: Path, *command: str) -> Fork:
    with printed.open("w") as file:
        return await Fork.start(command, {"OWN": "its own", "CODE": "3"}, output=file.fileno())


@pytest.mark.parametrize("arguments", [(), ("an argument",)])
async def test_a_fork_runs_what_it_is_asked_for(script: str, printed: Path, arguments: tuple[str, ...]) -> None:
    """It has its own arguments, environment and exit code, and both its outputs go where they should."""
    fork = await started(printed, script, *arguments)

    assert await fork.wait() == 3
    assert printed_in(printed).split("\n")[0] == " ".join(["its own", *arguments])


async def test_a_fork_that_fails_tells_why(printed: Path) -> None:
    """What nobody catches is printed, and the exit code is 1."""
    fork = await started(printed, "-m", "tests.no_such_module")

    assert await fork.wait() == 1
    assert "no_such_module" in printed_in(printed)


async def test_a_fork_dies_of_a_signal(script: str, printed: Path) -> None:
    """The signal is its exit code; while it runs it has none."""
    fork = await started(printed, script, "stay")
    assert fork.returncode is None
    fork.kill()

    assert await fork.wait() == -9
    assert fork.returncode == -9


async def test_a_test_that_is_cut_off_leaves_the_nursery_at_work(script: str, printed: Path) -> None:
    """Nobody hears of the end of its process, and the next one is started."""
    fork = await started(printed, script, "stay")
    (listening,) = asyncio.all_tasks() - {asyncio.current_task()}
    listening.cancel()
    await asyncio.wait({listening})
    end = os.pidfd_open(fork.pid)
    os.kill(fork.pid, signal.SIGKILL)
    ended, _, _ = await asyncio.to_thread(select.select, [end], [], [], 10)
    os.close(end)

    assert ended
    assert await (await started(printed, script)).wait() == 3
