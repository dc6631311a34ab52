"""A person names a place of which there are several, or what may be one of two topics."""

from __future__ import annotations

import pytest

from tests.fakes.bot_api import Citizen
from tests.house import House
from tests.journeys.phone import asks, begins, labels, presses, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BUS = "In Auerbach fährt nach 18 Uhr kein Bus mehr"
_AUERBACHS = ["Auerbach (Erzgebirgskreis)", "Auerbach/Vogtl. (Vogtlandkreis)", "Auerbach (Zwickau)"]
_QUESTION = "Welchen Ort meinen Sie?"
_VOGTLAND = "Ort: Auerbach/Vogtl.\nZuständig: Landratsamt Vogtlandkreis\n"


async def towns(house: House, citizen: Citizen) -> list[str]:
    idea = await house.register.idea(await house.reference_of(citizen))
    return [town.name for town in idea.understanding.municipalities]


async def test_the_one_question_is_answered_by_a_button(house: House) -> None:
    """Each place is a button above all others; a press twice is one answer, and nothing more is asked."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    assert words(card).count(_QUESTION) == 1
    assert "Ohne Antwort klärt es ein Mensch." in words(card)
    assert labels(card) == [*_AUERBACHS, "Thema ändern", "Ort ändern", "Ergänzen", "Zurückziehen"]
    answer = await turns(erika, card, _AUERBACHS[1], "steht jetzt:")
    assert _VOGTLAND in words(answer)
    await turns(erika, card, _AUERBACHS[1], words(answer))
    assert _QUESTION not in words(await asks(erika, "vor allem am Wochenende"))
    assert await towns(house, erika) == ["Auerbach/Vogtl."]


async def test_the_one_question_is_answered_in_words(house: House) -> None:
    """However people say it; what more they say is kept."""
    answers = ("das im Vogtland", "Auerbach im Vogtland natürlich", _AUERBACHS[1], "08209")
    for number, answer in enumerate(answers):
        citizen = house.citizen(4711 + number)
        await begins(citizen, _BUS)
        assert _VOGTLAND in words(await asks(citizen, answer))
        assert len((await house.register.idea(await house.reference_of(citizen))).contributions) == 1
    talker = house.citizen(4720)
    await begins(talker, _BUS)
    more = "In Auerbach im Vogtland fährt auch sonntags keiner"
    assert _VOGTLAND in words(await asks(talker, more))
    idea = await house.register.idea(await house.reference_of(talker))
    assert [said.text for said in idea.contributions] == [_BUS, more]


async def test_no_answer_is_fine_and_nothing_is_asked_twice(house: House) -> None:
    """Whoever goes on telling has added to the idea, which a person places; another town is no answer."""
    erika = house.citizen()
    await begins(erika, _BUS)
    for text in ("Die Schüler kommen nach dem Sport nicht mehr nach Hause.", "Das ist kein Zustand."):
        added = words(await asks(erika, text))
        assert "Ort: noch offen\nWas noch offen ist, klärt zuerst ein Mensch.\n" in added
        assert _QUESTION not in added
    idea = await house.register.idea(await house.reference_of(erika))
    assert [assignment.body for assignment in idea.assignments] == ["regionalkonvent"]
    assert words(await asks(erika, "Nach Plauen auch nicht")).startswith("Danke, das gehört jetzt zu")
    assert "Auerbach/Vogtl." not in await towns(house, erika)


async def test_a_place_that_is_named_on_request_is_asked_about_as_well(house: House) -> None:
    """After „Ort ändern“ a name of several places leads to the question, however the idea is routed."""
    erika = house.citizen()
    card = await begins(erika, "Da muss sich endlich etwas tun, so geht es nicht weiter")
    await presses(erika, card, "Ort ändern")
    asked = await asks(erika, "Oelsnitz")
    assert labels(asked)[:2] == ["Oelsnitz/Erzgeb. (Erzgebirgskreis)", "Oelsnitz/Vogtl. (Vogtlandkreis)"]
    assert _QUESTION in words(asked)
    assert "Ort: Oelsnitz/Erzgeb.\n" in words(await asks(erika, "Erzgebirge"))


async def test_which_topic_of_two_is_answered_in_words_or_by_a_button(house: House) -> None:
    """With the name of a topic, also a third one; a name that nobody asked for is somebody's words."""
    idea = "In Oelsnitz fehlt ein Parkplatz für Schüler"
    erika, bernd = house.citizen(), house.citizen(4712, "Bernd")
    card, other = await begins(erika, idea), await begins(bernd, idea)
    assert "Welches Thema passt besser?" in words(card)
    assert labels(card)[:2] == ["Bildung und Wissenschaft", "Mobilität und Verkehr"]
    answer = words(await asks(erika, "Kultur, Tourismus und Sport"))
    assert "Thema: Kultur, Tourismus und Sport\nOrt: noch offen\n" in answer
    assert _QUESTION not in answer
    assert words(await asks(erika, "Mobilität und Verkehr")).startswith("Danke, das gehört jetzt zu")
    await turns(bernd, other, "Mobilität und Verkehr", "steht jetzt:\nThema: Mobilität und Verkehr\n")
