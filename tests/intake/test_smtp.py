"""The SMTP server, over real sockets."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.ideas.catalogue import Catalogue
from services.ideas.errors import StoreError, StoreFull, StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.register import Register
from services.intake.email.receive import MailReceiver
from tests.intake.kept import Kept
from tests.intake.smtp_client import SmtpClient

MAIL = (
    b"From: Erika <erika@example.org>\r\nSubject: Radweg\r\nDate: Mon, 23 Nov 2026 12:00:00 +0100\r\n\r\nBitte bauen."
)


async def test_the_250_waits_for_the_commit(receiver: MailReceiver, kept: Kept) -> None:
    """While the commit is under way the client hears nothing; after it, 250."""
    kept.open.clear()
    async with SmtpClient(receiver.port) as client:
        answer = asyncio.create_task(client.deliver(MAIL))
        await kept.reached.wait()
        done, _ = await asyncio.wait({answer}, timeout=0.1)
        assert not done

        kept.open.set()
        assert await answer == "250 2.0.0 stored"
    assert kept.raws == [MAIL + b"\r\n"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (StoreUnavailable("down"), "451 4.3.0"),
        (StoreFull("full"), "452 4.3.1"),
        (StoreError("refused"), "451 4.3.0"),
    ],
)
async def test_a_fault_of_the_store_is_temporary(
    receiver: MailReceiver, kept: Kept, fault: StoreError, answer: str
) -> None:
    """A mail that cannot be kept is put off with a 4xx, and taken when it is sent again."""
    kept.faults.append(fault)
    async with SmtpClient(receiver.port) as client:
        assert (await client.deliver(MAIL)).startswith(answer)
        assert not kept.raws
        assert (await client.deliver(MAIL)).startswith("250")


async def test_a_defect_of_ours_is_temporary_and_keeps_its_text(
    receiver: MailReceiver, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody expected is answered with 451 and says nothing of itself."""

    def broken(*_: object) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("services.intake.email.receive.handler.external_id", broken)
    async with SmtpClient(receiver.port) as client:
        answer = await client.deliver(MAIL)
    assert (answer[:9], "secret" in answer, kept.raws) == ("451 4.3.0", False, [])


async def test_an_unknown_mailbox_is_refused(receiver: MailReceiver) -> None:
    """Mail for others is refused at RCPT: the server relays nothing."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        await client.say("MAIL FROM:<erika@example.org>")
        assert await client.say("RCPT TO:<someone@example.net>") == "550 5.1.1 no such mailbox here"


@pytest.mark.parametrize("mailbox", ["postmaster", "Postmaster@example.org", "IDEEN@Example.org"])
async def test_own_mailboxes_and_the_postmaster_are_known(receiver: MailReceiver, mailbox: str) -> None:
    """The postmaster is reachable as RFC 5321 demands, and case does not matter."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        await client.say("MAIL FROM:<erika@example.org>")
        assert (await client.say(f"RCPT TO:<{mailbox}>")).startswith("250")


async def test_a_declared_size_above_the_limit_is_refused(receiver: MailReceiver) -> None:
    """SIZE is announced, and a larger mail is refused before it is transferred."""
    async with SmtpClient(receiver.port) as client:
        assert "SIZE 100000" in await client.say("EHLO client.example.org")
        assert (await client.say("MAIL FROM:<erika@example.org> SIZE=100001")).startswith("552")


async def test_a_mail_above_the_limit_is_refused(receiver: MailReceiver, kept: Kept) -> None:
    """A mail that turns out to be larger is refused for good and not kept, and the session goes on."""
    async with SmtpClient(receiver.port) as client:
        assert (await client.deliver(MAIL + b"\r\n" + (b"x" * 98 + b"\r\n") * 1000)).startswith("552")
        assert not kept.raws
        assert (await client.deliver(MAIL)).startswith("250")


async def test_a_nearly_full_disk_puts_mail_off(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog
) -> None:
    """Below the reserve every mail is put off at MAIL FROM."""
    settings = make_catalogue(EMAIL_RESERVE_BYTES=str(10**18)).settings.email
    async with MailReceiver(settings, tmp_path, inbound) as receiver, SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        assert (await client.say("MAIL FROM:<erika@example.org>")).startswith("452 4.3.1")


@pytest.mark.parametrize("address", [b"er\xfcka@example.org", b"a" * 330 + b"@example.org", b"a\x07b@example.org"])
async def test_a_sender_that_cannot_be_answered_is_refused(receiver: MailReceiver, address: bytes) -> None:
    """A reverse-path that no store could keep is refused: it is no UTF-8, too long, or has control characters."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        await client.send(b"MAIL FROM:<" + address + b">\r\n")
        assert (await client.reply())[:3] in {"553", "501"}


async def test_a_resent_mail_is_one_row(register: Register, catalogue: Catalogue, tmp_path: Path) -> None:
    """A client that dies before the 250 and comes again by another way has sent one mail."""
    gate = Kept(register.log)
    gate.open.clear()
    async with InboundLog(gate) as log, MailReceiver(catalogue.settings.email, tmp_path, log) as receiver:
        async with SmtpClient(receiver.port) as client:
            await client.announce()
            await client.send(b"Received: from a by b\r\n" + MAIL + b"\r\n.\r\n")
            await gate.reached.wait()
        gate.open.set()
        async with SmtpClient(receiver.port) as client:
            assert (await client.deliver(b"Received: from c by d;\r\n later\r\n" + MAIL)).startswith("250")
    assert (await register.counts())["messages"] == {"stored": 1}


@pytest.mark.parametrize(
    "end",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\n.\r",
        b"\r\n.\n",
        b"\r\n.\r",
        b"\r.\r",
        b"\r.\n",
        b"\r.\r\n",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
    ],
)
async def test_a_wrong_end_of_data_smuggles_nothing(receiver: MailReceiver, kept: Kept, end: bytes) -> None:
    """Only CRLF.CRLF ends a mail: what follows another form is content, not a second mail."""
    smuggled = b"MAIL FROM:<boss@example.org>\r\nRCPT TO:<ideen@example.org>\r\nDATA\r\nSubject: x\r\n\r\ny"
    async with SmtpClient(receiver.port) as client:
        assert (await client.deliver(MAIL + end + smuggled)).startswith("250")
        assert (await client.say("NOOP")).startswith("250")
    assert len(kept.raws) == 1
    assert smuggled in kept.raws[0]


async def test_utf_8_addresses_are_taken(receiver: MailReceiver, kept: Kept) -> None:
    """SMTPUTF8 (RFC 6531): a sender with umlauts is kept as written."""
    async with SmtpClient(receiver.port) as client:
        assert "SMTPUTF8" in await client.say("EHLO client.example.org")
        await client.say("MAIL FROM:<jürgen@müller.example> SMTPUTF8 BODY=8BITMIME")
        await client.say("RCPT TO:<ideen@example.org>")
        await client.say("DATA")
        assert (await client.say("Subject: Grüße\r\n\r\näöü\r\n.")).startswith("250")
    (message,) = kept.messages.values()
    assert message.envelope["mail_from"] == "jürgen@müller.example"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b"Subject: x\r\n\r\n\xe4\xf6\xfc \x00 \xff", b"Subject: x\r\n\r\n\xe4\xf6\xfc \x00 \xff\r\n"),
        (b"Subject: x\r\n\r\n..dot\r\n...", b"Subject: x\r\n\r\n.dot\r\n..\r\n"),
        (b"Subject: x\n\nbare\nlines\rof\neach kind", b"Subject: x\n\nbare\nlines\rof\neach kind\r\n"),
        (b"Subject: x\r\n\r\n" + b"l" * 90_000, b"Subject: x\r\n\r\n" + b"l" * 90_000 + b"\r\n"),
        (b".Subject: x", b"Subject: x\r\n"),
        (b"", b"\r\n"),
    ],
    ids=["eight-bit", "dots", "bare LF", "long line", "dot at the beginning", "blank line"],
)
async def test_content_is_kept_byte_for_byte(receiver: MailReceiver, kept: Kept, sent: bytes, stored: bytes) -> None:
    """Eight-bit bytes, dots at line starts, bare line feeds and overlong lines arrive as they were written."""
    async with SmtpClient(receiver.port) as client:
        assert (await client.deliver(sent)).startswith("250")
    assert kept.raws == [stored]


@pytest.mark.parametrize("size", [*range(65_530, 65_545), *range(69_626, 69_634), 99_990])
async def test_the_end_is_found_wherever_it_stands(receiver: MailReceiver, kept: Kept, size: int) -> None:
    """Where a read ahead ends inside the end of a message, the message is whole, and the next command is heard."""
    text = b"x" * (size - 2)
    async with SmtpClient(receiver.port) as client:
        await client.announce()
        await client.send(text + b"\r\n.\r\nNOOP\r\n")
        assert await client.hear(2) == ["250 2.0.0"] * 2
    assert kept.raws == [text + b"\r\n"]


async def test_the_end_may_come_in_pieces(receiver: MailReceiver, kept: Kept) -> None:
    """A message that arrives byte by byte is the same message."""
    async with SmtpClient(receiver.port) as client:
        await client.announce()
        for byte in b"a\r\n..\r\n\r\n.\r\n":
            await client.send(bytes([byte]))
        assert (await client.reply()).startswith("250")
    assert kept.raws == [b"a\r\n.\r\n\r\n"]


async def test_an_empty_message_is_one(receiver: MailReceiver, kept: Kept) -> None:
    """A dot right after DATA ends a message without a single byte."""
    async with SmtpClient(receiver.port) as client:
        await client.announce()
        assert (await client.say(".")).startswith("250")
    assert kept.raws == [b""]


async def test_commands_may_come_in_one_piece(receiver: MailReceiver, kept: Kept) -> None:
    """PIPELINING (RFC 2920) is offered, and two mails in a row are answered in order."""
    async with SmtpClient(receiver.port) as client:
        offers = (await client.say("EHLO client.example.net")).splitlines()
        assert {"250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-8BITMIME"} < set(offers)
        for text in (b"eins", b"zwei"):
            await client.send(b"MAIL FROM:<a@example.net>\r\nRCPT TO:<ideen@example.org>\r\nDATA\r\n")
            assert [code[:3] for code in await client.hear(3)] == ["250", "250", "354"]
            await client.send(text + b"\r\n.\r\n")
            assert await client.hear(1) == ["250 2.0.0"]
    assert kept.raws == [b"eins\r\n", b"zwei\r\n"]


async def test_nothing_asks_for_a_password(receiver: MailReceiver) -> None:
    """There is nothing to log in to: AUTH is neither offered nor known."""
    async with SmtpClient(receiver.port) as client:
        assert "AUTH" not in await client.say("EHLO client.example.net")
        assert (await client.say("AUTH PLAIN AGEAYg==")).startswith("500 5.5.2")


async def test_the_envelope_names_the_client(receiver: MailReceiver, kept: Kept) -> None:
    """Network address and greeting are kept for the one who evaluates SPF."""
    async with SmtpClient(receiver.port, source="127.0.0.9") as client:
        await client.deliver(MAIL)
    (message,) = kept.messages.values()
    assert (message.envelope["peer"], message.envelope["helo"]) == ("127.0.0.9", "client.example.org")


async def test_a_relay_of_ours_is_no_client(receiver: MailReceiver, kept: Kept) -> None:
    """SPF is about the host that brought a mail to us, and not about the one that hands it on inside."""
    async with SmtpClient(receiver.port) as client:
        await client.deliver(MAIL)
    (message,) = kept.messages.values()
    assert message.envelope["peer"] == ""


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        ("<a@example.net> SIZE=100", "a@example.net"),
        ("<@relay.example.net:a@example.net>", "a@example.net"),
        ('<"a b"@example.net> BODY=8BITMIME', '"a b"@example.net'),
        ("a@example.net", "a@example.net"),
        ("<a@[192.0.2.1]>", "a@[192.0.2.1]"),
    ],
)
async def test_paths_are_understood(receiver: MailReceiver, kept: Kept, path: str, sender: str) -> None:
    """Source routes (ignored), quoted names, address literals, and paths without brackets."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.net")
        assert (await client.say(f"MAIL FROM:{path}")).startswith("250")
        await client.say("RCPT TO:<ideen@example.org>")
        await client.say("DATA")
        await client.say("Subject: x\r\n.")
    (message,) = kept.messages.values()
    assert message.envelope["mail_from"] == sender


async def test_the_null_sender_is_empty(receiver: MailReceiver, kept: Kept) -> None:
    """A bounce comes from <>, which is kept as an empty sender."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.net")
        assert (await client.say("MAIL FROM:<>")).startswith("250")
        await client.say("RCPT TO:<ideen@example.org>")
        await client.say("DATA")
        assert (await client.say("Subject: x\r\n.")).startswith("250")
    (message,) = kept.messages.values()
    assert message.envelope["mail_from"] == ""


@pytest.mark.parametrize("local", ["idee", "IDEE+" + "a2" * 13, "rueckweg+" + "b3" * 13, "rueckweg+mutilated"])
async def test_addresses_of_answers_and_bounces_are_ours(receiver: MailReceiver, local: str) -> None:
    """Replies and bounces come to addresses with a token, which a mail program may mutilate."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        await client.say("MAIL FROM:<erika@example.org>")
        assert (await client.say(f"RCPT TO:<{local}@example.org>")).startswith("250")


@pytest.mark.parametrize(
    "line",
    [
        b"\r\n",
        b"\xff\xfe\r\n",
        b"MAIL FROM:<" + b"(" * 1900 + b">\r\n",
        b"MAIL FROM:<" + b"<" * 1900 + b">\r\n",
        b"MAIL FROM:[" + b'"' * 1900 + b">\r\n",
        b"MAIL FROM:<a@b> SIZE=\xc2\xb2\r\n",
        b"MAIL FROM:<@[>\r\n",
        b"VRFY \xff\r\n",
        b"X" * 60_000 + b"\r\n",
    ],
)
async def test_hostile_commands_are_answered(receiver: MailReceiver, line: bytes) -> None:
    """Whatever a client says gets one reply, and the session goes on."""
    async with SmtpClient(receiver.port) as client:
        await client.say("EHLO client.example.org")
        await client.send(line)
        assert (await client.reply())[0] in "245"
        assert (await client.say("NOOP")).startswith("250")


async def test_a_common_mail_library_is_understood(receiver: MailReceiver, kept: Kept) -> None:
    """The standard library's client delivers two mails over one connection."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", receiver.port, timeout=5) as client:
            for subject in ("eins", "zwei"):
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = "erika@example.org", "ideen@example.org", subject
                mail.set_content("Schöne Grüße")
                client.send_message(mail)

    await asyncio.to_thread(send)
    assert len(kept.raws) == 2


async def test_many_connections_at_once_lose_nothing(register: Register, catalogue: Catalogue, tmp_path: Path) -> None:
    """A hundred clients at once: a hundred 250, a hundred rows."""
    async with InboundLog(register.log) as log, MailReceiver(catalogue.settings.email, tmp_path, log) as receiver:

        async def deliver(number: int) -> str:
            async with SmtpClient(receiver.port) as client:
                return await client.deliver(MAIL + b"%d" % number)

        answers = await asyncio.gather(*(deliver(number) for number in range(100)))
    assert set(answers) == {"250 2.0.0 stored"}
    assert (await register.counts())["messages"] == {"stored": 100}


async def test_a_shutdown_lets_a_transfer_finish_and_sends_the_idle_away(
    make_catalogue: Callable[..., Catalogue], tmp_path: Path, inbound: InboundLog, kept: Kept
) -> None:
    """An idle connection hears 421 at once; a message under way is taken, answered, and followed by 421."""
    receiver = MailReceiver(make_catalogue().settings.email, tmp_path, inbound, drain_seconds=30)
    await receiver.__aenter__()
    async with SmtpClient(receiver.port) as idle, SmtpClient(receiver.port) as busy:
        assert (await busy.announce()).startswith("354")
        closing = asyncio.create_task(receiver.__aexit__(None, None, None))
        assert (await idle.reply()).startswith("421 4.3.2")
        assert not closing.done()

        await busy.send(MAIL + b"\r\n.\r\n")
        assert [(await busy.reply())[:3], (await busy.reply())[:3], await busy.reply()] == ["250", "421", ""]
        async with asyncio.timeout(2):
            await closing
    assert len(kept.raws) == 1


async def test_a_shutdown_does_not_wait_for_ever(receiver: MailReceiver, kept: Kept) -> None:
    """A transfer that never ends is cut off after the drain time, and nothing of it is kept."""
    async with SmtpClient(receiver.port) as client:
        await client.announce()
        async with asyncio.timeout(3):
            await receiver.__aexit__(None, None, None)
        assert (await client.reply()).startswith("421")
    assert not kept.raws


async def test_logs_name_no_person(receiver: MailReceiver) -> None:
    """What the server logs about a mail holds neither its sender nor its words."""
    with capture_logs() as logs:
        async with SmtpClient(receiver.port) as client:
            await client.deliver(MAIL)
    stored = [entry for entry in logs if entry["event"] == "mail.stored"]
    assert len(stored) == 1
    assert "erika" not in str(logs).lower()
    assert "Radweg" not in str(logs)


async def test_what_was_acknowledged_can_be_read(register: Register, catalogue: Catalogue, tmp_path: Path) -> None:
    """After the 250 another process finds the mail with its envelope."""
    async with InboundLog(register.log) as log, MailReceiver(catalogue.settings.email, tmp_path, log) as receiver:
        async with SmtpClient(receiver.port) as client:
            await client.deliver(MAIL)
        (logged,) = await register.claim_messages(datetime.now(UTC), timedelta(minutes=1), 5)
    assert (logged.message.raw, logged.message.envelope["mail_from"]) == (MAIL + b"\r\n", "erika@example.org")
