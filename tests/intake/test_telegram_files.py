"""Fetching files, from a Bot API server over real HTTP into a real store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from structlog.testing import capture_logs
from telegram import Bot

from services.ideas.awaited_files import AwaitedFiles
from services.ideas.model import Attachment, Contribution
from services.ideas.register import Register
from services.ideas.settings import Settings, Telegram, Work
from services.ideas.store import Store
from services.ideas.tables import AwaitedFileRow
from services.intake.telegram.client import fetch_updates, receiving_bot
from services.intake.telegram.files import FileFetcher
from services.intake.telegram.receive import inbound_message
from tests.conftest import SECRET, on_sqlite
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.ideas.dialogue.talk import Talk
from tests.intake.updates import CATALOGUE, READER

# Which database holds the files does not matter here.
pytestmark = on_sqlite
PDF = b"%PDF-1.7 Plan"
Fault = Callable[[BotApiServer], object]


@dataclass
class Clock:
    """The time, as a test sets it."""

    at: datetime

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.at


@dataclass
class Office:
    """Everything between the bot and the store, and the one who sends files."""

    bot: Bot
    talk: Talk
    files: AwaitedFiles
    settings: Settings
    clock: Clock
    stop: asyncio.Event

    def fetcher(self, most_bytes: int = 20_000_000) -> FileFetcher:
        """One that takes files of at most so many bytes."""
        telegram = self.settings.telegram.model_copy(update={"most_file_bytes": most_bytes})
        settings = self.settings.model_copy(update={"telegram": telegram})
        return FileFetcher(self.bot, self.files, settings, self.stop, self.clock)

    async def receive(self) -> None:
        """Read and record what was sent, as the reader does."""
        for update in await fetch_updates(self.bot, None):
            message = inbound_message(update)
            assert message is not None
            await self.talk.record(READER.read(message))

    async def said(self) -> Contribution:
        """The only message, with its files."""
        return (await self.talk.idea()).contributions[0]

    async def kept(self) -> tuple[Attachment, ...]:
        """The files of the only idea."""
        return await self.talk.register.attachments((await self.talk.idea()).reference)


@pytest.fixture
async def office(bot_api: BotApiServer, store: Store) -> AsyncIterator[Office]:
    telegram = Telegram(token=SecretStr(bot_api.token), base_url=bot_api.base_url, base_file_url=bot_api.base_file_url)
    bot = receiving_bot(telegram)
    talk = Talk(Register(store, CATALOGUE, SECRET), store)
    settings = Settings(telegram=telegram, work=Work(poll_seconds=60))
    clock = Clock(datetime.now().astimezone() + timedelta(minutes=1))
    yield Office(bot, talk, AwaitedFiles(store, SECRET), settings, clock, asyncio.Event())
    await bot.request.shutdown()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b"<html><script>alert(1)</script>", "text/html"),
    ],
    ids=["document", "picture", "page"],
)
async def test_a_file_is_fetched(
    office: Office, bot_api: BotApiServer, erika: Citizen, content: bytes, media_type: str
) -> None:
    """It stands with its message, byte for byte, under its name and as what it is, whatever it was called."""
    await erika.sends_document(content, "Plan", "image/png")
    await office.receive()
    assert await office.fetcher().fetch_batch()
    assert await office.kept() == (Attachment("Plan", media_type, content),)
    assert not await office.fetcher().fetch_batch()
    assert not bot_api.violations


async def test_files_of_every_kind_are_fetched(office: Office, erika: Citizen) -> None:
    """A photo, a voice note and a film, each under a name that says what it is."""
    await erika.sends_photo(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", caption="Bus")
    await erika.sends_voice(b"OggS\x00\x02")
    await erika.sends_video_note(b"\x00\x00\x00\x18ftypmp42")
    await office.receive()
    await office.fetcher().fetch_batch()
    assert {each.filename for each in await office.kept()} == {"Foto.jpg", "Sprachnachricht.ogg", "Videonachricht.mp4"}


PASSING: dict[str, Fault] = {
    "getFile 500": lambda server: server.answer_next("getFile", status=500, description="Internal Server Error"),
    "getFile page": lambda server: server.page_next("getFile"),
    "getFile dropped": lambda server: server.drop_next("getFile"),
    "getFile not yet": lambda server: server.answer_next(
        "getFile", status=400, description="Bad Request: wrong file_id or the file is temporarily unavailable"
    ),
    "rejected token": lambda server: server.answer_next("getFile", status=401, description="Unauthorized"),
    "link too old": lambda server: server.answer_next("download", status=404, description="Not Found"),
    "download 500": lambda server: server.answer_next("download", status=500, description="Internal Server Error"),
    "download page": lambda server: server.page_next("download", status=503, reason="Service Unavailable"),
    "redirected": lambda server: server.page_next("download", status=302, reason="Found"),
    # A client of HTTP repeats a GET that was dropped once by itself.
    "dropped": lambda server: server.drop_next("download", 2),
    "cut off": lambda server: server.cut_next_download(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_a_fault_that_may_pass_is_waited_out(
    office: Office, bot_api: BotApiServer, erika: Citizen, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is fetched five seconds later. No log and no error holds the token, which stands in addresses."""
    caplog.set_level(logging.INFO, "services")
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    fault(bot_api)
    with capture_logs() as logs:
        assert await office.fetcher().fetch_batch()
    assert (await office.said()).awaited == ("Plan.pdf",)
    async with office.talk.store.reading() as session:
        (error,) = await session.scalars(select(AwaitedFileRow.last_error))
    assert error
    assert bot_api.token not in error + str(logs) + caplog.text

    office.clock.at += timedelta(seconds=4.9)
    assert not await office.fetcher().fetch_batch()
    office.clock.at += timedelta(seconds=0.1)
    assert await office.fetcher().fetch_batch()
    assert [each.content for each in await office.kept()] == [PDF]


async def test_pauses_double(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """5, 10 and 20 seconds after each failure in a row."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    bot_api.answer_next("getFile", 3, status=500, description="Internal Server Error")
    for pause in (5, 10, 20):
        assert await office.fetcher().fetch_batch()
        office.clock.at += timedelta(seconds=pause - 0.1)
        assert not await office.fetcher().fetch_batch()
        office.clock.at += timedelta(seconds=0.1)
    assert await office.fetcher().fetch_batch()
    assert len(await office.kept()) == 1


async def test_what_telegram_asks_to_wait_is_waited(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """After 429 no call is made before retry_after has passed."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    bot_api.flood(77, method="getFile")
    await office.fetcher().fetch_batch()
    office.clock.at += timedelta(seconds=76.9)
    assert not await office.fetcher().fetch_batch()
    office.clock.at += timedelta(seconds=0.1)
    assert await office.fetcher().fetch_batch()


async def test_after_two_days_a_file_is_lost(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """Until then it is tried every hour; then whoever sent it is told, once."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    bot_api.answer_next("getFile", 100, status=500, description="Internal Server Error")
    for _ in range(48):
        await office.fetcher().fetch_batch()
        office.clock.at += timedelta(hours=1)
    assert (await office.said()).awaited == ("Plan.pdf",)
    await office.fetcher().fetch_batch()
    assert (await office.said()).lost == ("Plan.pdf",)
    assert (await office.talk.answers()).count("file_lost") == 1


async def test_a_long_outage_of_ours_loses_no_file(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """A file that is first asked for after two days has its chances all the same."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    office.clock.at += timedelta(hours=50)
    bot_api.answer_next("getFile", 4, status=500, description="Internal Server Error")
    for _ in range(5):
        await office.fetcher().fetch_batch()
        office.clock.at += timedelta(hours=1)
    assert len(await office.kept()) == 1


@pytest.mark.parametrize("description", ["Bad Request: file is too big", "Bad Request: invalid file_id"])
async def test_what_telegram_does_not_hand_out_is_lost_at_once(
    office: Office, bot_api: BotApiServer, erika: Citizen, description: str
) -> None:
    """Asking again would not help, and whoever sent it can do something else."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    bot_api.answer_next("getFile", status=400, description=description)
    await office.fetcher().fetch_batch()
    assert (await office.said()).lost == ("Plan.pdf",)
    assert "file_lost" in await office.talk.answers()


@pytest.mark.parametrize("declared", [1000, 5], ids=["said so", "said less"])
async def test_a_file_over_the_limit_is_not_read_to_its_end(office: Office, erika: Citizen, declared: int) -> None:
    """The limit holds for what comes, whatever was said of it before."""
    await erika.sends_document(bytes(1000), "Plan.pdf", "application/pdf", file_size=declared)
    await office.receive()
    await office.fetcher(most_bytes=999).fetch_batch()
    assert (await office.said()).lost == ("Plan.pdf",)


async def test_two_that_fetch_ask_for_each_file_once(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """Processes side by side share the work."""
    for number in range(6):
        await erika.sends_document(b"%PDF-1.7 " + bytes([number]), f"{number}.pdf", "application/pdf")
    await office.receive()
    await asyncio.gather(office.fetcher().fetch_batch(), office.fetcher().fetch_batch())
    assert len(bot_api.calls_of("download")) == 6
    assert len(await office.kept()) == 6


async def test_files_that_come_wake_the_fetcher(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """It does not wait for the time at which it would look by itself, and ends when it is told to."""
    running = asyncio.create_task(office.fetcher().run())
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    office.files.waiting.set()
    await bot_api.called("download")
    office.stop.set()
    async with asyncio.timeout(2):
        await running


async def test_a_stop_gives_back_what_is_being_fetched(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """A download is not waited for, and the file is there for whoever comes next."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    hang = bot_api.hang_next("download")
    running = asyncio.create_task(office.fetcher().run())
    await hang.reached()
    office.stop.set()
    async with asyncio.timeout(2):
        await running
    hang.release()
    office.stop = asyncio.Event()
    assert await office.fetcher().fetch_batch()
    assert len(await office.kept()) == 1


async def test_a_kill_in_a_download_repeats_it(office: Office, bot_api: BotApiServer, erika: Citizen) -> None:
    """What a killed process was fetching is fetched by the next one, and kept once."""
    await erika.sends_document(PDF, "Plan.pdf", "application/pdf")
    await office.receive()
    hang = bot_api.hang_next("download")
    killed = asyncio.create_task(office.fetcher().run())
    await hang.reached()
    killed.cancel()
    await asyncio.wait({killed})
    assert (await office.said()).awaited == ("Plan.pdf",)

    restarted = asyncio.create_task(office.fetcher().run())
    await bot_api.called("download", 2)
    office.stop.set()
    hang.release()
    async with asyncio.timeout(2):
        await restarted
    office.stop = asyncio.Event()
    await office.fetcher().fetch_batch()
    assert [each.content for each in await office.kept()] == [PDF]
