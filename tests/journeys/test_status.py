"""A person asks where their ideas stand, and what else there is to know."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest

from services.ideas.deeds import Ask, Doer
from tests.house import House
from tests.journeys.phone import asks, asks_all, begins, labels, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

# What each language says first where it is asked for something, with and without a slash.
_SAYS = {
    "Deutsch": {
        "hilfe": "So funktioniert der Ideenkanal",
        "meine": "Das ist Ihre Idee",
        "datenschutz": "Datenschutz im Ideenkanal",
        "impressum": "Impressum",
        "barrierefreiheit": "Barrierefreiheit",
        "benachrichtigungen": "Nachrichten über Neues sind angeschaltet.",
    },
    "Leichte Sprache": {
        "hilfe": "So geht der Ideen-Kanal",
        "meine": "Das ist Ihre Idee:",
        "datenschutz": "Daten-Schutz beim Ideen-Kanal",
        "impressum": "Impressum\nHier steht, wer den Ideen-Kanal macht.",
        "barrierefreiheit": "Barriere-Freiheit",
        "benachrichtigungen": "Die Nachrichten über Neues sind an.",
    },
    "English": {
        "help": "How the Ideenkanal (channel for ideas)",
        "mine": "This is your idea:",
        "privacy": "Privacy notice of the Ideenkanal",
        "imprint": "Imprint: who runs this service",
        "accessibility": "Accessibility statement",
        "notifications": "News is switched on",
    },
}


async def test_a_number_shows_where_its_idea_stands_to_its_own_person_alone(house: House) -> None:
    """However it is typed; somebody else's number, one that nobody has and a mistyped one are answered alike."""
    erika, bernd = house.citizen(), house.citizen(4712, "Bernd")
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    await begins(bernd, "In Plauen gibt es zu wenige Kinderärzte.")
    own, other = await house.reference_of(erika), await house.reference_of(bernd)
    for answer in await asks_all(erika, (f"/status {own}", f"Stand {own}", own.replace("-", " ").lower())):
        assert f"{own} vom" in words(answer)
        assert "Stand: bei der zuständigen Stelle" in words(answer)
    mistyped = own[:-1] + str((int(own[-1]) + 1) % 10)
    for number in (other, "SWS-2026-9999-1", mistyped):
        for answer in await asks_all(erika, (f"/status {number}", f"Stand {number}", number)):
            assert words(answer).startswith(f"Zur Nummer {number} ")
    assert len((await house.register.idea(own)).contributions) == 1


async def test_news_say_the_stage_and_no_more(house: House) -> None:
    """Telegram reads along, so the staff's words are on the linked page alone; whoever wants no news gets none."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    reference = await house.reference_of(erika)
    await house.register.change_stage(reference, "pruefung-regionalkonvent", "Kommt bald.", "staff", datetime.now(UTC))
    news = words(await erika.next_message()).split("\n\n")
    stage = "Stand: in Prüfung beim Regionalkonvent"
    note = "Die zuständige Stelle schreibt Ihnen dazu. Sie lesen es unter dem Link."
    assert news[0].splitlines() == [f"Neuigkeiten zu {reference}", stage, note]
    assert news[1].startswith("So geht es weiter: Wir schreiben Ihnen, was der Regionalkonvent entschieden hat.\n")
    link = news[2]
    assert news[3:] == [
        "Möchten Sie etwas ergänzen? Antworten Sie im Chat genau auf diese Nachricht.",
        "Solche Nachrichten abschalten: /benachrichtigungen",
    ]
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(link.replace("http://127.0.0.1:8080", house.url)) as page,
    ):
        assert "Kommt bald." in await page.text()

    switch = await asks(erika, "/benachrichtigungen")
    switch = await turns(erika, switch, "Abschalten", "Nachrichten über Neues sind abgeschaltet.")
    assert labels(switch) == ["Anschalten"]
    await house.register.change_stage(reference, "fachpruefung-imag", "", "staff", datetime.now(UTC))
    assert words(await asks(erika, "/benachrichtigungen an")).startswith("Nachrichten über Neues sind angeschaltet.")
    assert labels(await asks(erika, "Benachrichtigungen aus")) == ["Anschalten"]


async def test_a_question_is_answered_in_the_chat(house: House) -> None:
    """Even with "yes" alone: it stands in the idea, and the person is told so; later the button does it."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    reference = await house.reference_of(erika)
    for question, answer in (("Auch am Sonntag?", "Ja, genau"), ("Bis wann?", "Bis 23 Uhr reicht.")):
        await house.register.work.act(reference, Ask(question), Doer("staff"), datetime.now(UTC))
        asked = await erika.next_message()
        assert words(asked).startswith(f"Eine Frage zu {reference}\n\n> {question}\nAntworten Sie einfach hier.")
        assert labels(asked) == ["Jetzt antworten"]
        assert reference in words(await asks(erika, answer))
    said = [each.text for each in (await house.register.idea(reference)).contributions]
    assert said[1:] == ["Ja, genau", "Bis 23 Uhr reicht."]


async def test_what_must_be_said_is_said_in_every_language(house: House) -> None:
    """Help, the legal texts and the own ideas, by the command and by the word alone."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    for language, begin in _SAYS.items():
        await asks(erika, language)
        answers = await asks_all(erika, (text for name in begin for text in (f"/{name}", name.upper() + "?")))
        for expected, command, word in zip(begin.values(), answers[::2], answers[1::2], strict=True):
            assert words(command).startswith(expected)
            assert words(word) == words(command)
