"""A person wants to be forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ideas.periods import Period
from tests.house import House
from tests.journeys.phone import asks, begins, labels, letter, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_CHAT = 470811470811
_CHOICES = ["Nur meine Daten löschen", "Auch meine Ideen löschen", "Nichts löschen"]


def traces(store_url: str, word: str) -> list[str]:
    """Where a word still stands: the rows of the database, and its files."""
    path = Path(store_url.removeprefix("sqlite+aiosqlite:///"))
    with closing(sqlite3.connect(path)) as database:
        rows = [row for row in database.iterdump() if word in row]
    files = path.parent.glob(f"{path.name}*")
    return rows + [file.name for file in files if word.encode() in file.read_bytes()]


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


async def test_nobody_is_forgotten_unasked(house: House) -> None:
    """Whatever is typed, the bot first asks; "yes" does not say what is meant, and whoever cancels loses nothing."""
    erika = house.citizen()
    await begins(erika, "In Plauen fehlt ein Radweg zum Bahnhof.")
    question = await asks(erika, "/loeschen alles löschen")
    assert words(question).startswith("Was sollen wir löschen?")
    assert labels(question) == _CHOICES
    await turns(erika, question, "Nichts löschen", "Gut, alles bleibt, wie es ist.")
    for text in ("alles löschen", "ja"):
        assert labels(await asks(erika, text)) == _CHOICES
    assert words(await asks(erika, "abbrechen")) == "Gut, alles bleibt, wie es ist."
    assert await house.reference_of(erika) in words(await asks(erika, "/meine"))


async def test_an_idea_stays_without_its_person(house: House, store_url: str) -> None:
    """Staff read on what was said; of the chat nothing is left anywhere, and whoever writes again is new."""
    erika = house.citizen(_CHAT)
    card = await begins(erika, "In Plauen fehlt ein Radweg zum Bahnhof.")
    reference = await house.reference_of(erika)
    assert traces(store_url, str(_CHAT))
    await asks(erika, "/loeschen")
    farewell = await asks(erika, "nur mich")
    assert words(farewell).startswith("Wir haben Ihre Daten gelöscht. Ideen, die Sie geschickt haben, bleiben")
    await begins(house.citizen(), "Hallo")

    assert traces(store_url, str(_CHAT)) == []
    assert (await house.register.idea(reference)).title == "In Plauen fehlt ein Radweg zum Bahnhof."
    notice = await asks(erika, "/meine")
    assert words(notice).startswith("Kurz zum Datenschutz")
    assert reference not in words(await erika.next_message())
    await erika.presses(card, "Stimmt")
    assert words(await erika.next_message()).startswith(f"Zur Nummer {reference} gibt es in diesem Chat keine Idee.")


@pytest.mark.parametrize("settings", [{"PRIVACY_ARCHIVE_RELEASED": "true"}], indirect=True)
async def test_ideas_go_too_where_the_archive_has_released_them(house: House, store_url: str) -> None:
    """Not a word is left; bodies that knew the idea read that it is gone and that their copies have to go."""
    erika = house.citizen(_CHAT)
    await begins(erika, "In Plauen fehlt ein Kanarienvogelhaus im Park.")
    reference = await house.reference_of(erika)
    await house.register.write_digest(
        body := await bearer(house, reference), Period("first", datetime.now(UTC)), datetime.now(UTC)
    )
    mailbox = house.catalogue.bodies[body].email[0]
    assert "Kanarienvogelhaus" in (await house.relay.mail_to(mailbox)).message.as_string()
    question = await asks(erika, "/loeschen")
    await turns(erika, question, "Auch meine Ideen löschen", "Wir haben Ihre Daten und Ihre Ideen gelöscht.")
    await begins(house.citizen(), "Hallo")

    assert traces(store_url, str(_CHAT)) == traces(store_url, "Kanarienvogelhaus") == []
    await house.register.write_digest(body, Period("second", datetime.now(UTC)), datetime.now(UTC))
    told = letter(await house.relay.mail_to(mailbox))
    assert reference in told
    assert "Bitte löschen Sie auch Ihre Kopien davon." in told


async def test_ideas_are_locked_until_the_archive_has_released_them(house: House, store_url: str) -> None:
    """Nobody works with them any more, the person is told so, and of the chat nothing is left."""
    erika = house.citizen(_CHAT)
    await begins(erika, "In Plauen fehlt ein Kanarienvogelhaus im Park.")
    reference = await house.reference_of(erika)
    question = await asks(erika, "daten löschen")
    assert "sobald das Archiv sie freigegeben hat" in words(question)
    locked = await turns(
        erika, question, "Auch meine Ideen löschen", "Wir haben Ihre Daten gelöscht und Ihre Ideen gesperrt."
    )
    assert labels(locked) == []
    await begins(house.citizen(), "Hallo")

    assert traces(store_url, str(_CHAT)) == []
    assert [idea.reference for idea in await house.register.personal_data.locked()] == [reference]


async def bearer(house: House, reference: str) -> str:
    """A body that has the idea."""
    return (await house.register.idea(reference)).assignments[0].body
