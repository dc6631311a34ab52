from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from tests.fakes.bot_api import BotApiServer, Citizen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as ready:
        yield ready


@pytest.fixture
def erika(server: BotApiServer) -> Citizen:
    return server.citizen(chat_id=4711, first_name="Erika", language_code="de")
