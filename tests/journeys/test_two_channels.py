"""A person writes by Telegram and by mail, and wants both to belong together."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from tests.house import House
from tests.journeys.phone import asks, asks_all, begins, labels, letter, words
from tests.mail import mail, send

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_ANNA = "anna@example.com"
_CODE = re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$", re.MULTILINE)
_REFUSED = "Dieser Code ist falsch oder gilt nicht mehr."


@pytest.fixture
def settings() -> dict[str, str]:
    """The test's mail comes through a relay whose word on its senders is taken."""
    return {"AUTHENTICATION_AUTHSERV_ID": "mx.example.org"}


async def test_a_code_from_the_bot_joins_the_mail_that_brings_it(house: House) -> None:
    """Both channels say so, and ideas of both are in the list; a forged mail gets nothing and leaves the code valid."""
    anna = house.citizen()
    await begins(anna, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
    await send(house.mail_port, by_relay(mail(_ANNA, "Radweg", "In Plauen fehlt ein Radweg zum Bahnhof.")))
    by_mail = str((await house.relay.mail_to(_ANNA)).message["Subject"])[-16:-1]
    code = code_in(words(await asks(anna, "/verbinden")))
    forged = by_relay(mail(_ANNA, code, ""), result="fail")
    await send(house.mail_port, forged, by_relay(mail(_ANNA, "Mein Code", f"{code}\n\nViele Grüße\nAnna")))

    assert words(await anna.next_message(timeout=10)).startswith("Geschafft: E-Mail und Telegram sind jetzt verbunden.")
    assert (await house.relay.mail_to(_ANNA)).message["Subject"] == "E-Mail und Telegram sind jetzt verbunden"
    assert len(house.relay.mails_to(_ANNA)) == 2
    listed = words(await asks(anna, "/meine"))
    assert await house.reference_of(anna) in listed
    assert by_mail in listed
    assert "Stand: bei der zuständigen Stelle" in words(await asks(anna, f"/status {by_mail}"))


async def test_a_code_from_a_mail_joins_the_chat_that_brings_it(house: House) -> None:
    """A mail that nobody vouches for is answered with a code of its own, which is good in a chat, and once."""
    anna, eve = house.citizen(), house.citizen(4712, "Eve")
    code_of_chat = code_in(words(await begins(anna, "/verbinden")))
    await send(house.mail_port, mail(_ANNA, code_of_chat, ""))
    code = code_in(letter(await house.relay.mail_to(_ANNA)))
    assert code != code_of_chat

    assert words(await asks(anna, code.lower().replace("-", " "))).startswith("Geschafft")
    assert (await house.relay.mail_to(_ANNA)).message["Subject"] == "E-Mail und Telegram sind jetzt verbunden"
    await begins(eve, "Hallo")
    for stolen in (code, code_of_chat):
        assert words(await asks(eve, stolen)).startswith(_REFUSED)


async def test_guesses_are_limited(house: House) -> None:
    """After five wrong codes in an hour the right one is refused as well, in the same words."""
    eve = house.citizen(4712, "Eve")
    await begins(eve, "Hallo")
    guesses = [f"7QK2-M3XA-9TW{number}" for number in range(2, 7)]
    refused = {words(answer) for answer in await asks_all(eve, guesses)}
    await send(house.mail_port, mail(_ANNA, "Verbinden", ""))
    code = code_in(letter(await house.relay.mail_to(_ANNA)))
    answer = await asks(eve, f"/verbinden {code}")
    assert {words(answer)} == refused
    assert labels(answer) == []


def by_relay(message: EmailMessage, result: str = "pass") -> EmailMessage:
    """A mail with what the own relay found out about its sender."""
    message["Authentication-Results"] = f"mx.example.org; dmarc={result} header.from=example.com"
    return message


def code_in(text: str) -> str:
    """The code that stands on a line of its own."""
    found = _CODE.search(text)
    assert found is not None
    return found[0]
