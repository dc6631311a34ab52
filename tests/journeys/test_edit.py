"""A person rewords what they have written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ideas.periods import Period
from tests.house import House
from tests.journeys.phone import begins, labels, presses, turns, words

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_ERZGEBIRGE, _MAILBOX = "landratsamt-erzgebirgskreis", "ideen@lra-erzgebirgskreis.example.org"


async def test_a_reworded_message_is_the_idea_from_then_on(house: House) -> None:
    """The bot answers with what it understands now; bodies that were told are told again, and the first words stay."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    reference = await house.reference_of(erika)
    await house.register.write_digest(_ERZGEBIRGE, Period("first", datetime.now(UTC)), datetime.now(UTC))
    assert "In Zschopau" in (await house.relay.mail_to(_MAILBOX)).message.as_string()

    await erika.edits(erika.written[0]["message_id"], "In Annaberg-Buchholz fährt nach 20 Uhr kein Bus mehr heim.")
    answer = await erika.next_message()
    assert words(answer) == (
        f"Ihre Änderung an {reference} ist gespeichert.\nThema: Mobilität und Verkehr\nOrt: Annaberg-Buchholz"
    )
    assert labels(answer) == ["Stimmt", "Thema ändern", "Ort ändern", "Ergänzen", "Zurückziehen"]

    await house.register.write_digest(_ERZGEBIRGE, Period("second", datetime.now(UTC)), datetime.now(UTC))
    assert "In Annaberg-Buchholz" in (await house.relay.mail_to(_MAILBOX)).message.as_string()
    (said,) = (await house.register.idea(reference)).contributions
    assert said.earlier == ("In Zschopau fährt nach 18 Uhr kein Bus mehr heim.",)


async def test_captions_and_greetings_are_reworded_and_what_is_withdrawn_stays_so(house: House) -> None:
    """A caption is words like all others, a greeting may become an idea, and a withdrawn idea is over.

    What is said in reply to it is a new one, so that somebody reads it.
    """
    bernd = house.citizen()
    await begins(bernd, "Hallo")
    await bernd.edits(bernd.written[0]["message_id"], "Hallo, in Plauen fehlt ein Radweg zum Bahnhof.")
    card = await bernd.next_message()
    assert "Ort: Plauen" in words(card)

    await bernd.sends_photo(b"\xff\xd8\xff\xe0", caption="So sieht es dort aus.")
    await bernd.next_message()
    await bernd.edits(bernd.written[1]["message_id"], "So eng ist es dort.")
    assert words(await bernd.next_message()).startswith("Ihre Änderung an")
    idea = await house.register.idea(await house.reference_of(bernd))
    assert [(said.text, said.earlier) for said in idea.contributions][1] == (
        "So eng ist es dort.",
        ("So sieht es dort aus.",),
    )

    asked = await presses(bernd, card, "Zurückziehen")
    await turns(bernd, asked, "Ja, zurückziehen", "ist zurückgezogen.")
    await bernd.edits(bernd.written[1]["message_id"], "So eng ist es dort immer noch.")
    assert words(await bernd.next_message()).startswith(f"{idea.reference} ist zurückgezogen.")
    await bernd.says("Im Rathaus von Plauen fehlt ein Aufzug.", reply_to=card)
    assert words(await bernd.next_message()).startswith("Danke, das ist angekommen!")
