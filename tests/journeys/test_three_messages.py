"""A person tells one thought in three messages, or two thoughts in a row."""

from __future__ import annotations

import pytest

from tests.fakes.bot_api import Citizen
from tests.house import House
from tests.journeys.phone import asks, begins, labels, presses, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_HOME, _BUS, _UNTIL = "Ich wohne in Annaberg-Buchholz", "und bei uns fährt abends kein Bus", "wenigstens bis 22 Uhr"
_SCHOOL = "Die Schule in Mittweida braucht eine neue Turnhalle"
_ASKED = "Gern! Schreiben Sie Ihre neue Idee einfach als nächste Nachricht."


async def said(house: House, citizen: Citizen) -> list[list[str]]:
    """What each idea of a person consists of, oldest first."""
    ideas = await house.register.ideas_of("telegram", str(citizen.chat_id), 10)
    return [[each.text for each in idea.contributions] for idea in ideas[::-1]]


async def test_three_messages_are_one_idea(house: House) -> None:
    """Each later one is answered briefly, with what is understood by then, and a way to make it an idea of its own."""
    erika = house.citizen()
    assert "Thema: noch offen\nOrt: Annaberg-Buchholz" in words(await begins(erika, _HOME))
    reference = await house.reference_of(erika)
    for text in (_BUS, _UNTIL):
        added = await asks(erika, text)
        assert words(added).splitlines() == [
            f"Danke, das gehört jetzt zu {reference}.",
            "Thema: Mobilität und Verkehr",
            "Ort: Annaberg-Buchholz",
            "",
            "Ist es etwas ganz anderes? Dann wählen Sie „Neue Idee“.",
        ]
        assert labels(added) == ["Thema ändern", "Ort ändern", "Neue Idee"]
    assert await said(house, erika) == [[_HOME, _BUS, _UNTIL]]


async def test_messages_in_one_breath_are_one_idea_with_one_answer(house: House) -> None:
    """What came before the first answer has left is answered by it."""
    erika = house.citizen()
    await begins(erika, "Danke")
    hold = house.telegram.hang_next("sendMessage")
    await erika.says("Hallo")
    await house.telegram.called("sendMessage", 3)
    for text in (_HOME, _BUS, _UNTIL):
        await erika.says(text)
    await erika.sends_voice(b"OggS")
    await house.telegram.called("getFile")  # by then all four have been read
    hold.release()
    await erika.next_message()
    assert "Thema: Mobilität und Verkehr\nOrt: Annaberg-Buchholz" in words(await erika.next_message())
    assert words(await asks(erika, "Danke")).startswith("Sehr gern!")
    assert await said(house, erika) == [[_HOME, _BUS, _UNTIL, ""]]


async def test_what_is_something_else_is_split_and_joined_again(house: House) -> None:
    """By buttons, each of which may be pressed twice: the answer stands, and nothing is done twice."""
    erika = house.citizen()
    await begins(erika, _BUS)
    first = await house.reference_of(erika)
    added = await asks(erika, _SCHOOL)

    card = await turns(erika, added, "Neue Idee", "Ihre Nachricht liegt jetzt bei: Landratsamt Mittelsachsen")
    second = await house.reference_of(erika)
    assert f"Ihre Nummer: {second}\n\nThema: Bildung und Wissenschaft\nOrt: Mittweida" in words(card)
    assert labels(card)[-1] == "Zusammenlegen"
    await turns(erika, added, "Neue Idee", words(card))
    assert await said(house, erika) == [[_BUS], [_SCHOOL]]

    joined = await turns(erika, card, "Zusammenlegen", f"hat die Nummer {first}.")
    await turns(erika, card, "Zusammenlegen", words(joined))
    assert await said(house, erika) == [[_BUS, _SCHOOL]]
    assert len(erika.messages) == 3


async def test_splitting_and_joining_can_be_typed(house: House) -> None:
    """„Neue Idee“ is about the message that was just added; later it announces the next one."""
    erika = house.citizen()
    await begins(erika, _BUS)
    await asks(erika, _SCHOOL)
    assert words(await asks(erika, "neue Idee")).startswith("Danke, das ist angekommen!")
    assert await said(house, erika) == [[_BUS], [_SCHOOL]]
    assert words(await asks(erika, "Zusammenlegen!")).startswith("Beides gehört jetzt zusammen")
    assert await said(house, erika) == [[_BUS, _SCHOOL]]
    assert words(await asks(erika, "neue Idee")).startswith(_ASKED)
    assert words(await asks(erika, _HOME)).startswith("Danke, das ist angekommen!")
    assert await said(house, erika) == [[_BUS, _SCHOOL], [_HOME]]


async def test_who_says_that_it_is_new_is_believed(house: House) -> None:
    """A message that begins with „Neue Idee:“ is one, however soon it comes and whatever was asked."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    await presses(erika, card, "Ort ändern")
    assert words(await asks(erika, f"Neue Idee: {_SCHOOL}")).startswith("Danke, das ist angekommen!")
    assert await said(house, erika) == [[_BUS], [f"Neue Idee: {_SCHOOL}"]]


async def test_an_addition_can_be_announced(house: House) -> None:
    """After „Ergänzen“ the next message belongs to that idea, also where another one came in between."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    await asks(erika, f"Neue Idee: {_SCHOOL}")
    asked = await presses(erika, card, "Ergänzen")
    assert words(asked).startswith("Was möchten Sie zu")
    await asks(erika, _UNTIL)
    assert await said(house, erika) == [[_BUS, _UNTIL], [f"Neue Idee: {_SCHOOL}"]]
