"""SIGKILL at each point of a message's way, in each channel, and on each database."""

from __future__ import annotations

import asyncio
import smtplib
from collections import Counter
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from services.ideas.store import Store
from tests.conftest import on_sqlite
from tests.fakes.bot_api import BotApiServer
from tests.fakes.smtp_sink import SmtpSink
from tests.faults.lives import Life
from tests.mail import mail, send

ADDRESS = "anna@example.net"
CHAT = 4711
# Where the databases differ, and where the channels do: mail goes through all points on SQLite.
OF_A_MAIL = (
    "before-commit",
    "after-commit",
    "before-acknowledge",
    "during-understanding",
    "before-record",
    "during-record",
    "after-record",
    "before-send",
    "after-send",
)
AT_THE_CHANNEL = ("before-commit", "after-commit", "before-acknowledge", "before-send", "after-send")
AT_THE_STORE = ("before-commit", "after-commit", "before-record", "during-record", "after-record")


@dataclass(frozen=True)
class Stored:
    """What the database holds of everything that came in."""

    messages: int
    ideas: int
    contributions: int
    confirmations: tuple[str, ...]


async def stored(url: str) -> Stored:
    async with Store(url) as store, store.reading() as session:
        confirmations = await session.execute(
            text("SELECT state FROM notification WHERE template = 'confirmation' ORDER BY id")
        )
        messages, ideas, contributions = [
            (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608 - our own names
            for table in ("inbound_message", "idea", "contribution")
        ]
        return Stored(messages, ideas, contributions, tuple(confirmations.scalars()))


@pytest.mark.parametrize(
    ("store_url", "point"),
    [*(("sqlite", point) for point in OF_A_MAIL), *(("postgresql", point) for point in AT_THE_STORE)],
    indirect=["store_url"],
)
async def test_a_mail_survives_a_kill(store_url: str, settings: dict[str, str], relay: SmtpSink, point: str) -> None:
    """Killed anywhere, an acknowledged mail is one idea with one confirmation after the restart; resent, still one."""
    message = mail(ADDRESS, "Spätbus", "Ein Bus nach 18 Uhr, bitte.")
    acknowledged = True
    async with Life(settings, point) as doomed:
        try:
            await send(doomed.mail_port, message)
        except (smtplib.SMTPException, OSError):
            acknowledged = False
        assert await doomed.ended() == -9

    before = await stored(store_url)
    assert before.messages in ((1,) if acknowledged else (0, 1))
    assert before.ideas == before.contributions == len(before.confirmations)
    async with Life(settings) as restarted:
        if not acknowledged:
            await send(restarted.mail_port, message)
        await restarted.logged("notification.sent", key="confirmation:")

    assert await stored(store_url) == Stored(1, 1, 1, ("sent",))
    copies = relay.mails_to(ADDRESS)
    assert len(copies) <= 2
    assert len({str(copy.message["Message-ID"]) for copy in copies}) == 1


@on_sqlite
async def test_a_mail_that_kills_again_is_given_up(store_url: str, settings: dict[str, str], relay: SmtpSink) -> None:
    """Where the process dies twice with a mail that has left, it does not leave for a third time, and others do."""
    async with Life(settings, "after-send") as doomed:
        await send(doomed.mail_port, mail(ADDRESS, "Spätbus", "Ein Bus nach 18 Uhr, bitte."))
        assert await doomed.ended() == -9
    async with Life(settings, "after-send") as doomed:
        assert await doomed.ended() == -9
    async with Life(settings) as restarted:
        await restarted.logged("notification.given_up", key="confirmation:")
        await send(restarted.mail_port, mail("ben@example.net", "Radweg", "Ein Radweg, bitte."))
        await relay.mail_to("ben@example.net")

    assert len(relay.mails_to(ADDRESS)) == 2
    assert (await stored(store_url)).confirmations[0] == "given-up"


@on_sqlite
@pytest.mark.parametrize("point", AT_THE_CHANNEL)
async def test_an_update_survives_a_kill(
    store_url: str, settings: dict[str, str], telegram: BotApiServer, point: str
) -> None:
    """Killed anywhere, a Telegram update is one idea with one confirmation after the restart, without being resent."""
    erika = telegram.citizen(chat_id=CHAT, first_name="Erika", language_code="de")
    async with Life(settings, point) as doomed:
        await erika.says("Ein Bus nach 18 Uhr, bitte.")
        assert await doomed.ended() == -9

    before = await stored(store_url)
    assert before.ideas == before.contributions == len(before.confirmations)
    async with Life(settings) as restarted:
        await restarted.logged("notification.sent", key="confirmation:")
        await telegram.all_confirmed()

    assert await stored(store_url) == Stored(1, 1, 1, ("sent",))
    copies = Counter(message["text"] for message in erika.messages)
    assert len(copies) == len(("notice", "confirmation"))
    assert copies.total() <= len(copies) + 1


async def test_a_burst_survives_kills_at_any_moment(store_url: str, settings: dict[str, str], relay: SmtpSink) -> None:
    """Of sixty mails sent while the process is killed again and again, each acknowledged one becomes one idea."""
    acknowledged: set[str] = set()

    async def resident(port: int, numbers: range) -> None:
        for number in numbers:
            address = f"resident{number}@example.net"
            try:
                await send(port, mail(address, f"Idee {number}", f"Bitte Idee {number} umsetzen."))
            except (smtplib.SMTPException, OSError):
                continue
            acknowledged.add(address)

    for start in range(0, 60, 20):
        async with Life(settings) as doomed:
            crowd = [
                asyncio.create_task(resident(doomed.mail_port, range(n, n + 5))) for n in range(start, start + 20, 5)
            ]
            await doomed.logged("mail.stored", count=5)
            doomed.process.kill()
            await asyncio.gather(*crowd)
            await doomed.ended()
    async with Life(settings) as restarted:
        # Messages are read in order: once the last one is answered, all the others have been read.
        await send(restarted.mail_port, mail("last@example.net", "Zuletzt", "Das war alles."))
        for address in {*acknowledged, "last@example.net"}:
            await relay.mail_to(address, timeout=20)

    assert len(acknowledged) >= 15
    after = await stored(store_url)
    assert after.messages == after.ideas == after.contributions == len(after.confirmations)
    assert after.ideas > len(acknowledged)
    for mails in (relay.mails_to(address) for address in acknowledged):
        assert len({str(copy.message["Message-ID"]) for copy in mails}) == 1
