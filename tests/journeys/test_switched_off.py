"""The operator switches the Telegram channel off, and on again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.model import NotificationState
from services.ideas.periods import Period
from services.intake.telegram.receive import inbound_message
from tests.fakes.bot_api import BotApiServer
from tests.house import House, open_house
from tests.journeys.phone import begins, words
from tests.mail import mail, send

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

_BODY, _MAILBOX = "regionalkonvent", "ideen@regionalkonvent.example.org"
_ADDED = "Am Wochenende fährt auch nichts."
Opens = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def opens(make_catalogue: Callable[..., Catalogue], store_url: str, telegram: BotApiServer) -> Opens:
    """Starts the installation, again and again on the same data."""
    return partial(open_house, make_catalogue, telegram, STORAGE_DATABASE_URL=store_url)


async def test_one_setting_switches_the_channel_off_and_loses_nothing(opens: Opens, telegram: BotApiServer) -> None:
    """Nothing is fetched or sent; what was received is read, what is owed stays due, and both go on afterwards."""
    async with opens() as house:
        erika = house.citizen()
        await begins(erika, "In Zschopau fährt nach 18 Uhr kein Bus mehr heim.")
        reference = await house.reference_of(erika)
    before = len(telegram.calls)

    async with opens(TELEGRAM_ENABLED="false") as house:
        chat = {"id": erika.chat_id, "type": "private"}
        received = {"message_id": 99, "date": int(datetime.now(UTC).timestamp()), "chat": chat, "from": erika.user}
        logged = inbound_message({"update_id": 1, "message": {**received, "text": _ADDED}})
        assert logged is not None
        await house.register.log([logged])
        await house.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", datetime.now(UTC))
        await house.register.write_digest(_BODY, Period("now", datetime.now(UTC)), datetime.now(UTC))
        await house.relay.mail_to(_MAILBOX, timeout=10)
        # What is written in a chat comes before this mail, and so it has been read when the mail is answered.
        await send(house.mail_port, mail("anna@example.com", "Radweg", "In Plauen fehlt ein Radweg zum Bahnhof."))
        await house.relay.mail_to("anna@example.com", timeout=10)
        assert [said.text for said in (await house.register.idea(reference)).contributions][1:] == [_ADDED]
        assert (await house.register.counts())["notifications"][NotificationState.DUE] == 2
        await erika.says("Vielen Dank!")
    assert len(telegram.calls) == before

    async with opens():
        assert {words(await erika.next_message(timeout=10)).split("\n")[0] for _ in range(3)} == {
            f"Neuigkeiten zu {reference}",
            f"Danke, das gehört jetzt zu {reference}.",
            "Sehr gern! Fällt Ihnen noch etwas ein, dann schreiben Sie einfach wieder.",
        }
