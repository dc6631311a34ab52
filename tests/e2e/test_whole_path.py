"""One idea on its whole way, through each channel, on each database, with nothing but sockets and commands."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from email.message import EmailMessage

import aiohttp
import pytest

from tests.conftest import on_sqlite
from tests.fakes.bot_api import BotApiServer
from tests.fakes.smtp_sink import SmtpSink
from tests.mail import mail, send
from tests.service import Service

REFERENCE = re.compile(r"SWS-\d{4}-\d{4}-\d")
LINK = re.compile(r"/idee/[\w-]{43}")
ASKED = "In Zschopau fährt nach 18 Uhr kein Bus mehr nach Chemnitz. Bitte richten Sie einen Spätbus ein."


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, text
    return found.group()


@pytest.fixture(autouse=True)
def _no_violations(telegram: BotApiServer) -> Iterator[None]:
    yield
    assert telegram.violations == []


async def test_a_mail_is_confirmed_digested_acted_on_and_answered(service: Service, relay: SmtpSink) -> None:
    """A resident's e-mail gets a confirmation, reaches the Landratsamt's digest, and gets the answer of staff."""
    await send(service.mail_port, mail("Anna Beispiel <anna@example.net>", "Spätbus", ASKED))
    confirmation = (await relay.mail_to("anna@example.net", timeout=30)).message
    reference = first(REFERENCE, str(confirmation["Subject"]))
    assert "Mobilität und Verkehr" in text_of(confirmation)
    assert "Zschopau" in text_of(confirmation)

    code, _ = await service.command("digest", "--body", "landratsamt-erzgebirgskreis", "--send")
    assert code == 0
    digest = (await relay.mail_to("ideen@lra-erzgebirgskreis.example.org")).message
    assert reference in text_of(digest)
    assert "Spätbus" in text_of(digest)
    assert "anna@example.net" not in digest.as_string()

    async with aiohttp.ClientSession() as session:
        link = first(re.compile(r"/adresse/[\w-]{43}"), text_of(confirmation))
        assert (await session.post(f"http://127.0.0.1:{service.web_port}{link}")).status == 200
    note = "Der Zweckverband rechnet."
    code, _ = await service.command("stage", reference, "pruefung-regionalkonvent", "--note", note)
    assert code == 0
    update = (await relay.mail_to("anna@example.net")).message
    assert note in text_of(update)

    async with aiohttp.ClientSession() as session:
        page = await session.get(f"http://127.0.0.1:{service.web_port}{first(LINK, text_of(update))}")
        assert page.status == 200
        assert note in await page.text()


@on_sqlite
async def test_a_telegram_message_is_confirmed_and_answered(service: Service, telegram: BotApiServer) -> None:
    """A citizen's first words get a reference number in the chat, /status lists it, and staff's answer arrives."""
    erika = telegram.citizen(chat_id=4711, first_name="Erika", language_code="de")
    await erika.says("/start")
    assert "Idee" in (await erika.next_message(timeout=30))["text"]
    await erika.says("in plauen am bahnhof fehlen überdachte fahrradständer")
    reference = first(REFERENCE, (await erika.next_message())["text"])
    await erika.says("/status")
    assert reference in (await erika.next_message())["text"]

    code, _ = await service.command("stage", reference, "nicht-weiterverfolgt", "--note", "Der Bahnhof wird verkauft.")
    assert code == 0
    pushed = (await erika.next_message())["text"]
    assert f"Neuigkeiten zu {reference}" in pushed
    assert "verkauft" not in pushed
    link = re.search(r"http://\S+", pushed)
    assert link is not None
    async with aiohttp.ClientSession() as session:
        page = await session.get(f"http://127.0.0.1:{service.web_port}{first(LINK, link.group())}")
        assert "Der Bahnhof wird verkauft." in await page.text()


@on_sqlite
async def test_repetition_makes_one_idea(service: Service, telegram: BotApiServer, relay: SmtpSink) -> None:
    """The same update a thousand times and the same mail twice are one idea each; the next has the next number."""
    erika = telegram.citizen(chat_id=4711, first_name="Erika", language_code="de")
    update_id = await erika.says("Zwickau braucht mehr Radwege")
    first_reference = first(REFERENCE, (await erika.reads("SWS-", timeout_s=30))["text"])
    await telegram.redeliver(update_id, 1000)
    again = mail("Bernd <bernd@example.net>", "Glasfaser", "Im Vogtland fehlt Glasfaser.")
    await send(service.mail_port, again, again)
    await relay.mail_to("bernd@example.net")
    await send(service.mail_port, again, mail("Carla <carla@example.net>", "Wald", "Mehr Mischwald im Erzgebirge."))
    last = first(REFERENCE, str((await relay.mail_to("carla@example.net")).message["Subject"]))

    assert int(last.split("-")[2]) == int(first_reference.split("-")[2]) + 2
    await telegram.all_confirmed()
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"http://127.0.0.1:{service.web_port}/readyz")
        assert (await answer.json())["messages"] == {"read": 3}
    assert ["SWS-" in message["text"] for message in erika.messages] == [False, True]
    assert len(relay.mails_to("bernd@example.net")) == 1


@on_sqlite
async def test_sigterm_ends_the_service_within_ten_seconds(settings: dict[str, str]) -> None:
    """Told to stop, the service ends by itself, in time, and says that all went well."""
    async with Service(settings, is_cold=True) as service:
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended(timeout_s=10) == 0
