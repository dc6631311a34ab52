"""The legal pages: complete, in each language, and never further away than two steps."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.legal import PATHS
from services.ideas.register import Register
from tests.conftest import on_sqlite
from tests.desk.client import Desk
from tests.html import Page
from tests.submissions import ANNA, submit

LANGUAGES = ["de", "de-simple", "en"]
pytestmark = on_sqlite


@pytest.mark.parametrize("path", PATHS.values())
@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_is_there_in_each_language(desk: Desk, path: str, language: str) -> None:
    """It says in which language it is, has one heading of its own, and no level of headings is left out."""
    answer = await desk.get(path, params={"sprache": language})
    text = await answer.text()

    assert (answer.status, answer.content_type) == (200, "text/html")
    assert f'<html lang="{language}">' in text
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []
    assert "{{" not in text


@pytest.mark.parametrize("path", PATHS.values())
async def test_each_page_names_who_answers_for_it(desk: Desk, catalogue: Catalogue, path: str) -> None:
    """As the settings say."""
    operator = catalogue.settings.operator
    words = Page(await (await desk.get(path)).text()).words

    assert [fact for fact in (operator.name, operator.email) if fact not in words] == []


async def test_the_privacy_page_says_what_the_law_asks_for(desk: Desk, catalogue: Catalogue) -> None:
    """Whom to turn to, and how long what is kept (Art. 13 GDPR)."""
    settings = catalogue.settings
    words = Page(await (await desk.get("/datenschutz")).text()).words

    named = [settings.operator.data_protection_officer, settings.operator.supervisory_authority]
    named += [str(settings.privacy.raw_days), str(settings.privacy.contact_months)]
    assert [fact for fact in named if fact not in words] == []


@pytest.mark.parametrize("asked", ["", "fr", "../../settings", "<script>", "DE"])
async def test_an_unknown_language_is_the_regions_own(desk: Desk, asked: str) -> None:
    """And what was asked for is not repeated."""
    page = await (await desk.get("/impressum", params={"sprache": asked})).text()

    assert page == await (await desk.get("/impressum")).text()
    assert '<html lang="de">' in page


async def test_the_present_language_is_marked(desk: Desk) -> None:
    """Each language is linked by its own name, in its own language, and the present one says so."""
    page = await (await desk.get("/impressum?sprache=en")).text()

    links = dict(re.findall(r'<a href="\?sprache=([\w-]+)" lang="([\w-]+)"', page))
    assert links == {language: language for language in LANGUAGES}
    assert re.findall(r'lang="([\w-]+)" hreflang="[\w-]+" aria-current="page"', page) == ["en"]


async def test_legal_pages_are_two_steps_from_everywhere(desk: Desk, register: Register) -> None:
    """Every page links them itself, also the one that says that a page does not exist."""
    reference = await submit(register, sender=ANNA)
    purposes = {"idee": Purpose.STATUS_PAGE, "adresse": Purpose.VERIFY_ADDRESS, "abmelden": Purpose.UNSUBSCRIBE}
    links = [f"/{path}/{register.token(purpose, reference)}" for path, purpose in purposes.items()]
    for path in ("/", "/nowhere", *links, *PATHS.values()):
        targets = Page(await (await desk.get(path)).text()).targets
        assert [legal for legal in PATHS.values() if legal not in targets] == [], path
