"""Fixtures of a whole Ideenkanal in the test's own process, with the shipped model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from nlp.pipeline import load
from services.cli import models, service
from services.ideas.catalogue import Catalogue
from services.notifier.pace import Rate
from tests.conftest import CONFIG, kept_store
from tests.fakes.bot_api import BotApiServer
from tests.house import House, free_port, open_house

__all__ = ["House", "free_port"]


@pytest.fixture(scope="session")
def model() -> object:
    # Not the one that serves here: a developer's own installation may have learned another one.
    return load(models.MODEL_DIR, CONFIG / "places")


@pytest.fixture
def settings() -> dict[str, str]:
    """More settings of the installation; a test file may have its own."""
    return {}


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture(autouse=True)
def _loaded_once(model: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "load_model", lambda _catalogue: model)
    monkeypatch.setattr(service, "Store", partial(kept_store, user="service"))
    monkeypatch.setattr("tests.house.Store", kept_store)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    # People of these journeys type and press faster than anybody does.
    monkeypatch.setattr("services.notifier.channels.telegram.chat_rate", lambda _chat: Rate(1000, 1.0))


@pytest.fixture
async def house(
    make_catalogue: Callable[..., Catalogue], store_url: str, settings: dict[str, str], telegram: BotApiServer
) -> AsyncIterator[House]:
    """The installation, which is receiving already."""
    async with open_house(make_catalogue, telegram, STORAGE_DATABASE_URL=store_url, **settings) as running:
        yield running
