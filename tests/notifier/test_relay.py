from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.ideas.settings import Relay
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay
from services.notifier.outcome import GivenUp, Outcome, Retry, Sent
from tests.fakes.scripted_relay import ScriptedRelay
from tests.fakes.smtp_sink import SmtpSink, Step
from tests.notifier.samples import UPDATE

Owed = Callable[..., Notification]
Send = Callable[..., Awaitable[Outcome]]


@dataclass
class Script:
    """A relay that answers every line from a table, and notes what it was told."""

    answers: dict[str, str]
    port: int = 0
    told: list[str] = field(default_factory=list)
    talks: list[asyncio.Task[None] | None] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet, and answer until the other side is gone."""
        self.talks.append(asyncio.current_task())
        writer.write(self.answers["greeting"].encode() + b"\r\n")
        while line := await reader.readline():
            verb = line.decode().split(maxsplit=1)[0].upper()
            self.told.append(verb)
            writer.write(self.answers.get(verb, "250 OK").encode() + b"\r\n")
        writer.close()


@asynccontextmanager
async def scripted(**answers: str) -> AsyncIterator[Script]:
    script = Script({"greeting": "220 relay.test", "EHLO": "250-relay.test\r\n250 AUTH PLAIN"} | answers)
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    async with server:
        script.port = server.sockets[0].getsockname()[1]
        yield script
        await asyncio.wait(filter(None, script.talks), timeout=5)


@pytest.fixture
def send(catalogue: Catalogue, owed: Owed) -> Send:
    """Send one notification through another relay than the sink."""

    async def send_through(port: int, *, seconds: float = 5, **settings: object) -> Outcome:
        relay = Relay.model_validate({"host": "127.0.0.1", "port": port, "security": "none"} | settings)
        through = SmtpRelay(relay, connect_seconds=seconds, answer_seconds=seconds)
        return await EmailDeliverer(catalogue.texts, catalogue.settings.email, through).deliver(owed(), UPDATE)

    return send_through


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("reply", ["451 4.7.1 Greylisted", "421 4.3.2 Closing", "452 4.2.2 Over quota"])
async def test_a_refusal_for_now_is_tried_again(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, step: Step, reply: str
) -> None:
    """A 4xx at any step means another try, and the next one is delivered."""
    sink.refuse_next(step, reply)

    assert isinstance(await email.deliver(owed(), UPDATE), Retry)
    assert await email.deliver(owed(attempt=2), UPDATE) == Sent()
    assert len(sink.mails) == 1


@pytest.mark.parametrize("step", Step)
async def test_a_refusal_for_good_is_final(email: EmailDeliverer, sink: SmtpSink, owed: Owed, step: Step) -> None:
    """A 5xx about the message gives it up; the reason holds the codes and not the relay's words."""
    sink.refuse_next(step, "554 5.6.0 <anna@example.net>: your message is odd")

    assert await email.deliver(owed(), UPDATE) == GivenUp("the relay refused the message for good (554 5.6.0)")


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        (Step.RCPT, "550 5.1.1 <anna@example.net>: user unknown"),
        (Step.RCPT, "550 5.1.10 Domain takes no mail (null MX)"),
        (Step.RCPT, "554 5.1.2 No such domain"),
        (Step.RCPT, "550 5.2.1 Mailbox disabled"),
        (Step.DATA, "550 5.1.1 user unknown"),
    ],
)
async def test_an_address_that_does_not_exist_is_undeliverable(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, step: Step, reply: str
) -> None:
    """A refusal of the address itself says that no other mail would get there either."""
    sink.refuse_next(step, reply)

    outcome = await email.deliver(owed(), UPDATE)

    assert isinstance(outcome, GivenUp)
    assert outcome.undeliverable


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        (Step.RCPT, "550 5.7.1 Relaying denied"),
        (Step.RCPT, "550 No such user here"),
        (Step.RCPT, "551 User not local"),
        (Step.RCPT, "553 Mailbox name not allowed"),
        (Step.RCPT, "550 5.7.26 Unauthenticated mail is not accepted"),
        (Step.RCPT, "554 Transaction failed"),
        (Step.RCPT, "552 5.2.2 Mailbox full"),
        (Step.RCPT, "550 5.1.8 Sender address rejected: domain not found"),
        (Step.MAIL, "550 5.1.7 Bad sender address"),
        (Step.MAIL, "553 Sender not allowed"),
        (Step.DATA, "550 Spam message rejected"),
        (Step.DATA, "554 5.7.1 Message content rejected"),
        (Step.DATA, "552 5.3.4 Message too big"),
    ],
)
async def test_a_refused_message_says_nothing_about_its_address(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed, step: Step, reply: str
) -> None:
    """A refusal of policy, sender, size or content ends this message, and others may still go there."""
    sink.refuse_next(step, reply)

    outcome = await email.deliver(owed(), UPDATE)

    assert isinstance(outcome, GivenUp)
    assert not outcome.undeliverable


async def test_a_relay_that_wants_a_login_gets_the_mail_later(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed
) -> None:
    """530 (RFC 4954) is the operator's to mend: the mail waits."""
    sink.refuse_next(Step.MAIL, "530 5.7.0 Authentication required")

    assert isinstance(await email.deliver(owed(), UPDATE), Retry)


@pytest.mark.parametrize(
    "answers",
    [
        {"greeting": "554 5.3.2 No service for you"},
        {"EHLO": "550 5.7.1 Go away", "HELO": "550 5.7.1 Go away"},
        {"AUTH": "535 5.7.8 Wrong password"},
    ],
)
async def test_a_relay_that_does_not_serve_us_gets_the_mail_later(send: Send, answers: dict[str, str]) -> None:
    """A refusal before any message was named says nothing about the message: it is tried again."""
    async with scripted(**answers) as relay:
        outcome = await send(relay.port, user="ideenkanal", password=SecretStr("geheim"))

    assert isinstance(outcome, Retry)


async def test_nobody_at_the_port_means_another_try(send: Send) -> None:
    """A refused connection is a temporary fault."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        assert isinstance(await send(taken.getsockname()[1]), Retry)


@pytest.mark.parametrize("step", Step)
async def test_a_relay_that_hangs_is_left(send: Send, sink: SmtpSink, step: Step) -> None:
    """A relay that does not answer is left after the time that is allowed, and tried again."""
    sink.hang_next(step)

    async with asyncio.timeout(3):
        assert isinstance(await send(sink.port, seconds=0.2), Retry)


async def test_a_relay_that_dies_after_the_final_dot_gets_one_more_copy(
    email: EmailDeliverer, sink: SmtpSink, owed: Owed
) -> None:
    """When the answer to the final dot is lost, the second copy is the same mail, Message-ID included."""
    sink.drop_next(Step.DATA, is_kept=True)

    assert isinstance(await email.deliver(owed(), UPDATE), Retry)
    assert await email.deliver(owed(attempt=2), UPDATE) == Sent()
    assert len(sink.mails) == 2
    assert sink.mails[0].content == sink.mails[1].content


@pytest.mark.parametrize(
    "line", [b".", b"..", b".x", b"blanks   ", b"x" * 998, b"", b"Subject:  two  blanks", b"From ", b"\t"]
)
async def test_a_mail_arrives_byte_for_byte(relay: SmtpRelay, sink: SmtpSink, line: bytes) -> None:
    """What is handed over arrives as it was, dots, blanks and long lines included: a signature depends on it."""
    mail = b"Subject: =?utf-8?q?x?=\r\nX-Folded: a\r\n  b\r\n\r\n" + line + b"\r\nmiddle\r\n" + line + b"\r\n"

    assert await relay.send(mail, "a@example.org", "b@example.org") == Sent()

    assert sink.mails[0].content == mail


async def test_a_lost_farewell_changes_nothing(send: Send) -> None:
    """A relay that has taken the mail and then answers QUIT with nonsense has taken it."""
    async with scripted(DATA="354 Go on", QUIT="500 What?", EHLO="250 relay.test") as relay:
        outcome = await send(relay.port)

    assert outcome == Sent()


async def test_nothing_goes_in_the_clear_where_starttls_is_wanted(send: Send) -> None:
    """A relay that offers no STARTTLS is told neither the login nor the message, and is tried again."""
    async with scripted() as relay:
        outcome = await send(relay.port, security="starttls", user="ideenkanal", password=SecretStr("geheim"))

    assert isinstance(outcome, Retry)
    assert {"AUTH", "MAIL", "RCPT", "DATA"}.isdisjoint(relay.told)


async def test_a_refused_starttls_is_tried_again(send: Send) -> None:
    """A relay that offers STARTTLS and then refuses it is a temporary fault, whatever its code."""
    async with scripted(EHLO="250-relay.test\r\n250 STARTTLS", STARTTLS="554 5.7.3 Not now") as relay:
        outcome = await send(relay.port, security="starttls")

    assert isinstance(outcome, Retry)
    assert "MAIL" not in relay.told


# Connections


MAIL = b"Subject: x\r\n\r\ny\r\n"
A, B = "a@example.org", "b@example.org"


async def test_mails_one_after_the_other_share_a_connection(relay: SmtpRelay, sink: SmtpSink) -> None:
    """A connection is kept for the next mail, also after a refusal."""
    sink.refuse_next(Step.RCPT, "550 5.7.1 Not for us")
    outcomes = [await relay.send(MAIL, A, B) for _ in range(5)]

    assert [type(outcome) for outcome in outcomes] == [GivenUp, Sent, Sent, Sent, Sent]
    assert sink.session_count == 1


async def test_mails_at_the_same_time_have_connections_of_their_own(relay: SmtpRelay, sink: SmtpSink) -> None:
    """While one mail hangs, others leave, and no connection is used by two."""
    hang = sink.hang_next(Step.DATA)
    slow = asyncio.create_task(relay.send(MAIL, A, B))
    await hang.reached()
    others = [await relay.send(MAIL, A, B) for _ in range(3)]
    hang.release()

    assert [*others, await slow] == [Sent()] * 4
    assert sink.session_count == 2


async def test_there_are_no_more_connections_than_the_operator_allows(sink: SmtpSink) -> None:
    """What comes beyond that waits until one is free, and then uses it."""
    relay = SmtpRelay(Relay(host=sink.host, port=sink.port, security="none", most_connections=2))
    hang = sink.hang_next(Step.DATA, count=2)
    sending = [asyncio.create_task(relay.send(MAIL, A, B)) for _ in range(6)]
    await hang.reached()
    hang.release()

    assert await asyncio.gather(*sending) == [Sent()] * 6
    assert sink.session_count == 2
    await relay.close()


async def test_a_connection_is_not_kept_for_ever() -> None:
    """After a while without mail the relay is told farewell, before it hangs up itself."""
    async with ScriptedRelay() as server:
        settings = Relay(host="127.0.0.1", port=server.port, security="none")
        await SmtpRelay(settings, idle_seconds=0.01).send(MAIL, A, B)
        await server.all_left()

    assert "QUIT" in server.told_in_clear


async def test_kept_connections_end_with_the_service() -> None:
    """Whoever stops takes leave of the relay."""
    async with ScriptedRelay() as server:
        relay = SmtpRelay(Relay(host="127.0.0.1", port=server.port, security="none"))
        await relay.send(MAIL, A, B)
        await relay.close()
        await server.all_left()

    assert "QUIT" in server.told_in_clear


async def test_a_connection_whose_mail_was_abandoned_is_not_used_again(relay: SmtpRelay, sink: SmtpSink) -> None:
    """When a delivery takes too long, nobody knows what its connection would answer next."""
    hang = sink.hang_next(Step.DATA)
    abandoned = asyncio.create_task(relay.send(MAIL, A, B))
    await hang.reached()
    abandoned.cancel()
    await asyncio.wait([abandoned])

    assert await relay.send(MAIL, A, B) == Sent()
    assert sink.session_count == 2


@pytest.mark.parametrize("mail", [b"a\nb\r\n", b"a\rb\r\n", b"a", b"a\r\n.\n\r\n", b""])
async def test_lines_that_end_otherwise_are_sent_to_nobody(relay: SmtpRelay, sink: SmtpSink, mail: bytes) -> None:
    """What one server takes for the end of a line and another does not could smuggle a second mail."""
    with pytest.raises(ValueError, match="CRLF"):
        await relay.send(mail, A, B)

    assert sink.mails == []


@pytest.mark.parametrize("address", ["jürgen@example.org", "b@example.org>\r\nRCPT TO:<c@example.org", "b\x00@x.test"])
async def test_an_address_that_no_relay_can_be_told_is_given_up(relay: SmtpRelay, sink: SmtpSink, address: str) -> None:
    """Nothing but visible ASCII becomes part of a command."""
    assert isinstance(await relay.send(MAIL, A, address), GivenUp)
    assert sink.session_count == 0
