"""A person finds the bot, and tells it an idea."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.journeys.phone import asks, asks_all, begins, labels, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BUS = "in zschopau fährt nach 18 uhr kein bus mehr heim, da muss was passieren"
_BUTTONS = ["Stimmt", "Thema ändern", "Ort ändern", "Ergänzen", "Zurückziehen"]


async def test_an_empty_chat_says_what_the_bot_is_for(house: House) -> None:
    """Before the first word: what it does, that Telegram lies outside the EU, the other way, and the menu."""
    await house.telegram.called("setMyShortDescription", 2)
    description = house.telegram.about("description")
    assert "Schreiben Sie es hier auf." in description
    assert "außerhalb der EU. Genauso gut erreichen Sie uns per E-Mail." in description
    assert house.telegram.about("description", "en") != description
    menu = house.telegram.commands(scope='{"type": "all_private_chats"}')
    assert [each["command"] for each in menu] == [
        "start", "hilfe", "meine", "status", "sprache", "benachrichtigungen", "datenschutz", "auskunft", "loeschen",
        "verbinden", "impressum", "barrierefreiheit",
    ]  # fmt: skip


async def test_one_message_is_enough(house: House) -> None:
    """The privacy notice comes first, and then the number, what was understood, who has it, and what can be said."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    reference = await house.reference_of(erika)
    notice, _ = erika.messages
    assert words(notice).startswith("Kurz zum Datenschutz")
    assert words(card).splitlines()[:6] == [
        "Danke, das ist angekommen!",
        f"Ihre Nummer: {reference}",
        "",
        "Thema: Mobilität und Verkehr",
        "Ort: Zschopau",
        "Ihre Nachricht liegt jetzt bei: Landratsamt Erzgebirgskreis",
    ]
    assert labels(card) == _BUTTONS
    assert card["reply_to_message"]["message_id"] == erika.written[0]["message_id"]
    assert [said.text for said in (await house.register.idea(reference)).contributions] == [_BUS]


async def test_who_starts_is_welcomed_with_the_notice_and_told_it_once(house: House) -> None:
    """The welcome holds the notice; the first idea is then answered by its card alone."""
    erika = house.citizen()
    welcome = await asks(erika, "/start")
    assert words(welcome).startswith("Guten Tag! Hier ist der Ideenkanal Südwestsachsen.")
    assert "Kurz zum Datenschutz" in words(welcome)
    assert words(await asks(erika, _BUS)).startswith("Danke, das ist angekommen!")


async def test_that_it_is_right_can_be_pressed_and_typed(house: House) -> None:
    """The card is then settled, in its place or in an answer, and a second press changes nothing."""
    erika, bernd = house.citizen(), house.citizen(4712, "Bernd")
    card, other = await begins(erika, _BUS), await begins(bernd, _BUS)
    settled = await turns(erika, card, "Stimmt", f"Schön, dann bleibt {await house.reference_of(erika)} so:")
    assert labels(settled) == ["Ergänzen", "Zurückziehen"]
    await turns(erika, card, "Stimmt", words(settled))
    assert len(erika.messages) == 2

    answer = await asks(bernd, "Stimmt!")
    assert words(answer).startswith(f"Schön, dann bleibt {await house.reference_of(bernd)} so:")
    assert words(bernd.messages[1]) == words(other)


async def test_a_voice_note_is_enough_and_a_sentence_is_asked_for(house: House) -> None:
    """What nobody has written cannot be right or wrong; the sentence that follows belongs to it."""
    erika = house.citizen()
    await erika.sends_voice(b"OggS")
    await erika.next_message()
    card = await erika.next_message()
    assert "Was soll sich ändern? Schreiben Sie es bitte in einem Satz dazu." in words(card)
    assert labels(card) == ["Thema ändern", "Ort ändern", "Ergänzen", "Zurückziehen"]

    added = await asks(erika, _BUS)
    assert words(added).startswith(f"Danke, das gehört jetzt zu {await house.reference_of(erika)}.")
    assert "Thema: Mobilität und Verkehr\nOrt: Zschopau" in words(added)


async def test_a_photo_speaks_by_its_caption(house: House) -> None:
    """The words below a photo are the idea."""
    erika = house.citizen()
    await erika.sends_photo(b"\xff\xd8\xff\xe0", caption=_BUS)
    await erika.next_message()
    card = words(await erika.next_message())
    assert "Thema: Mobilität und Verkehr\nOrt: Zschopau" in card
    assert "Was Sie angehängt haben, ist dabei." in card


async def test_greetings_thanks_and_gestures_make_no_idea(house: House) -> None:
    """Each gets a short answer that fits before an idea and after one."""
    erika = house.citizen()
    assert words(await begins(erika, "Hallo, guten Tag!")).startswith("Guten Tag! Schön, dass Sie da sind.")
    thumb, thanks = await asks_all(erika, ("👍", "Vielen Dank 🙏"))
    await erika.sends_sticker("👋")
    sticker = await erika.next_message()
    assert words(thumb) == words(sticker)
    assert words(thumb) == "Danke! Haben Sie eine Idee für uns? Dann schreiben Sie sie bitte mit ein paar Worten."
    assert words(thanks).startswith("Sehr gern!")
    assert await house.register.ideas_of("telegram", str(erika.chat_id), 1) == ()
