"""A person wants to be spoken to in another language."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.house import House
from tests.journeys.phone import asks, begins, labels, presses, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_the_bot_speaks_the_language_that_was_chosen(house: House) -> None:
    """A button or a word is enough; from then on answers, buttons, topics, stages and news come in that language."""
    erika = house.citizen()
    question = await begins(erika, "/sprache")
    assert labels(question) == ["Deutsch", "Leichte Sprache", "English"]
    chosen = await turns(erika, question, "English", "From now on, we write to you in English.")
    assert labels(chosen) == []
    own_menu = house.telegram.commands("", json.dumps({"chat_id": erika.chat_id, "type": "chat"}))
    assert "notifications" in {each["command"] for each in own_menu}

    card = await asks(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    assert "Topic: Transport and mobility" in words(card)
    assert {"Change topic", "Change place", "Withdraw"} < set(labels(card))
    topics = await presses(erika, card, "Change topic")
    assert "Health, care and social affairs" in labels(topics)
    assert "Stage: with the responsible office" in words(await asks(erika, "my ideas"))
    reference = await house.reference_of(erika)
    await house.register.change_stage(
        reference, "pruefung-regionalkonvent", "Wir beraten das.", "staff", datetime.now(UTC)
    )
    news = words(await erika.next_message())
    assert news.startswith(f"News about {reference}\nStage: being discussed in the Regionalkonvent (regional council)")

    assert words(await asks(erika, "Leichte Sprache")).startswith("Gut, wir schreiben Ihnen jetzt in Leichter Sprache.")
    assert "So steht es jetzt: Prüfung beim Regional-Konvent" in words(await asks(erika, "/status"))
    assert words(await asks(erika, "Sprache Deutsch")).startswith("Gut, wir schreiben Ihnen jetzt auf Deutsch.")
    assert labels(await asks(erika, "/language")) == ["Deutsch", "Leichte Sprache", "English"]


async def test_the_phone_says_in_which_language_to_begin(house: House) -> None:
    """Whoever has an English phone is greeted in English and finds English commands in the menu; others find German."""
    john, jan = house.citizen(4711, "John", "en"), house.citizen(4712, "Jan", "cs")
    assert words(await asks(john, "/start")).startswith("Hello!")
    assert words(await asks(jan, "/start")).startswith("Guten Tag!")
    for code, command in (("en", "mine"), ("", "meine")):
        menu = house.telegram.commands(code, '{"type": "all_private_chats"}')
        assert command in {each["command"] for each in menu}
