from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from services.desk.app import make_app
from services.desk.health import health_routes
from services.ideas.catalogue import Catalogue
from services.ideas.register import Register
from tests import shipped
from tests.conftest import CONFIG
from tests.desk.client import Desk


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped configuration: it is a value, and nothing here writes into its folder."""
    data = str(tmp_path_factory.mktemp("data"))
    return shipped.catalogue(CONFIG, {"IDEENKANAL_STORAGE_DATA_DIR": data, "IDEENKANAL_WORK_POLL_SECONDS": "0.05"})


@pytest.fixture
def states() -> dict[str, str]:
    """How the parts of the process are, as /readyz tells it; a test may change it."""
    return {"model": "ready"}


@pytest.fixture
async def desk(register: Register, states: dict[str, str]) -> AsyncIterator[Desk]:
    """The desk, served on a loopback port."""
    app = make_app(register, health_routes(register, lambda: states), pages=True)
    async with TestClient(TestServer(app)) as client:
        yield client
