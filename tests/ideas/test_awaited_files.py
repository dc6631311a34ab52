"""Files that came with messages of a chat: handed out for fetching, taken in, or lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete

from services.ideas.awaited_files import AwaitedFiles, ClaimedFile
from services.ideas.model import Attachment
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AwaitedFileRow, BlobRow, ContributionRow
from services.ideas.work_tables import LedgerRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.dialogue.talk import MINUTE, Talk
from tests.ideas.samples import CHEMNITZ, number_of

LATER = NOON + MINUTE
PICTURE = b"\xff\xd8\xff\xe0 picture"


@pytest.fixture
def files(store: Store) -> AwaitedFiles:
    return AwaitedFiles(store, SECRET)


@pytest.fixture
def erika(register: Register, store: Store) -> Talk:
    return Talk(register, store)


async def claim(files: AwaitedFiles, *, limit: int = 10, at: timedelta = timedelta(0)) -> tuple[ClaimedFile, ...]:
    """What is to be fetched so long after a minute past noon, leased for a minute."""
    return await files.claim("telegram", LATER + at, MINUTE, limit)


async def test_each_file_is_handed_out_once(files: AwaitedFiles, erika: Talk) -> None:
    """However many fetch at once, and with what is known of it; the oldest first."""
    await erika.say("Bus in Chemnitz", files=["a.jpg", "b.jpg", "c.jpg"])
    claims = await asyncio.gather(*(claim(files, limit=1) for _ in range(5)))
    found = [file for each in claims for file in each]
    assert sorted(file.file_id for file in found) == ["id of a.jpg", "id of b.jpg", "id of c.jpg"]
    assert {(file.media_type, file.since, file.attempt) for file in found} == {("image/jpeg", erika.at, 1)}


async def test_a_file_whose_fetcher_died_is_handed_out_again(files: AwaitedFiles, erika: Talk) -> None:
    """When the lease runs out, and as another attempt."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    await claim(files)
    assert await claim(files, at=MINUTE / 2) == ()
    (again,) = await claim(files, at=MINUTE)
    assert again.attempt == 2


async def test_a_file_that_came_stands_with_its_message(files: AwaitedFiles, erika: Talk, register: Register) -> None:
    """It is awaited no more, and its name and bytes are kept."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    (file,) = await claim(files)
    await files.keep(file, PICTURE, "image/jpeg", LATER)
    idea = await erika.idea()
    assert (idea.contributions[0].attachments, idea.contributions[0].awaited) == (("a.jpg",), ())
    assert await register.attachments(idea.reference) == (Attachment("a.jpg", "image/jpeg", PICTURE),)
    assert await claim(files, at=timedelta(hours=1)) == ()


async def test_a_file_that_comes_twice_is_kept_once(files: AwaitedFiles, erika: Talk, store: Store) -> None:
    """Two that fetched the same one after a lease ran out change nothing between them."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    claims = [*await claim(files), *await claim(files, at=MINUTE)]
    await asyncio.gather(*(files.keep(file, PICTURE, "image/jpeg", LATER) for file in claims))
    assert (await erika.idea()).contributions[0].attachments == ("a.jpg",)
    assert await number_of(store, BlobRow) == 1


@on_sqlite
async def test_a_file_whose_message_is_gone_is_not_kept(files: AwaitedFiles, erika: Talk, store: Store) -> None:
    """What a person has erased meanwhile does not come back by its files."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    (file,) = await claim(files)
    async with store.writing() as session:
        await session.execute(delete(ContributionRow))
    await files.keep(file, PICTURE, "image/jpeg", LATER)
    await files.give_up(file, "gone", LATER)
    assert await number_of(store, BlobRow) == 0


@on_sqlite
async def test_bodies_that_were_told_without_a_file_hear_of_it(
    files: AwaitedFiles, erika: Talk, register: Register, store: Store
) -> None:
    """Its idea stands once in their next digest again, as with an addition; who was not told yet hears it at once."""
    await erika.say("Bus in Chemnitz", files=["a.jpg", "b.jpg", "c.jpg"])
    untold = (LedgerRow.body == CHEMNITZ, LedgerRow.digest_id.is_(None))
    before, *after = await claim(files)
    await files.keep(before, PICTURE, "image/jpeg", LATER)
    assert await number_of(store, LedgerRow, *untold) == 1

    await register.write_digest(CHEMNITZ, Period("2026-11-23", LATER), LATER)
    for file in after:
        await files.keep(file, PICTURE, "image/jpeg", LATER)
    assert await number_of(store, LedgerRow, *untold) == 1


@on_sqlite
async def test_a_pause_is_kept(files: AwaitedFiles, erika: Talk) -> None:
    """A file that is put back is not handed out before its time."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    (file,) = await claim(files)
    await files.try_again(file, LATER + 5 * MINUTE, "status 500")
    assert await claim(files, at=4.9 * MINUTE) == ()
    assert [each.attempt for each in await claim(files, at=5 * MINUTE)] == [2]


@on_sqlite
async def test_a_loss_is_told_once_for_all_files_of_a_message(files: AwaitedFiles, erika: Talk) -> None:
    """The person is told which idea it is about, under the message that the file came in."""
    await erika.say("Bus in Chemnitz", files=["a.jpg", "b.jpg"])
    for file in await claim(files):
        await files.give_up(file, "it is too large", LATER)
    idea = await erika.idea()
    (told,) = [row for row in await erika.owed() if row.template == "file_lost"]
    assert told.parameters == {"reference": idea.reference, "answers": 1}
    assert told.submitter_id is not None
    assert idea.contributions[0].lost == ("a.jpg", "b.jpg")


@on_sqlite
async def test_who_fetches_too_slowly_decides_nothing(files: AwaitedFiles, erika: Talk, store: Store) -> None:
    """After the lease it is the next one's word that counts."""
    await erika.say("Bus in Chemnitz", files=["a.jpg"])
    (slow,) = await claim(files)
    (next_one,) = await claim(files, at=MINUTE)
    await files.give_up(slow, "it took too long", LATER)
    await files.try_again(slow, LATER + timedelta(hours=1), "it took too long")
    assert "file_lost" not in await erika.answers()
    await files.try_again(next_one, LATER + 3 * MINUTE, "status 500")
    assert await number_of(store, AwaitedFileRow, AwaitedFileRow.last_error == "status 500") == 1


async def test_a_start_takes_over_where_nobody_else_can_be(files: AwaitedFiles, erika: Talk, store: Store) -> None:
    """On SQLite what a killed process was fetching is free at once; a pause that was asked for goes on."""
    await erika.say("Bus in Chemnitz", files=["a.jpg", "b.jpg"])
    paused, _ = await claim(files)
    await files.try_again(paused, LATER + 30 * MINUTE, "too many requests")
    await files.take_over("telegram", LATER)
    found = [file.file_id for file in await claim(files)]
    assert found == (["id of b.jpg"] if store.is_sqlite else [])
