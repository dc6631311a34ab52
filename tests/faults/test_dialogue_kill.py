"""A kill in any step of a dialogue changes nothing of what is stored, and nothing of what the chat says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fakes.bot_api import BotApiServer
from tests.faults.dialogue import DATABASE, Remains, killed, points_of, settings_of, undisturbed

# Each point in two steps or more; the file has been kept, and the program dies before it has said so.
ROUND = 6


@pytest.fixture
def folders(sqlite_template: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two installations that have seen nothing yet."""
    made = (tmp_path / "undisturbed", tmp_path / "killed")
    for folder in made:
        folder.mkdir()
        shutil.copy(sqlite_template, folder / DATABASE)
    return made


async def _undisturbed(folder: Path) -> Remains:
    async with BotApiServer() as telegram:
        return await undisturbed(settings_of(folder, telegram), telegram)


async def test_a_dialogue_survives_a_kill_in_each_step(folders: tuple[Path, Path], telegram: BotApiServer) -> None:
    """With a kill in each step a dialogue leaves the same behind, and no message comes more than once too often."""
    expected = await _undisturbed(folders[0])

    remains = await killed(settings_of(folders[1], telegram), telegram, points_of(ROUND))

    assert remains.stored == expected.stored
    assert remains.chat == expected.chat
    assert (expected.most_copies, remains.most_copies) == (0, 1)
    assert telegram.violations == []
