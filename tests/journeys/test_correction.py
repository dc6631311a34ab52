"""A person says that the topic or the place is another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from nlp.understanding import Point
from services.ideas.chat_tables import CorrectionRow
from services.ideas.periods import Period
from services.ideas.store import Store
from tests.house import House
from tests.journeys.phone import asks, begins, labels, presses, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BUS = "In Zschopau fährt nach 18 Uhr kein Bus mehr heim."
_AUERBACH, _DRESDEN = Point(50.509, 12.40), Point(51.05, 13.74)
_TOPICS = 12


async def corrections(house: House) -> list[tuple[str, list[str], list[str]]]:
    """Which field, and the ids or keys before and after."""
    async with Store(house.catalogue.settings.storage.url) as store, store.reading() as session:
        rows = await session.scalars(select(CorrectionRow).order_by(CorrectionRow.id))
        return [(row.field, labelled(row.before), labelled(row.after)) for row in rows]


def labelled(part: Mapping[str, Any]) -> list[str]:
    return [each["id"] for each in part["topics"]] if "topics" in part else [each["key"] for each in part["districts"]]


async def digest(house: House, body: str, mailbox: str) -> str:
    """What a body reads of everything that it has not been told yet."""
    await house.register.write_digest(body, Period("journey", datetime.now(UTC)), datetime.now(UTC))
    text = (await house.relay.mail_to(mailbox)).message.get_body(("plain",))
    assert text is not None
    return str(text.get_content())


async def test_a_topic_is_corrected_by_buttons(house: House) -> None:
    """First the likely ones, then all; the card stays, the question becomes the answer, and both readings are kept."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    asked = await presses(erika, card, "Thema ändern")
    assert words(asked).startswith(f"Worum geht es bei {await house.reference_of(erika)}?")
    assert labels(asked)[-2:] == ["Andere Themen", "Keins davon"]
    every = await turns(erika, asked, "Andere Themen", "Digitalisierung")
    assert len(labels(every)) == _TOPICS + 1
    answer = await turns(erika, every, "Kultur, Tourismus und Sport", "steht jetzt:")
    assert "Thema: Kultur, Tourismus und Sport\nOrt: Zschopau\n" in words(answer)
    await turns(erika, every, "Kultur, Tourismus und Sport", words(answer))  # the same button twice
    assert words(erika.messages[1]) == words(card)
    assert await corrections(house) == [("topic", ["mobility"], ["culture"])]


async def test_a_topic_is_corrected_in_words(house: House) -> None:
    """By the name of a topic, or a part of it; where none of them fits, people decide."""
    erika = house.citizen()
    await begins(erika, _BUS)
    assert words(await asks(erika, "Das Thema ist falsch")).startswith("Worum geht es")
    assert "Bildung und Wissenschaft\n" in words(await asks(erika, "andere Themen"))
    assert "Thema: Bildung und Wissenschaft\n" in words(await asks(erika, "bildung & wissenschaft"))
    await asks(erika, "Thema ändern")
    assert "Thema: noch offen\n" in words(await asks(erika, "keins davon"))
    assert await corrections(house) == [("topic", ["mobility"], ["education"]), ("topic", ["education"], [])]
    assert len((await house.register.idea(await house.reference_of(erika))).contributions) == 1


async def test_a_place_is_corrected_and_its_authority_reads_it(house: House) -> None:
    """The digest of the right body has the place that the person named, whatever the words of the idea say."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    asked = await presses(erika, card, "Ort ändern")
    assert words(asked).startswith(f"Um welchen Ort geht es bei {await house.reference_of(erika)}?")
    answer = words(await asks(erika, "plauen"))
    assert "Ort: Plauen\nZuständig: " in answer
    assert "Landratsamt Vogtlandkreis" in answer

    text = await digest(house, "landratsamt-vogtlandkreis", "ideen@lra-vogtlandkreis.example.org")
    assert await house.reference_of(erika) in text
    assert "Plauen" in text
    assert await corrections(house) == [("place", ["14521"], ["14523"])]
    await asks(erika, "Am Wochenende fährt er gar nicht.")
    assert await corrections(house) == [("place", ["14521"], ["14523"])]
    idea = await house.register.idea(await house.reference_of(erika))
    assert [town.name for town in idea.understanding.municipalities] == ["Plauen"]


async def test_a_place_that_nobody_knows_is_kept_for_people(house: House) -> None:
    """It stays with the idea as words, and the question stays open."""
    erika = house.citizen()
    await begins(erika, _BUS)
    await asks(erika, "falscher Ort")
    assert words(await asks(erika, "Hintertupfingen")).startswith("Diesen Ort kennt unser Programm leider nicht.")
    assert "Ort: Flöha\n" in words(await asks(erika, "Flöha"))
    idea = await house.register.idea(await house.reference_of(erika))
    assert [said.text for said in idea.contributions] == [_BUS, "Hintertupfingen"]


async def test_a_location_answers_where(house: House) -> None:
    """The municipality around it counts, the very point is kept, and one outside the region is taken kindly."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    await presses(erika, card, "Ort ändern")
    await erika.shares_location(_AUERBACH.latitude, _AUERBACH.longitude)
    answer = await erika.next_message()
    assert "Ort: Auerbach" in words(answer)
    assert "Landratsamt Vogtlandkreis" in words(answer)
    await presses(erika, answer, "Ort ändern")
    await erika.shares_location(_DRESDEN.latitude, _DRESDEN.longitude)
    outside = words(await erika.next_message())
    assert "Ort: außerhalb von Südwestsachsen\n" in outside
    assert "Ein Mensch liest Ihre Nachricht trotzdem." in outside
    idea = await house.register.idea(await house.reference_of(erika))
    assert [said.point for said in idea.contributions] == [None, _AUERBACH, _DRESDEN]


async def test_who_changes_their_mind_changes_nothing(house: House) -> None:
    """„Nein“ ends the question, and whoever tells more instead has added to the idea."""
    erika = house.citizen()
    card = await begins(erika, _BUS)
    await presses(erika, card, "Ort ändern")
    reference = await house.reference_of(erika)
    assert words(await asks(erika, "nein")) == f"Gut, {reference} bleibt bei uns. Es ändert sich nichts."
    await presses(erika, card, "Ort ändern")
    more = "Ach, stimmt schon. Der Bus sollte aber auch sonntags fahren."
    assert words(await asks(erika, more)).startswith(f"Danke, das gehört jetzt zu {reference}.")
    assert await corrections(house) == []
