"""Fixtures of a whole installation: the service as a process, Telegram and a mail relay beside it, all over sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.bot_api import BotApiServer
from tests.fakes.smtp_sink import SmtpSink
from tests.service import Service


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest.fixture
async def relay() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as sink:
        yield sink


@pytest.fixture
def settings(store_url: str, tmp_path: Path, telegram: BotApiServer, relay: SmtpSink) -> dict[str, str]:
    """The settings of the installation."""
    return {
        "STORAGE_DATA_DIR": str(tmp_path),
        "STORAGE_DATABASE_URL": store_url,
        "EMAIL_PORT": "0",
        "WEB_PORT": "0",
        "RELAY_HOST": "127.0.0.1",
        "RELAY_PORT": str(relay.port),
        "RELAY_SECURITY": "none",
        "AUTHENTICATION_RESOLVER": "off",
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_BASE_URL": telegram.base_url,
        "WORK_POLL_SECONDS": "0.2",
        "WORK_UNDO_MINUTES": "0",
        "WORK_READING_LEASE_SECONDS": "2",
        "WORK_SENDING_LEASE_SECONDS": "2",
    }


@pytest.fixture
async def service(settings: dict[str, str]) -> AsyncIterator[Service]:
    async with Service(settings) as running:
        yield running
