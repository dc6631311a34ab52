from __future__ import annotations

from collections.abc import Callable

from aiohttp.test_utils import TestClient, TestServer

from services.desk.app import make_app
from services.desk.health import health_routes
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.migrate import migrate
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import NOON, SECRET
from tests.desk.client import Desk
from tests.postgres import PostgresServer
from tests.submissions import submit


async def test_a_living_process_says_so(desk: Desk) -> None:
    """/healthz answers without asking anyone."""
    answer = await desk.get("/healthz")

    assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_a_process_that_can_work_is_ready(desk: Desk, register: Register) -> None:
    """/readyz names each part and counts what is waiting."""
    await submit(register)

    answer = await desk.get("/readyz")

    assert (answer.status, await answer.json()) == (
        200,
        {
            "status": "ready",
            "parts": {"model": "ready", "store": "ready"},
            "messages": {"read": 1},
            "notifications": {"due": 1},
        },
    )


async def test_without_a_model_the_process_is_degraded(desk: Desk, states: dict[str, str]) -> None:
    """A part that is not ready is named, and the answer is 200 all the same: ideas are still taken in."""
    states["model"] = "failed"

    answer = await desk.get("/readyz")
    told = await answer.json()

    assert (answer.status, told["status"], told["parts"]["model"]) == (200, "degraded", "failed")


async def test_while_nothing_is_sent_the_process_is_degraded(desk: Desk, register: Register) -> None:
    """A paused outbox is named, whichever process is asked."""
    await register.outbox_control.pause("", NOON)

    told = await (await desk.get("/readyz")).json()

    assert (told["status"], told["parts"]["outbox"]) == ("degraded", "paused")


async def test_without_its_store_the_process_is_unavailable_until_it_is_back(
    make_catalogue: Callable[..., Catalogue],
) -> None:
    """While PostgreSQL is stopped /readyz and the pages answer 503, /healthz 200; afterwards all is as before."""
    with PostgresServer() as server:
        async with Store(server.create_database()) as store:
            await migrate(store)
            register = Register(store, make_catalogue(), SECRET)
            path = f"/idee/{register.token(Purpose.STATUS_PAGE, await submit(register))}"
            app = make_app(register, health_routes(register, lambda: {"model": "ready"}), pages=True)
            async with TestClient(TestServer(app)) as desk:
                server.stop("immediate")
                ready, page, alive = await desk.get("/readyz"), await desk.get(path), await desk.get("/healthz")
                told, shown = await ready.json(), await page.text()
                server.start()
                again, opened = await desk.get("/readyz"), await desk.get(path)

    assert (ready.status, told) == (
        503,
        {"status": "unavailable", "parts": {"model": "ready", "store": "unavailable"}},
    )
    assert (page.status, page.headers["Retry-After"]) == (503, "10")
    assert "Ihre Idee ist sicher gespeichert" in shown
    assert [alive.status, again.status, opened.status] == [200, 200, 200]
