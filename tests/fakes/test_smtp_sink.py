from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import TYPE_CHECKING

import aiosmtplib
import pytest

from tests.fakes.smtp_sink import SmtpSink, Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as running:
        yield running


def _mail(subject: str = "Übersicht", to: str = "amt@example.org") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "ideen@example.org"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content("Neue Ideen für Görlitz\n.\nEnde")
    return mail


async def _send(sink: SmtpSink, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname=sink.host, port=sink.port, timeout=5)


async def test_a_mail_is_kept_as_it_was_sent(sink: SmtpSink) -> None:
    """A mail is returned with envelope, decoded subject and unharmed text, lines of one dot included."""
    await _send(sink, _mail())
    mail = await sink.mail_to("amt@example.org")

    assert (mail.sender, mail.recipients) == ("ideen@example.org", ("amt@example.org",))
    assert (mail.message["Subject"], mail.message.get_content().split()) == (
        "Übersicht",
        ["Neue", "Ideen", "für", "Görlitz", ".", "Ende"],
    )


async def test_waiting_ends_with_the_mail(sink: SmtpSink) -> None:
    """Who waits for a mail gets it when it comes, and each mail once."""
    waiting = [asyncio.create_task(sink.mail_to("amt@example.org")) for _ in range(2)]
    await _send(sink, _mail("eins"))
    await _send(sink, _mail("fremd", to="andere@example.org"))
    await _send(sink, _mail("zwei"))

    assert sorted(mail.message["Subject"] for mail in await asyncio.gather(*waiting)) == ["eins", "zwei"]


async def test_a_mail_that_does_not_come_is_named(sink: SmtpSink) -> None:
    """Waiting in vain ends with an error that names the address."""
    with pytest.raises(TimeoutError, match=r"a mail to niemand@example\.org"):
        await sink.mail_to("niemand@example.org", timeout=0)


@pytest.mark.parametrize(
    ("step", "reply", "error"),
    [
        (Step.MAIL, "451 4.3.0 Later", aiosmtplib.SMTPSenderRefused),
        (Step.RCPT, "550 5.1.1 Unknown", aiosmtplib.SMTPRecipientsRefused),
        (Step.DATA, "554 5.7.1 Refused", aiosmtplib.SMTPDataError),
    ],
)
async def test_a_step_is_refused_once(sink: SmtpSink, step: Step, reply: str, error: type[Exception]) -> None:
    """A scripted refusal strikes at its step, the mail is not kept, and the next one is."""
    sink.refuse_next(step, reply)

    with pytest.raises(error):
        await _send(sink, _mail("eins"))
    await _send(sink, _mail("zwei"))

    assert [mail.message["Subject"] for mail in sink.mails] == ["zwei"]


@pytest.mark.parametrize(("is_kept", "subjects"), [(True, ["eins"]), (False, [])])
async def test_a_connection_breaks_after_the_final_dot(sink: SmtpSink, subjects: list[str], *, is_kept: bool) -> None:
    """When the connection breaks before the reply, the client fails whether the mail was kept or lost."""
    sink.drop_next(is_kept=is_kept)

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await _send(sink, _mail("eins"))

    assert [mail.message["Subject"] for mail in sink.mails] == subjects


async def test_a_held_reply_comes_when_released(sink: SmtpSink) -> None:
    """A held step waits until it is released, and then goes on."""
    hang = sink.hang_next(Step.DATA)
    sending = asyncio.create_task(_send(sink, _mail()))
    await hang.reached()
    before = len(sink.mails)
    hang.release()
    await sending

    assert (before, len(sink.mails)) == (0, 1)


async def test_the_sink_closes_with_sessions_open() -> None:
    """Leaving the block ends idle sessions, and the port takes no more."""
    async with SmtpSink() as sink:
        client = aiosmtplib.SMTP(hostname=sink.host, port=sink.port, timeout=5)
        await client.connect()

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await _send(sink, _mail())
