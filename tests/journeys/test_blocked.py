"""A person does not want to hear from the bot, or cannot any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ideas.model import NotificationState
from tests.fakes.bot_api import Citizen
from tests.house import House
from tests.journeys.phone import asks, begins, words
from tests.mail import mail, send

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_MAILBOX = "anna@example.com"


@pytest.fixture
def settings() -> dict[str, str]:
    """The test's mail comes through a relay whose word on its senders is taken."""
    return {"AUTHENTICATION_AUTHSERV_ID": "mx.example.org"}


async def test_who_blocks_the_bot_hears_nothing_until_they_are_back(house: House) -> None:
    """Not a single attempt is made meanwhile, the idea goes its way, and whoever writes again is answered again."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    reference = await house.reference_of(erika)
    await erika.blocks_bot()
    # Updates are read in their order, and this one comes after the block.
    await begins(house.citizen(4712, "Bernd"), "Hallo")
    await moved_on(house, reference, "pruefung-regionalkonvent")
    await begins(house.citizen(4713, "Clara"), "Hallo")
    assert attempts(house, erika) == 2

    answer = words(await asks(erika, "/meine"))
    assert f"{reference} vom" in answer
    assert "Stand: in Prüfung beim Regionalkonvent" in answer
    await moved_on(house, reference, "fachpruefung-imag")
    assert words(await erika.next_message()).startswith(f"Neuigkeiten zu {reference}\n")


async def test_a_refusal_is_not_tried_again(house: House) -> None:
    """Telegram says of a block or a deleted account only when the bot writes: that was the last time."""
    erika = house.citizen()
    await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    reference = await house.reference_of(erika)
    erika.deletes_account()
    await moved_on(house, reference, "pruefung-regionalkonvent")
    await house.telegram.called("sendMessage", times=3)
    await begins(house.citizen(4712, "Bernd"), "Hallo")
    await moved_on(house, reference, "fachpruefung-imag")
    await begins(house.citizen(4713, "Clara"), "Hallo")
    assert attempts(house, erika) == 3
    assert (await house.register.idea(reference)).stage == "fachpruefung-imag"
    states = (await house.register.counts())["notifications"]
    assert (states[NotificationState.GIVEN_UP], states[NotificationState.WITHHELD]) == (1, 1)


async def test_news_find_a_joined_person_by_mail_instead(house: House) -> None:
    """Who has joined both channels and blocks the bot is written to by mail."""
    anna = house.citizen()
    await begins(anna, "In Plauen fehlt ein Radweg zum Bahnhof.")
    code = words(await asks(anna, "/verbinden")).split("\n\n")[1]
    message = mail(_MAILBOX, code, "")
    message["Authentication-Results"] = "mx.example.org; dmarc=pass header.from=example.com"
    await send(house.mail_port, message)
    assert words(await anna.next_message(timeout=10)).startswith("Geschafft")
    await house.relay.mail_to(_MAILBOX)
    reference = await house.reference_of(anna)

    await anna.blocks_bot()
    await moved_on(house, reference, "pruefung-regionalkonvent")
    news = (await house.relay.mail_to(_MAILBOX)).message
    assert news["Subject"] == f"Neues zu Ihrer Idee {reference}: in Prüfung beim Regionalkonvent"


async def moved_on(house: House, reference: str, stage: str) -> None:
    """Staff bring an idea to its next stage."""
    await house.register.change_stage(reference, stage, "", "staff", datetime.now(UTC))


def attempts(house: House, person: Citizen) -> int:
    """How often the bot has tried to write to somebody."""
    return sum(call.parameters["chat_id"] == person.chat_id for call in house.telegram.calls_of("sendMessage"))
