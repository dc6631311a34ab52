"""What the tests of the intake share: a mail server and a Bot API of their own, and a log that can be held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.inbound import InboundLog
from services.intake.email.receive import MailReceiver
from tests.fakes.bot_api import BotApiServer, Citizen
from tests.intake.kept import Kept


@pytest.fixture(autouse=True)
def _library_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns of its own old default wherever Telegram names a number of seconds.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def inbound(kept: Kept) -> AsyncIterator[InboundLog]:
    async with InboundLog(kept) as inbound:
        yield inbound


@pytest.fixture
async def receiver(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> AsyncIterator[MailReceiver]:
    """A mail server that takes 100,000 bytes, in front of a log in memory; 127.0.0.1 alone is a relay of ours."""
    settings = make_catalogue(EMAIL_MAX_BYTES="100000", EMAIL_TRUSTED_NETWORKS="127.0.0.1/32").settings.email
    async with MailReceiver(settings, tmp_path, inbound, drain_seconds=1) as receiver:
        yield receiver


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest.fixture
def erika(bot_api: BotApiServer) -> Citizen:
    return bot_api.citizen(chat_id=4711, first_name="Erika")
