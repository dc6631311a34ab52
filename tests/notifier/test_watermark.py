from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.outbox_control import COPIED
from services.ideas.register import Register
from services.ideas.store import Store
from services.notifier.delivery import Sender
from services.notifier.watermark import Watermark
from tests.conftest import NOON, SECRET, on_sqlite
from tests.notifier.samples import Channel, Clock
from tests.submissions import BEN, CLARA, submit


def sending(register: Register, channel: Channel, clock: Clock, watermark: Watermark) -> Sender:
    return Sender(register, channel, asyncio.Event(), clock, watermark.note)


def names(folder: Path, start: str) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(start)]


async def test_a_restored_database_sends_nothing_again(
    sqlite_template: Path, catalogue: Catalogue, clock: Clock, tmp_path: Path
) -> None:
    """A copy from before a delivery is noticed at the next start: only when released does it send once more."""
    live, backup = tmp_path / "live.sqlite3", tmp_path / "backup.sqlite3"
    shutil.copy(sqlite_template, live)
    channel, watermark = Channel(), Watermark(tmp_path / "outbox.mark")
    async with Store(f"sqlite+aiosqlite:///{live}") as store:
        register = Register(store, catalogue, SECRET)
        await watermark.check(register.outbox_control, clock)
        await submit(register, sender=BEN)
        await sending(register, channel, clock, watermark).send_due()
        await submit(register, sender=CLARA)
        await store.wipe_log()
        shutil.copy(live, backup)
        clock.passes(hours=1)
        await sending(register, channel, clock, watermark).send_due()
    sent_before = len(channel.given)

    async with Store(f"sqlite+aiosqlite:///{backup}") as store:
        register = Register(store, catalogue, SECRET)
        restarted = Watermark(tmp_path / "outbox.mark")
        await restarted.check(register.outbox_control, clock)
        paused = await sending(register, channel, clock, restarted).send_due()
        await register.outbox_control.release(clock(), discard=True)
        await restarted.check(register.outbox_control, clock)
        await submit(register, sender=BEN)
        released = await sending(register, channel, clock, restarted).send_due()

    assert (sent_before, paused, released) == (2, 0, 1)
    assert len(set(channel.keys)) == len(channel.keys) == 3


def put_back(data: Path, copy: Path) -> Path:
    """Restore the data directory from its copy, in its place."""
    shutil.rmtree(data)
    shutil.copytree(copy, data)
    with (data / "outbox.mark").open() as file:
        try:
            fcntl.ioctl(file, 0x80087601, bytes(8))
        except OSError:
            pytest.skip("this file system may give a file the number of another, and has no generations")
    return data


@pytest.mark.parametrize("where", ["elsewhere", "in its place"])
async def test_a_restored_data_directory_sends_nothing_again(
    sqlite_template: Path, catalogue: Catalogue, clock: Clock, tmp_path: Path, where: str
) -> None:
    """Where the mark comes from the same copy as the database, it is seen to be one, until staff release it."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    data.mkdir()
    shutil.copy(sqlite_template, data / "db")
    channel = Channel()
    async with Store(f"sqlite+aiosqlite:///{data}/db") as store:
        register = Register(store, catalogue, SECRET)
        watermark = Watermark(data / "outbox.mark")
        await watermark.check(register.outbox_control, clock)
        await submit(register, sender=BEN)
        await sending(register, channel, clock, watermark).send_due()
        await submit(register, sender=CLARA)
        await store.wipe_log()
        shutil.copytree(data, copy)
        await sending(register, channel, clock, watermark).send_due()

    data = copy if where == "elsewhere" else put_back(data, copy)
    async with Store(f"sqlite+aiosqlite:///{data}/db") as store:
        register = Register(store, catalogue, SECRET)
        for _ in range(2):
            restarted = Watermark(data / "outbox.mark")
            await restarted.check(register.outbox_control, clock)
        pause = await register.outbox_control.paused()
        assert not await sending(register, channel, clock, restarted).send_due()
        await register.outbox_control.release(clock(), discard=True)
        await Watermark(data / "outbox.mark").check(register.outbox_control, clock)

        assert pause is not None
        assert pause.reason == COPIED
        assert await register.outbox_control.paused() is None
    assert len(set(channel.keys)) == len(channel.keys) == 2


@on_sqlite
async def test_a_start_after_a_start_sends_on(register: Register, clock: Clock, tmp_path: Path) -> None:
    """The same database is no older copy of itself, also where the file is a few deliveries behind."""
    watermark, channel = Watermark(tmp_path / "outbox.mark"), Channel()
    await submit(register)
    await sending(register, channel, clock, watermark).send_due()
    mark = (tmp_path / "outbox.mark").read_text()
    with (tmp_path / "outbox.mark").open("r+") as file:
        file.write(mark.replace(mark.split()[0], "17"))
        file.truncate()

    await Watermark(tmp_path / "outbox.mark").check(register.outbox_control, clock)

    assert await register.outbox_control.paused() is None


@on_sqlite
@pytest.mark.parametrize("content", ["", "no number", None])
async def test_a_file_that_is_lost_stops_nothing(
    register: Register, clock: Clock, tmp_path: Path, content: str | None
) -> None:
    """Without what was seen there is nothing to compare with: sending goes on, and the file is made anew."""
    file = tmp_path / "outbox.mark"
    if content is not None:
        file.write_text(content)
    await submit(register)
    watermark = Watermark(file)

    await watermark.check(register.outbox_control, clock)
    await sending(register, Channel(), clock, watermark).send_due()

    assert file.read_text().split()[0] == str(round(NOON.timestamp() * 1000))
    assert names(tmp_path, "outbox") == ["outbox.mark"]


@on_sqlite
async def test_a_folder_that_cannot_be_written_to_stops_nothing(
    register: Register, clock: Clock, sender: Callable[..., Sender], tmp_path: Path
) -> None:
    """What has been sent is marked in the database, whatever becomes of the file."""
    watermark = Watermark(tmp_path / "missing" / "outbox.mark")
    await submit(register)
    await sending(register, Channel(), clock, watermark).send_due()

    assert not await sender(Channel()).send_due()
