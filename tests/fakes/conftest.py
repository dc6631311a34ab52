from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.fakes.bot_api import BotApiServer, Citizen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
def _library_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns of its own old default wherever Telegram names a number of seconds.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    # Nothing on the loopback is encrypted, and to load the certificates would take longer than most of the tests.
    requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    async with Bot(
        server.token,
        base_url=server.base_url,
        base_file_url=server.base_file_url,
        request=requests[0],
        get_updates_request=requests[1],
    ) as ready:
        yield ready


@pytest.fixture
def erika(server: BotApiServer) -> Citizen:
    return server.citizen(chat_id=4711, first_name="Erika", language_code="de")
