"""What one client, or many, may ask of the mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from services.ideas.catalogue import Catalogue
from services.ideas.inbound import InboundLog
from services.ideas.settings import Email
from services.intake.email.receive import MailReceiver
from services.intake.email.receive.limits import Limits
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

MAIL = b"Subject: Radweg\r\n\r\nBitte bauen."
STRANGERS = {"EMAIL_TRUSTED_NETWORKS": "192.0.2.0/24"}


@pytest.fixture
def receiving(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> Callable[..., MailReceiver]:
    """A mail server with settings of the test's own, to be entered."""

    def make(**settings: str) -> MailReceiver:
        return MailReceiver(make_catalogue(**settings).settings.email, tmp_path, inbound, drain_seconds=1)

    return make


@asynccontextmanager
async def connected(receiver: MailReceiver, number: int) -> AsyncIterator[list[SmtpClient]]:
    """So many clients that have been answered something, and say nothing."""
    async with asyncio.timeout(30), AsyncExitStack() as stack:
        yield [await stack.enter_async_context(SmtpClient(receiver.port)) for _ in range(number)]


async def test_one_connection_too_many_is_asked_to_come_later(receiver: MailReceiver) -> None:
    """Two hundred clients are greeted; the next is told so at once, and is served when one of them has left."""
    async with connected(receiver, 200) as clients:
        assert all(client.greeting.startswith("220") for client in clients)
        async with SmtpClient(receiver.port) as late:
            assert (late.greeting[:9], await late.reply()) == ("421 4.3.2", "")

        await clients[0].say("QUIT")
        assert await clients[0].reply() == ""
        async with SmtpClient(receiver.port) as later:
            assert later.greeting.startswith("220")


async def test_idle_connections_keep_no_mail_out(receiver: MailReceiver) -> None:
    """Five hundred clients that say nothing: a mail that tries again gets through within moments."""
    async with connected(receiver, 500), asyncio.timeout(5):
        answer = ""
        while not answer.startswith("250"):
            async with SmtpClient(receiver.port) as honest:
                answer = await honest.deliver(MAIL) if honest.greeting.startswith("220") else ""


async def test_the_silent_make_room_first(
    receiving: Callable[..., MailReceiver], monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> None:
    """A newcomer gets the place of whoever has been silent longest, and never that of a mail that is being stored."""
    monkeypatch.setattr("services.intake.email.receive.connection._SILENT_SECONDS", 0.0)
    kept.open.clear()
    async with receiving(EMAIL_MOST_CONNECTIONS="3") as receiver, connected(receiver, 3) as (busy, silent, talking):
        storing = asyncio.create_task(busy.deliver(MAIL))
        await kept.reached.wait()
        await talking.say("NOOP")
        async with SmtpClient(receiver.port) as newcomer:
            assert newcomer.greeting.startswith("220")
            assert (await silent.reply(), await silent.reply()) == (
                "421 4.3.2 too many connections, please try again later",
                "",
            )
            assert (await talking.say("NOOP")).startswith("250")
        kept.open.set()
        assert (await storing).startswith("250")


async def test_slow_transfers_make_room(
    receiving: Callable[..., MailReceiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever drips a message into the server does not keep its place while others wait."""
    monkeypatch.setattr("services.intake.email.receive.connection._BEGINNING_SECONDS", 0.0)
    async with receiving(EMAIL_MOST_CONNECTIONS="1") as receiver, connected(receiver, 1) as (dripping,):
        await dripping.announce()
        await dripping.send(b"x")
        async with SmtpClient(receiver.port) as newcomer:
            assert (await newcomer.deliver(MAIL)).startswith("250")


async def test_connections_of_one_address_are_limited(receiving: Callable[..., MailReceiver]) -> None:
    """The third of two is asked to come later; another address is served, and so is this one when there is room."""
    limits = {**STRANGERS, "EMAIL_MOST_CONNECTIONS_PER_ADDRESS": "2"}
    async with receiving(**limits) as receiver, connected(receiver, 2) as clients:
        async with SmtpClient(receiver.port) as third, SmtpClient(receiver.port, source="127.0.0.2") as other:
            assert (third.greeting[:9], other.greeting[:3]) == ("421 4.7.0", "220")
        await clients[0].say("QUIT")
        assert await clients[0].reply() == ""
        async with SmtpClient(receiver.port) as again:
            assert again.greeting.startswith("220")


async def test_own_relays_are_not_counted(receiving: Callable[..., MailReceiver]) -> None:
    """From a trusted network come as many connections and mails as there are."""
    limits = {"EMAIL_MOST_CONNECTIONS_PER_ADDRESS": "1", "EMAIL_MOST_MAILS_PER_MINUTE": "1"}
    async with receiving(**limits) as receiver, connected(receiver, 2) as (first, second):
        answers = [await client.deliver(MAIL) for client in (first, second, first)]
    assert [answer[:3] for answer in answers] == ["250"] * 3


async def test_mails_of_one_address_are_limited(receiving: Callable[..., MailReceiver]) -> None:
    """The third mail of two a minute is put off, whatever connection it comes by; another address is served."""
    async with receiving(**STRANGERS, EMAIL_MOST_MAILS_PER_MINUTE="2") as receiver:
        for _ in range(2):
            async with SmtpClient(receiver.port) as client:
                assert (await client.deliver(MAIL)).startswith("250")
        async with SmtpClient(receiver.port) as client, SmtpClient(receiver.port, source="127.0.0.2") as other:
            await client.say("EHLO client.example.net")
            assert (await client.say("MAIL FROM:<a@example.net>")).startswith("450 4.7.1")
            assert (await other.deliver(MAIL)).startswith("250")


def test_a_minute_later_mails_are_taken_again() -> None:
    """The count begins anew after sixty seconds."""
    limits = Limits(Email(most_mails_per_minute=1))
    assert [limits.begin_mail("203.0.113.7", now) for now in (1000.0, 1059.0, 1061.0)] == [True, False, True]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "203.0.113.8", False),
    ],
)
def test_a_network_of_one_subscriber_is_one_origin(one: str, other: str, *, is_same: bool) -> None:
    """IPv6 addresses are counted by their /64 network, of which a subscriber has all."""
    limits = Limits(Email())
    assert (limits.origin(one) == limits.origin(other)) is is_same


async def test_more_than_a_hundred_recipients_are_refused_for_now(receiver: MailReceiver) -> None:
    """A hundred recipients are taken, as RFC 5321 asks; the others have to be told later, and the mail goes through."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.net")
        await client.say("MAIL FROM:<anna@example.net>")
        answers = [await client.say("RCPT TO:<ideen@example.org>") for _ in range(150)]
        await client.say("DATA")
        await client.send(MAIL + b"\r\n.\r\n")
        assert (await client.reply()).startswith("250")
    assert [answer[:9] for answer in answers] == ["250 2.1.5"] * 100 + ["452 4.5.3"] * 50


async def test_an_endless_address_is_refused(receiver: MailReceiver) -> None:
    """An address longer than any that can be answered is nobody's, not even the postmaster's."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.net")
        await client.say("MAIL FROM:<anna@example.net>")
        assert (await client.say(f"RCPT TO:<postmaster@{'x' * 400}.de>")).startswith("550")


@pytest.mark.parametrize("line", ["MAIL TO:<x>", "QUARK", "DATA", "RCPT TO:<x@example.org>"])
async def test_many_errors_end_the_connection(receiving: Callable[..., MailReceiver], line: str) -> None:
    """After the last error that is borne there is a temporary farewell."""
    async with receiving(EMAIL_MOST_ERRORS="4") as receiver, SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.net")
        answers = [await client.say(line) for _ in range(4)]
        assert all(answer.startswith("5") for answer in answers)
        assert ((await client.reply())[:9], await client.reply()) == ("421 4.7.0", "")


@pytest.mark.parametrize("line", ["NOOP", "RSET", "EHLO client.example.net"])
async def test_commands_that_lead_nowhere_end_the_connection(receiver: MailReceiver, line: str) -> None:
    """A client that keeps its connection by saying nothing of meaning is sent away after a hundred commands."""
    async with SmtpClient(receiver.port) as client:
        for _ in range(100):
            assert (await client.say(line)).startswith("250")
        assert (await client.say(line)).startswith("421 4.7.0")


async def test_a_line_without_an_end_ends_the_connection(receiver: MailReceiver) -> None:
    """A command of a megabyte is not waited for."""
    async with SmtpClient(receiver.port) as client:
        await client.send(b"NOOP " * 60_000)
        assert (await client.reply()).startswith("421 4.7.0")


@pytest.mark.parametrize("said", ["", "NO", "MAIL FROM:<"])
async def test_a_silent_client_is_sent_away(receiving: Callable[..., MailReceiver], said: str) -> None:
    """Silence, and a command that is not finished, have an end."""
    async with receiving(EMAIL_IDLE_SECONDS="0.2") as receiver, SmtpClient(receiver.port) as client:
        await client.send(said.encode())
        assert ((await client.reply())[:9], await client.reply()) == ("421 4.4.2", "")


@pytest.mark.parametrize("begun", ["", "DATA"])
async def test_a_client_that_drips_is_sent_away(receiving: Callable[..., MailReceiver], begun: str) -> None:
    """A byte now and then does not keep a connection alive, neither in a command nor in a message."""
    async with receiving(EMAIL_IDLE_SECONDS="0.3") as receiver, SmtpClient(receiver.port) as client:
        if begun:
            await client.announce()

        async def drip() -> None:
            while True:
                await client.send(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert (await client.reply()).startswith("421 4.4.2")
        dripping.cancel()


async def test_large_messages_share_a_memory(
    receiving: Callable[..., MailReceiver], monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> None:
    """What does not fit beside another transfer is put off; small mail is not, nor the same mail a little later."""
    monkeypatch.setattr("services.intake.email.receive.limits._TRANSFER_BYTES", 500_000)
    large = b"Subject: x\r\n\r\n" + b"y" * 400_000
    kept.open.clear()
    async with receiving() as receiver, connected(receiver, 3) as (first, second, small):
        storing = asyncio.create_task(first.deliver(large))
        await kept.reached.wait()
        assert (await second.deliver(large)).startswith("452 4.3.1")
        kept.open.set()
        assert (await small.deliver(MAIL)).startswith("250")
        assert (await storing).startswith("250")
        assert (await second.deliver(large)).startswith("250")
