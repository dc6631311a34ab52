from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from services.desk.app import make_app
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.columns import Table
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import SECRET
from tests.desk.client import Desk
from tests.submissions import ANNA, submit

MAIL_LINKS = ["/adresse/{verify}", "/abmelden/{unsubscribe}", "/abmelden/{unsubscribe}/doch-wieder"]
ROUTES = [
    "/",
    "/datenschutz",
    "/idee/{token}",
    "/idee/wrong",
    "/nowhere",
    "/healthz",
    "/readyz",
    "/static/desk.css",
    "/static/no.css",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]


async def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    async with store.reading() as session:
        return {
            table.name: [tuple(row) for row in await session.execute(select(table).order_by(*table.primary_key))]
            for table in Table.metadata.sorted_tables
        }


def paths(register: Register, reference: str) -> list[str]:
    """Every route, with the tokens of an idea."""
    tokens = {
        "token": register.token(Purpose.STATUS_PAGE, reference),
        "verify": register.token(Purpose.VERIFY_ADDRESS, reference),
        "unsubscribe": register.token(Purpose.UNSUBSCRIBE, reference),
    }
    return [route.format(**tokens) for route in ROUTES + MAIL_LINKS]


async def link(register: Register) -> str:
    return register.token(Purpose.STATUS_PAGE, await submit(register))


async def test_every_answer_carries_the_security_headers(desk: Desk, register: Register) -> None:
    """Whatever is asked by whatever method, the answer forbids scripts, foreign content, framing and keeping."""
    for path in paths(register, await submit(register, sender=ANNA)):
        for method in METHODS:
            answer = await desk.request(method, path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in answer.headers


async def test_an_expectation_that_is_not_met_is_answered_with_the_headers(desk: Desk) -> None:
    """A refusal that comes before any handler carries them too."""
    answer = await desk.get("/", headers={"Expect": "the-unexpected"})

    assert answer.status == 417
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_no_request_changes_anything_but_a_post_to_its_page(desk: Desk, register: Register, store: Store) -> None:
    """Mail scanners may open every link by every method, and post to all that have no button: nothing changes."""
    reference = await submit(register, sender=ANNA)
    before = await dump(store)

    for path in paths(register, reference):
        for method in METHODS:
            if method != "POST" or not path.startswith(("/adresse/", "/abmelden/")):
                await desk.request(method, path)

    assert await dump(store) == before
    assert (await desk.get(paths(register, reference)[1])).status == 200


async def test_head_answers_like_get_without_the_page(desk: Desk, register: Register) -> None:
    """HEAD has the status and the length of GET."""
    path = f"/idee/{await link(register)}"

    head, get = await desk.head(path), await desk.get(path)

    assert (head.status, head.headers["Content-Length"]) == (200, get.headers["Content-Length"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.test"},
        {"X-Original-URL": "/idee/evil.test", "X-Forwarded-Prefix": "//evil.test"},
    ],
)
async def test_a_forged_host_changes_nothing(desk: Desk, register: Register, headers: dict[str, str]) -> None:
    """Pages are the same whatever host a request names."""
    for path in ("/", f"/idee/{await link(register)}", "/nowhere"):
        answer = await desk.get(path, headers=headers)
        assert await answer.text() == await (await desk.get(path)).text()


async def test_a_method_that_a_page_does_not_have_is_refused_in_german(desk: Desk) -> None:
    """405 names the methods that there are, on a page in German."""
    answer = await desk.post("/")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert "Das hat nicht geklappt" in await answer.text()


async def test_a_defect_is_answered_in_german_and_shows_nothing(register: Register) -> None:
    """An error of the program is a 500 whose page holds nothing of it."""

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("the secret of the house")

    async with TestClient(TestServer(make_app(register, [web.get("/broken", broken)], pages=False))) as desk:
        answer = await desk.get("/broken")
        page = await answer.text()

    assert answer.status == 500
    assert "Bei uns ist ein Fehler aufgetreten" in page
    assert "secret" not in page


async def test_a_process_without_pages_shows_none(register: Register) -> None:
    """Where the desk is another process, there is no status page here."""
    async with TestClient(TestServer(make_app(register, [], pages=False))) as desk:
        assert (await desk.get(f"/idee/{await link(register)}")).status == 404


async def test_pages_can_live_under_a_path(store: Store, make_catalogue: Callable[..., Catalogue]) -> None:
    """With a path in the public URL the style sheet is looked for under it."""
    catalogue = make_catalogue(WEB_PUBLIC_URL="https://www.example.org/ideen/")
    app = make_app(Register(store, catalogue, SECRET), [], pages=True)

    async with TestClient(TestServer(app)) as desk:
        assert 'href="/ideen/static/desk.css"' in await (await desk.get("/")).text()


@pytest.mark.parametrize(("token", "is_named"), [("", False), ("7531902468:AAtest-token_of_the_test_server_00", True)])
async def test_the_start_page_names_the_ways_that_are_open(
    store: Store, make_catalogue: Callable[..., Catalogue], token: str, *, is_named: bool
) -> None:
    """The start page names the address, and the Telegram bot only where there is one."""
    app = make_app(Register(store, make_catalogue(TELEGRAM_TOKEN=token), SECRET), [], pages=True)

    async with TestClient(TestServer(app)) as desk:
        page = await (await desk.get("/")).text()

    assert "ideen@example.org" in page
    assert ("Telegram" in page) is is_named
