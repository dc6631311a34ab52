"""The services as processes of their own on one PostgreSQL, as the Compose file runs them."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.bot_api import BotApiServer
from tests.fakes.smtp_sink import SmtpSink
from tests.mail import mail, send
from tests.service import Service

SECRET = {"SECURITY_SECRET_KEY": "the same in every process, and long enough"}


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty database: the services bring it to their schema, whichever starts first."""
    url: str = request.getfixturevalue("postgres_server").create_database()
    return url


async def test_three_services_share_the_work(settings: dict[str, str], relay: SmtpSink, telegram: BotApiServer) -> None:
    """Intake takes and reads, two notifiers send each message once, and the desk opens the link that they sent."""
    shared = settings | SECRET
    async with (
        Service(shared, command=("-m", "services.cli", "intake")) as intake,
        Service(shared, command=("-m", "services.cli", "notifier"), is_cold=True),
        Service(shared, command=("-m", "services.cli", "notifier")),
        Service(shared, command=("-m", "services.cli", "desk"), is_cold=True) as desk,
    ):
        await send(intake.mail_port, mail("anna@example.net", "Spätbus", "In Zwickau fehlt ein Spätbus."))
        erika = telegram.citizen(chat_id=4711, first_name="Erika", language_code="de")
        await erika.says("In Plauen fehlen Fahrradständer am Bahnhof.")
        confirmation = (await relay.mail_to("anna@example.net", timeout=60)).message
        await erika.reads("SWS-", timeout_s=60)

        body = confirmation.get_body(("plain",))
        assert body is not None
        link = re.search(r"/idee/[\w-]{43}", body.get_content())
        assert link is not None
        async with aiohttp.ClientSession() as session:
            page = await session.get(f"http://127.0.0.1:{desk.web_port}{link.group()}")
            assert page.status == 200
            elsewhere = await session.get(f"http://127.0.0.1:{intake.web_port}{link.group()}")
            assert elsewhere.status == 404
    assert len(relay.mails_to("anna@example.net")) == 1
    assert ["SWS-" in message["text"] for message in erika.messages] == [False, True]


async def test_services_apart_need_one_secret(settings: dict[str, str], tmp_path: Path) -> None:
    """Without a shared secret a single service refuses to start: its links would open nowhere else."""
    code, output = await Service(settings).command("desk")

    assert code == 2
    assert "IDEENKANAL_SECURITY_SECRET_KEY" in output
    assert not (tmp_path / "secret.key").exists()
