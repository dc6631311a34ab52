"""The pages of a digest: one day is made once, and the tests look at it through the desk."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from services.desk import digest as pages
from services.desk.app import make_app
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from tests.conftest import SECRET
from tests.desk.client import Desk
from tests.html import Page
from tests.notifier.samples_digest import BODY, MORNING, a_day
from tests.submissions import CHEMNITZ, submit

DAY = timedelta(days=1)
HOSTILE = [
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg onload=alert(1)>",
    "{{7*7}}",
    "harmlos\u202etxet rehcilrehcü",
    "https://evil.test/?a=1&b=2",
]
KEY, OTHER_KEY = f"digest:{BODY}:2026-11-26:0", f"digest:{CHEMNITZ}:hostile:0"


@dataclass(frozen=True)
class Made:
    """The store of the day, and its references by name; CHEMNITZ has a digest of hostile ideas."""

    file: Path
    references: Mapping[str, str]

    def digest_of_everything(self) -> str:
        """A hash of all that the database holds."""
        with sqlite3.connect(self.file) as connection:
            return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


@dataclass
class Clock:
    """What the desk takes for now."""

    now: datetime = MORNING


@pytest.fixture(scope="module")
def made(catalogue: Catalogue, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    file = tmp_path_factory.mktemp("day") / "ideenkanal.sqlite3"
    shutil.copy(sqlite_template, file)
    references = asyncio.run(_made(_url(file), catalogue))
    return Made(file, references)


async def _made(url: str, catalogue: Catalogue) -> Mapping[str, str]:
    async with Store(url) as store:
        register = Register(store, catalogue, SECRET)
        day = await a_day(register)
        for words in HOSTILE:
            await submit(register, f"{words}", subject=words, attachments=[words], at=MORNING)
        await register.write_digest(CHEMNITZ, Period("hostile", MORNING), MORNING)
        return day.references


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def register(made: Made, catalogue: Catalogue) -> AsyncIterator[Register]:
    async with Store(_url(made.file)) as store:
        yield Register(store, catalogue, SECRET)


@pytest.fixture
async def desk(register: Register, clock: Clock) -> AsyncIterator[Desk]:
    async with TestClient(TestServer(make_app(register, [], pages=True, now=lambda: clock.now))) as client:
        yield client


@pytest.fixture
def path(register: Register) -> str:
    """Where the digest of BODY is."""
    return f"/uebersicht/{register.digest_reading.token(KEY)}"


async def test_the_list_shows_every_idea_by_its_number(desk: Desk, made: Made, path: str) -> None:
    """With a link to each that is not erased, and to the table."""
    answer = await desk.get(path)
    page = Page(await answer.text())

    assert answer.status == 200
    assert [reference for reference in made.references.values() if reference not in page.words] == []
    numbers = [target for target in page.targets if re.fullmatch(f"{re.escape(path)}/[0-9]+", target)]
    assert numbers == [f"{path}/{number}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 10)]
    assert f"{path}/ideen.csv" in page.targets
    assert "Übersicht vom 24.11. bis 26.11.2026" in page.words


async def test_one_idea_is_shown_with_its_whole_story(desk: Desk, path: str) -> None:
    """What was written and asked, what bodies did and why, who has it and until when."""
    asked, handed, added = [Page(await (await desk.get(f"{path}/{n}")).text()).words for n in (9, 4, 5)]

    assert "Wie viele Räder sollen es sein?" in asked
    assert "Stadt Chemnitz hat die Idee an Sie weitergegeben" in handed
    assert "Der Abschnitt liegt hinter der Stadtgrenze." in handed
    assert "zu prüfen bis 23.12.2026" in handed
    assert added.index("Der Skilift braucht Strom") < added.index("Ich habe mit dem Liftbetreiber gesprochen.")


async def test_pages_say_what_waits_and_who_has_what_is_gone(desk: Desk, path: str) -> None:
    """What is new waits as well; of an idea that the body gave back there is no example of an answer."""
    listed, refused, new = [Page(await (await desk.get(f"{path}{rest}")).text()).words for rest in ("", "/10", "/1")]

    assert "8 Ideen warten auf Sie, 1 überfällig" in listed
    assert "Jetzt bei: Regionalkonvent Südwestsachsen." in refused
    assert ("So antworten Sie" in refused, "1 annehmen" in new) == (False, True)


async def test_no_page_tells_who_wrote(desk: Desk, path: str) -> None:
    """Neither address nor chat of a submitter stands anywhere."""
    told = [await (await desk.get(f"{path}{rest}")).text() for rest in ("", "/ideen.csv", "/5", "/9")]

    assert [text for text in told if "anna@example.org" in text or "4711" in text] == []


async def test_what_was_erased_is_gone(desk: Desk, path: str) -> None:
    """Its number says that copies have to go as well."""
    answer = await desk.get(f"{path}/6")
    words = Page(await answer.text()).words

    assert answer.status == 200
    assert "Bitte löschen Sie auch Ihre Kopien davon." in words
    assert "Linie 210" not in words


async def test_looking_changes_nothing(desk: Desk, made: Made, path: str) -> None:
    """GET and HEAD of every link leave the database as it was, byte for byte, and the links open."""
    file = re.search(rf"{re.escape(path)}/1/anlage/[0-9]+", await (await desk.get(f"{path}/1")).text())
    assert file is not None
    before = made.digest_of_everything()
    for rest in ("", "/ideen.csv", "/1", "/6", "/9", file[0].removeprefix(path), ""):
        for method in ("GET", "HEAD"):
            assert (await desk.request(method, f"{path}{rest}")).status == 200

    assert made.digest_of_everything() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_but_looking_is_possible(desk: Desk, path: str, method: str) -> None:
    """No page takes anything."""
    assert [(await desk.request(method, f"{path}{rest}")).status for rest in ("", "/1", "/ideen.csv")] == [405] * 3


async def test_no_other_token_opens_a_digest(desk: Desk, register: Register, made: Made) -> None:
    """Of another purpose for the same mail, of an idea, of another key, and none at all."""
    tokens = [register.token(Purpose.REPLY, KEY), register.token(Purpose.RETURN_PATH, KEY)]
    tokens += [register.token(Purpose.STATUS_PAGE, made.references["bus"]), register.digest_reading.token("x"), "x"]
    found = [(await desk.get(f"/uebersicht/{token}{rest}")).status for token in tokens for rest in ("", "/1")]

    assert found == [404] * 10


async def test_the_token_of_a_digest_opens_nothing_else(desk: Desk, path: str) -> None:
    """Neither a submitter's page, nor what they can do there."""
    token = path.rpartition("/")[2]

    assert [(await desk.get(f"/{page}/{token}")).status for page in ("idee", "adresse", "abmelden")] == [404] * 3


async def test_a_body_sees_its_own_digest_alone(desk: Desk, register: Register, path: str) -> None:
    """A number or a file of another body's digest is not there."""
    other = f"/uebersicht/{register.digest_reading.token(OTHER_KEY)}"
    file = re.search("/1/anlage/[0-9]+", await (await desk.get(f"{path}/1")).text())
    assert file is not None

    assert (await desk.get(f"{path}{file[0]}")).status == 200
    assert [(await desk.get(f"{other}{rest}")).status for rest in (file[0], "/99", "/0")] == [404] * 3
    assert (await desk.get(f"{path}{file[0].replace('/1/', '/2/')}")).status == 404


async def test_a_link_ends_after_two_weeks(desk: Desk, clock: Clock, path: str) -> None:
    """Each page says so kindly, and no sooner."""
    clock.now = MORNING + 14 * DAY - timedelta(seconds=1)
    assert (await desk.get(path)).status == 200
    clock.now = MORNING + 14 * DAY
    answers = [await desk.get(f"{path}{rest}") for rest in ("", "/1", "/1/anlage/1", "/ideen.csv")]

    assert [answer.status for answer in answers] == [410] * 4
    assert "Die Links in unseren Übersichten gelten 14 Tage." in await answers[0].text()


async def test_a_long_digest_comes_in_pages(desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each idea on one of them; behind the last there is none."""
    monkeypatch.setattr(pages, "_ON_A_PAGE", 4)
    seen = [Page(await (await desk.get(f"{path}?seite={number}")).text()).targets for number in (1, 2, 3)]
    numbers = [int(found[1]) for page in seen for target in page if (found := re.fullmatch(rf"{path}/(\d+)", target))]

    assert sorted(numbers) == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert f"{path}?seite=3" in seen[0]
    assert (await desk.get(f"{path}?seite=4")).status == 404
    assert (await desk.get(f"{path}?seite=zwei")).status == 200


async def test_the_table_holds_every_idea(desk: Desk, path: str) -> None:
    """In UTF-8 that Excel recognises, with semicolons; erased ideas have no words."""
    answer = await desk.get(f"{path}/ideen.csv")
    content = await answer.read()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))

    assert content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert [int(row["Nummer"]) for row in rows] == list(range(1, 11))
    assert (rows[6]["Titel"], rows[6]["Überfällig"]) == ("Bänke auf dem Weg zum Markt", "seit 15 Tagen")
    assert (rows[5]["Titel"], rows[5]["Text"]) == ("Gelöschte Idee", "")


async def test_hostile_words_are_only_words(desk: Desk, register: Register) -> None:
    """Titles, texts and file names of citizens become no tag, no link and no formula, on any page."""
    path = f"/uebersicht/{register.digest_reading.token(OTHER_KEY)}"
    ordinary = f"/uebersicht/{register.digest_reading.token(KEY)}"
    told = [
        await (await desk.get(f"{path}{rest}")).text() for rest in ("", *(f"/{n + 1}" for n in range(len(HOSTILE))))
    ]
    usual = [Page(await (await desk.get(f"{ordinary}{rest}")).text()).tags for rest in ("", "/1", "/4")]
    rows = list(csv.reader(io.StringIO(await (await desk.get(f"{path}/ideen.csv")).text()), delimiter=";"))

    assert set().union(*(Page(text).tags for text in told)) <= set().union(*usual)
    assert [target for text in told for target in Page(text).targets if not target.startswith(("/", "?"))] == []
    assert [words for words in HOSTILE if words not in Page(told[0]).words] == []
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


async def test_a_bodys_links_are_closed_at_once(catalogue: Catalogue, made: Made, tmp_path: Path) -> None:
    """Its pages and its secret reply addresses; other bodies' stay, and a bounce is still recognised."""
    shutil.copy(made.file, tmp_path / "ideenkanal.sqlite3")
    async with Store(_url(tmp_path / "ideenkanal.sqlite3")) as store:
        register = Register(store, catalogue, SECRET)
        # Two digests of the body, each with a page and an address.
        assert await register.digest_reading.revoke(BODY) == 4
        assert await register.digest_reading.link(register.digest_reading.token(KEY)) is None
        assert await register.digest_reading.link(register.digest_reading.token(OTHER_KEY)) is not None
        with sqlite3.connect(tmp_path / "ideenkanal.sqlite3") as connection:
            left = connection.execute("SELECT purpose, COUNT(*) FROM capability GROUP BY purpose").fetchall()
    assert (dict(left)["digest-page"], dict(left)["return-path"] > 2) == (1, True)
