from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import escape

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update
from yarl import URL

from services.desk.app import make_app
from services.ideas.capability import Purpose, capability_token
from services.ideas.chat import AwaitedFile, ChatMessage
from services.ideas.deeds import Accept, Ask, Bundle, Doer
from services.ideas.model import InboundMessage, LoggedMessage
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AwaitedFileRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.desk.client import Desk
from tests.html import Page
from tests.submissions import BEN, CERTAIN, CHEMNITZ, UNCERTAIN, submit

ODD_TOKENS = [
    "A" * 43,
    "x",
    "%00",
    "%FF%FE",
    "..%2F..%2Fetc%2Fpasswd",
    "' OR 1=1 --",
    "%F0%9F%9A%B2",
    "A" * 5000,
    "%0d%0aSet-Cookie:%20a=b",
]


def path(register: Register, reference: str) -> str:
    return f"/idee/{register.token(Purpose.STATUS_PAGE, reference)}"


async def test_the_page_tells_where_an_idea_stands(desk: Desk, register: Register) -> None:
    """Behind its link an idea shows its number, stage, topic, place, body, way and words."""
    reference = await submit(register, "Ein Radweg für alle.", subject="Radweg", attachments=["Plan.pdf"])
    later = NOON + timedelta(days=1)
    await register.change_stage(reference, "nicht-weiterverfolgt", "Es fehlt Geld.", "staff", later)

    answer = await desk.get(path(register, reference))
    page = await answer.text()

    assert (answer.status, answer.content_type) == (200, "text/html")
    shown = [reference, "nicht weiterverfolgt", "Mobilität und Verkehr", "Chemnitz", "Es fehlt Geld."]
    shown += ["24.11.2026", "Radweg", "Ein Radweg für alle.", "Plan.pdf"]
    assert [fact for fact in shown if fact not in page] == []
    assert "liegt jetzt bei" not in page


@on_sqlite
async def test_the_page_says_who_has_the_idea_what_comes_next_and_until_when(store: Store) -> None:
    """Once the time has passed, that it takes longer, instead of a day that is over."""
    register = Register(store, shipped.catalogue(CONFIG, {}), SECRET)
    reference = await submit(register)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)

    early, late = [await _seen(register, reference, NOON + timedelta(days=days)) for days in (1, 181)]

    assert "Ihre Idee liegt jetzt bei: Regionalkonvent" in early
    assert "Wir schreiben Ihnen, was der Regionalkonvent entschieden hat." in early
    assert "voraussichtlich bis Ende Mai 2027" in early
    assert ("voraussichtlich" in late, "länger, als wir gedacht haben" in late) == (False, True)


@on_sqlite
async def test_the_page_shows_nothing_that_staff_can_still_take_back(store: Store) -> None:
    """Stage, body, step, question and measure: until the ten minutes are over everything is as before."""
    register = Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)
    reference = await submit(register)
    measure = (await register.measures.create("Radnetz Chemnitz", NOON)).reference
    before = await _seen(register, reference, NOON)
    for deed in (Ask("Welche Straße?"), Bundle(measure), Accept("Gern.")):
        await register.work.act(reference, deed, Doer("j.weber", CHEMNITZ), NOON + timedelta(minutes=1))

    assert await _seen(register, reference, NOON + timedelta(minutes=10)) == before
    after = await _seen(register, reference, NOON + timedelta(minutes=11))
    told = ["Welche Straße?", "Radnetz Chemnitz", "Gern.", "in Prüfung beim Regionalkonvent"]
    assert [fact for fact in told if fact not in after or fact in before] == []


async def _seen(register: Register, reference: str, at: datetime) -> str:
    """The words of an idea's page at a time."""
    async with TestClient(TestServer(make_app(register, [], pages=True, now=lambda: at))) as client:
        answer = await client.get(path(register, reference))
        return " ".join(Page(await answer.text()).words.split())


async def test_an_open_topic_is_left_to_a_person(desk: Desk, register: Register) -> None:
    """Where the model abstained, the page says that a person decides and shows no guess."""
    page = await (await desk.get(path(register, await submit(register, understanding=UNCERTAIN)))).text()

    assert "Das legt ein Mensch fest." in page
    assert "Mobilität" not in page


@pytest.mark.parametrize("token", ODD_TOKENS, ids=range(len(ODD_TOKENS)))
async def test_what_is_no_token_opens_nothing(desk: Desk, register: Register, token: str) -> None:
    """Whatever stands in place of a token gets the same page, in German, with 404."""
    await submit(register)

    answer = await desk.get(URL(f"/idee/{token.replace(' ', '%20')}", encoded=True))
    wrong = await desk.get("/idee/unbekannt")

    assert (answer.status, await answer.text()) == (404, await wrong.text())
    assert "Diese Seite gibt es nicht" in await wrong.text()


async def test_other_things_open_nothing_either(desk: Desk, register: Register) -> None:
    """The reference number, another purpose's token, another secret's and a missing one get the same 404."""
    reference = await submit(register)
    other_secret = capability_token(b"another secret", Purpose.STATUS_PAGE, reference)
    token = register.token(Purpose.STATUS_PAGE, reference)
    wrong = await desk.get("/idee/unbekannt")

    for tried in (reference, other_secret, token[:-1], token + "A", token.swapcase(), "", f"{token}/"):
        answer = await desk.get(f"/idee/{tried}")
        assert (answer.status, await answer.text()) == (404, await wrong.text())


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        '<a href="https://evil.test">Hier</a>',
        "{{7*7}}",
        "</blockquote><form action=https://evil.test>",
    ],
)
async def test_citizens_words_are_only_words(desk: Desk, register: Register, hostile: str) -> None:
    """Subject, text, file name and note appear as they were written, as no tag and as no link."""
    ordinary_text = await _page(desk, register, "harmlos")

    text = await _page(desk, register, hostile)

    assert text.count(str(escape(hostile)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")) == 4
    assert Page(text).tags == Page(ordinary_text).tags
    assert _without_tokens(text) == _without_tokens(ordinary_text)


def _without_tokens(text: str) -> list[str]:
    return [re.sub(r"/idee/[\w-]{43}/anlage/\d+", "FILE", target) for target in Page(text).targets]


async def _page(desk: Desk, register: Register, words: str) -> str:
    reference = await submit(register, words, subject=words, attachments=[words])
    await register.change_stage(reference, "nicht-weiterverfolgt", words, "staff", NOON)
    return await (await desk.get(path(register, reference))).text()


async def test_pages_load_nothing_from_elsewhere(desk: Desk, register: Register) -> None:
    """All that a page refers to is its own style sheet, which is there, and other pages of ours."""
    targets = Page(await (await desk.get(path(register, await submit(register)))).text()).targets

    assert targets == ["/static/desk.css", "/", "/datenschutz", "/impressum", "/barrierefreiheit"]
    assert (await desk.get(targets[0])).content_type == "text/css"


@on_sqlite
async def test_files_that_are_not_there_yet_are_named(desk: Desk, register: Register, store: Store) -> None:
    """Whoever sent files in a chat sees which are still fetched, and which they have to send again."""
    files = tuple(AwaitedFile(name, f"{name}.jpg", "image/jpeg") for name in ("bald", "nie"))
    message = InboundMessage("telegram", "1", {}, b"", NOON)
    (receipt,) = await register.log([message])
    said = Submission(BEN, "", "Am Ufer fehlen Bänke.", chat=ChatMessage(1, NOON), awaited=files)
    reference = await register.record(LoggedMessage(receipt.id, message, 1), said, CERTAIN)
    assert reference is not None
    async with store.writing() as session:
        await session.execute(update(AwaitedFileRow).where(AwaitedFileRow.file_id == "nie").values(state="lost"))

    words = " ".join(Page(await (await desk.get(path(register, reference))).text()).words.split())

    assert "Diese Datei holen wir noch von Telegram: bald.jpg" in words
    assert "Diese Datei konnten wir nicht holen. Bitte schicken Sie sie uns noch einmal: nie.jpg" in words
