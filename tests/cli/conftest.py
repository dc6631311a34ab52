from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from services.ideas.register import Register
from tests import shipped
from tests.conftest import CONFIG, SECRET, kept_store

Do = Callable[[Callable[[Register], Awaitable[Any]]], Any]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of an installation of this test's own, as the environment names it, configured as shipped."""
    commands = import_module("services.cli.main")
    monkeypatch.setattr(commands, "read_catalogue", shipped.catalogue)
    monkeypatch.setattr(commands, "load_gazetteer", shipped.gazetteer)
    monkeypatch.setenv("IDEENKANAL_STORAGE_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def do(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Do something with the register of the installation, whose commands use the same database."""
    monkeypatch.setenv("IDEENKANAL_STORAGE_DATABASE_URL", store_url)
    catalogue = shipped.catalogue(CONFIG, {})

    async def run(work: Callable[[Register], Awaitable[Any]]) -> Any:
        async with kept_store(store_url) as store:
            return await work(Register(store, catalogue, SECRET))

    return lambda work: asyncio.run(run(work))
