"""The reader: from the inbound log to ideas, whatever goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from nlp.understanding import Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.dialogue.turn import Understood
from services.ideas.errors import StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.model import Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.readings import Nothing, Reading, Submission
from services.ideas.register import Register
from services.ideas.settings import Authentication, Email
from services.ideas.store import Store
from services.ideas.tables import InboundRow
from services.intake.channel import MessageDefeated, ReadingUnavailable, ReadMessage
from services.intake.email.authentication.authenticator import Authenticator
from services.intake.email.channel import MailChannel
from services.intake.email.receive import MailReceiver
from services.intake.email.worker.reading import ReadingProcess
from services.intake.reader import Reader
from services.intake.understand import Understander
from tests.conftest import SECRET
from tests.intake.smtp_client import SmtpClient
from tests.intake.understanders import MODEL, Certain, Slow, corrupt

NO_TIME = (timedelta(0),)


@dataclass
class Letters:
    """A channel whose messages are their text; `odd` says what it makes of some of them."""

    name: str = "letters"
    odd: dict[str, Reading | Exception] = field(default_factory=dict)
    read_so_far: list[str] = field(default_factory=list)

    async def read_message(self, message: InboundMessage) -> ReadMessage:
        """Read beside the event loop, as channels do."""
        return ReadMessage(await asyncio.to_thread(self.read, message), {"kept": "this alone"})

    def read(self, message: InboundMessage) -> Reading:
        """The text as a submission, unless the test said otherwise."""
        text = message.raw.decode()
        self.read_so_far.append(text)
        answer = self.odd.get(text, Submission(Sender("letters", "a@example.org", verified=True), "", text))
        if isinstance(answer, Exception):
            raise answer
        return answer


class Watched(Register):
    """A register that fails as scripted in `faults`, and says in `changed` when a reader has written something."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        super().__init__(store, catalogue, SECRET)
        self.changed = asyncio.Event()
        self.faults = {"claim": 0, "record": 0}

    async def claim_messages(self, now: datetime, lease: timedelta, limit: int) -> tuple[LoggedMessage, ...]:
        """Claim, or fail."""
        self._fail("claim")
        return await super().claim_messages(now, lease, limit)

    async def record(
        self,
        logged: LoggedMessage,
        reading: Reading,
        understanding: Understanding | None,
        understood: Understood | None = None,
    ) -> str | None:
        """Record, or fail."""
        self._fail("record")
        reference = await super().record(logged, reading, understanding, understood)
        self.changed.set()
        return reference

    async def reading_failed(
        self, logged: LoggedMessage, again_at: datetime, reason: str, *, for_good: bool = False
    ) -> bool:
        """Put back or into quarantine."""
        quarantined = await super().reading_failed(logged, again_at, reason, for_good=for_good)
        self.changed.set()
        return quarantined

    async def understand_again(self, reference: str, understanding: Understanding, now: datetime) -> None:
        """Understand an idea later."""
        await super().understand_again(reference, understanding, now)
        self.changed.set()

    def _fail(self, method: str) -> None:
        if self.faults[method]:
            self.faults[method] -= 1
            raise StoreUnavailable("down")


@pytest.fixture
def register(store: Store, catalogue: Catalogue) -> Watched:
    return Watched(store, catalogue)


def letter(text: str, number: int = 1) -> InboundMessage:
    return InboundMessage("letters", f"{number}:{text[:20]!a}", {}, text.encode(), datetime.now(UTC))


@asynccontextmanager
async def reading(
    register: Register, channel: Any, load: Callable[[], Any] = Certain, *, stop: asyncio.Event | None = None
) -> AsyncIterator[Understander]:
    """A running reader that does not wait between tries; it is stopped in order at the end."""
    stop = stop or asyncio.Event()
    understander = Understander(load)
    understander.start()
    task = asyncio.create_task(Reader(register, [channel], understander, stop, backoff=NO_TIME).run())
    try:
        yield understander
    finally:
        stop.set()
        register.messages_waiting.set()
        await task
        understander.close()


@asynccontextmanager
async def mail_channel() -> AsyncIterator[MailChannel]:
    """The e-mail channel with its processes."""
    nobody_asked = Authentication(resolver="off")
    async with ReadingProcess(Email(), "SWS") as process, Authenticator(nobody_asked) as authenticator:
        yield MailChannel(process, authenticator)


async def until(register: Watched, **messages: int) -> None:
    """Return once the inbound log holds exactly so many messages in these states."""

    async def is_so() -> bool:
        return (await register.counts())["messages"] == messages

    await holds(register, is_so)


async def holds(register: Watched, condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition is true; it is asked again whenever a reader has written something."""
    async with asyncio.timeout(10):
        while True:
            register.changed.clear()
            if await condition():
                return
            await register.changed.wait()


async def ideas(register: Watched, address: str = "a@example.org") -> list[str]:
    """The texts of the ideas, in the order of their reference numbers."""
    found = await register.ideas_of("letters", address, 100)
    return [idea.contributions[0].text for idea in reversed(found)]


async def test_messages_become_ideas_in_their_order(register: Watched) -> None:
    """What came first gets the first reference number."""
    texts = [f"Idee {number}" for number in range(20)]
    await register.log([letter(text) for text in texts])
    async with reading(register, Letters()):
        await until(register, read=20)
    assert await ideas(register) == texts


async def test_poison_is_quarantined_and_stops_nobody(register: Watched) -> None:
    """A message that defeats its reader is tried three times, then set apart; twenty others are read."""
    channel = Letters(odd={"Gift": ValueError("poison")})
    await register.log([letter("Gift"), *(letter(f"Idee {number}") for number in range(20))])
    async with reading(register, channel):
        await until(register, read=20, quarantined=1)
    assert channel.read_so_far.count("Gift") == 3
    assert len(await ideas(register)) == 20


async def test_what_no_repetition_helps_is_set_apart_at_once(register: Watched) -> None:
    """A message that brought its worker down is tried once, and staff read why."""
    channel = Letters(odd={"Bombe": MessageDefeated("time")})
    await register.log([letter("Bombe"), letter("Idee")])
    async with reading(register, channel):
        await until(register, read=1, quarantined=1)
    (number,) = await register.holding_pen.numbers(10)
    held = await register.holding_pen.message(number)

    assert channel.read_so_far.count("Bombe") == 1
    assert (held.is_unread, held.reason, held.logged.message.raw) == (True, "time", b"Bombe")


async def test_an_outage_of_a_channel_counts_against_no_message(
    register: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing can be read messages wait, however long that is, and then each is read."""
    monkeypatch.setattr("services.intake.reader._PAUSE", 0.01)
    channel = Letters(odd={"Idee": ReadingUnavailable("no child starts")})
    away = 10

    class Returning(Letters):
        def read(self, message: InboundMessage) -> Reading:
            if len(channel.read_so_far) == away:
                channel.odd.clear()
            return channel.read(message)

    await register.log([letter("Idee")])
    async with reading(register, Returning()):
        await until(register, read=1)

    assert channel.read_so_far.count("Idee") == away + 1


async def test_of_the_envelope_stays_what_the_channel_keeps(register: Watched, store: Store) -> None:
    """What was needed only to read a message, the network address for one, is gone when it is read."""
    await register.log([replace(letter("Idee"), envelope={"peer": "192.0.2.1"})])
    async with reading(register, Letters()):
        await until(register, read=1)
    async with store.reading() as session:
        assert list(await session.scalars(select(InboundRow.envelope))) == [{"kept": "this alone"}]


async def test_a_text_that_defeats_the_model_stops_nobody(register: Watched) -> None:
    """A classifier that fails over one text costs the others nothing."""
    await register.log([letter("Gift"), letter("Idee")])
    async with reading(register, Letters(), lambda: Certain(broken="Gift")):
        await until(register, read=1, quarantined=1)
    assert await ideas(register) == ["Idee"]


async def test_an_outage_of_the_store_loses_nothing_and_counts_no_attempt(
    register: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the store is away the reader waits; afterwards every message is read, however long it took."""
    monkeypatch.setattr("services.intake.reader._PAUSE", 0.01)
    register.faults = {"claim": 3, "record": 8}
    channel = Letters()
    await register.log([letter("eins"), letter("zwei")])
    async with reading(register, channel):
        await until(register, read=2)
    assert await ideas(register) == ["eins", "zwei"]
    assert channel.read_so_far == ["eins", "zwei"]


async def test_a_stop_during_an_outage_gives_the_message_back(
    register: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that could not be recorded before the end is as new for the next reader."""
    monkeypatch.setattr("services.intake.reader._PAUSE", 0.01)
    register.faults["record"] = 1
    stop = asyncio.Event()

    class Stopping(Letters):
        def read(self, message: InboundMessage) -> Reading:
            loop.call_soon_threadsafe(stop.set)
            return super().read(message)

    loop = asyncio.get_running_loop()
    await register.log([letter("eins")])
    async with reading(register, Stopping(), stop=stop):
        await until_stopped(stop)
    (logged,) = await register.claim_messages(datetime.now(UTC), timedelta(minutes=1), 10)
    assert logged.attempt == 1


async def test_a_stop_gives_back_what_is_not_begun(register: Watched) -> None:
    """A reader that is stopped in a batch finishes the message at hand and leaves the others as if never claimed."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    held = threading.Event()

    class Held(Letters):
        def read(self, message: InboundMessage) -> Reading:
            loop.call_soon_threadsafe(stop.set)
            held.wait(5)
            return super().read(message)

    await register.log([letter(f"Idee {number}") for number in range(5)])
    async with reading(register, Held(), stop=stop):
        await until_stopped(stop)
        held.set()
    assert await ideas(register) == ["Idee 0"]
    again = await register.claim_messages(datetime.now(UTC), timedelta(minutes=1), 10)
    assert [logged.attempt for logged in again] == [1, 1, 1, 1]


async def test_mail_is_taken_while_the_model_loads(register: Watched, catalogue: Catalogue, tmp_path: Path) -> None:
    """A slow model delays no 250; what came meanwhile is understood once it is there."""
    slow = Slow()
    async with (
        InboundLog(register.log) as log,
        MailReceiver(catalogue.settings.email, tmp_path, log) as receiver,
        mail_channel() as mail,
        reading(register, mail, slow.load),
    ):
        async with SmtpClient(receiver.port) as client:
            answer = await client.deliver(b"From: erika@example.org\r\nSubject: Radweg\r\n\r\nBitte bauen")
        assert answer.startswith("250")
        assert (await register.counts())["messages"] == {"stored": 1}
        slow.may_load.set()
        await until(register, read=1)
    (idea,) = await register.ideas_of("email", "erika@example.org", 5)
    assert idea.understanding.model == MODEL


async def test_without_a_model_ideas_wait_for_people(register: Watched) -> None:
    """Where the model is corrupt an idea is kept for the catch-all body, and says that no model read it."""
    await register.log([letter("Idee")])
    async with reading(register, Letters(), corrupt):
        await until(register, read=1)
    (idea,) = await register.ideas_of("letters", "a@example.org", 5)
    assert (idea.understanding.model, idea.stage) == ("none", register.catalogue.lifecycle.initial)
    assert [assignment.body for assignment in idea.assignments] == [register.catalogue.catch_all]


async def test_a_later_model_understands_what_came_without_one(register: Watched) -> None:
    """Ideas of the time without a model are understood and routed when one is there; one that it cannot is passed."""
    await register.log([letter("Gift"), letter("Idee")])
    async with reading(register, Letters(), corrupt):
        await until(register, read=2)
    async with reading(register, Letters(), lambda: Certain(broken="Gift")):
        await register.log([letter("noch eine")])
        await until(register, read=3)

        async def one_is_left() -> bool:
            return len(await register.not_understood(5)) == 1

        await holds(register, one_is_left)
    newest, idea, poison = await register.ideas_of("letters", "a@example.org", 5)
    assert [each.understanding.model for each in (newest, idea, poison)] == [MODEL, MODEL, "none"]
    assert idea.stage == register.catalogue.lifecycle.routed
    assert {assignment.body for assignment in newest.assignments} <= {body.body for body in idea.assignments}


async def test_what_no_store_can_keep_is_left_out(register: Watched) -> None:
    """NUL and lone surrogates go; the words around them are an idea on every database."""
    texts = {"nul": "a\x00b", "high": "a\ud83db", "low": "a\udcfcb"}
    sender = Sender("letters", "a@example.org", verified=True)
    await register.log([letter(name) for name in texts])
    async with reading(register, Letters(odd={name: Submission(sender, text, text) for name, text in texts.items()})):
        await until(register, read=3)
    found = await register.ideas_of("letters", "a@example.org", 5)
    assert {(idea.contributions[0].subject, idea.contributions[0].text) for idea in found} == {("ab", "ab")}


async def test_attachments_arrive_with_their_names(register: Watched) -> None:
    """The files of a submission are part of its idea."""
    files = (Attachment("plan.pdf", "application/pdf", b"%PDF"), Attachment("weg.png", "image/png", b"\x89PNG\x00"))
    submission = Submission(Sender("letters", "a@example.org", verified=True), "", "Text", files)
    await register.log([letter("x")])
    async with reading(register, Letters(odd={"x": submission})):
        await until(register, read=1)
    (idea,) = await register.ideas_of("letters", "a@example.org", 5)
    assert idea.contributions[0].attachments == ("plan.pdf", "weg.png")


HOSTILE_MAILS = [
    b"From: " + b"(" * 1000 + b")" * 1000 + b" a@example.org\r\n\r\nText",
    b"From: a@example.org\r\nMessage-ID: <[]@>\r\n\r\nText",
    b"From: a@example.org\r\nContent-Type: text/plain; charset=klingonisch\r\n\r\nText",
    b"From: a@example.org\r\nSubject: =?utf-8?q?hallo=0D=0ABcc:_x@y=00?=\r\n\r\nText \x00 \xed\xa0\x80",
    b"From: a@example.org\r\n"
    + b"".join(b"Content-Type: multipart/x; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(2000)),
    b"From: a\x00b@example.org\r\nContent-Type: a\x00b/" + b"c" * 999 + b'; name="\x00"\r\n\r\nText',
    b"From: a@example.org\r\nSubject: " + b"x" * 200_000 + b"\r\n\r\nText",
    b"\x00\xff" * 1000,
]


async def test_hostile_mail_loses_nothing_and_stops_nobody(register: Watched) -> None:
    """Mails made to break a parser or a database are all read, and so is the one behind them."""
    mails = [*HOSTILE_MAILS, b"From: erika@example.org\r\nSubject: Radweg\r\n\r\nBitte bauen"]
    envelope = {"mail_from": "a@example.org", "rcpt_tos": ["ideen@example.org"]}
    await register.log(
        [InboundMessage("email", str(number), envelope, raw, datetime.now(UTC)) for number, raw in enumerate(mails)]
    )
    async with mail_channel() as mail, reading(register, mail):
        await until(register, read=len(mails))
    assert len(await register.ideas_of("email", "a@example.org", 50)) == len(HOSTILE_MAILS)
    assert len(await register.ideas_of("email", "erika@example.org", 50)) == 1


async def test_what_needs_no_answer_is_read_and_done(register: Watched) -> None:
    """A message that is nothing to anyone is marked as read and leaves no trace but its reason."""
    await register.log([letter("x")])
    async with reading(register, Letters(odd={"x": Nothing("auto-reply")})):
        await until(register, read=1)
    assert (await register.counts())["notifications"] == {}


async def until_stopped(stop: asyncio.Event) -> None:
    """Return once the reader was told to stop."""
    async with asyncio.timeout(5):
        await stop.wait()
