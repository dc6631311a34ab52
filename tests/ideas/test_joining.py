"""One person in two channels: who is joined, and who is not, however they try."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.chat import Button, ChatMessage, Wish
from services.ideas.chat_tables import JoinCodeRow, WrongCodeRow
from services.ideas.joining import code_in, code_of, expire_codes
from services.ideas.model import InboundMessage, LoggedMessage, Sender
from services.ideas.persons import person_at
from services.ideas.readings import Asked, JoinMail, Reading
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import NotificationRow, SubmitterRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import admit, number_of

CHAT, OTHER_CHAT = Sender("telegram", "4711", verified=True), Sender("telegram", "4712", verified=True)
MAIL = Sender("email", "anna@example.org", verified=False)
SURE_MAIL = replace(MAIL, verified=True)
ATTACKER = Sender("email", "mallory@example.net", verified=True)
HOUR = timedelta(hours=1)


@dataclass
class Post:
    """People write by chat and by mail; `at` is when they do."""

    register: Register
    store: Store
    at: datetime = NOON
    numbers: list[int] = field(default_factory=list)

    async def hear(self, reading: Reading, channel: str) -> None:
        """Record what somebody sends."""
        message = InboundMessage(channel, uuid4().hex, {}, b"", self.at)
        (receipt,) = await self.register.log([message])
        await self.register.record(LoggedMessage(receipt.id, message, 1), reading, None)

    async def ask(self, sender: Sender = CHAT) -> str:
        """Ask for a code in a chat, and get it."""
        await self.send("", sender)
        return (await self.codes(sender))[-1]

    async def send(self, code: str, sender: Sender = CHAT) -> str:
        """Send a code in a chat; the template of the last answer there."""
        number = len(self.numbers)
        self.numbers.append(number)
        await self.hear(Asked(sender, Button(Wish.JOIN, argument=code), ChatMessage(number, self.at)), sender.channel)
        return (await self.told(sender))[-1]

    async def mail(
        self, code: str, sender: Sender = MAIL, *, thread: str | None = None, answerable: bool = True
    ) -> None:
        """Send a mail with a code, or one that asks for it."""
        await self.hear(JoinMail(sender, code, thread, answerable), sender.channel)

    async def told(self, sender: Sender) -> list[str]:
        """The templates of what somebody is to be told, the privacy notice aside."""
        return [row.template for row in await self._owed(sender) if row.state == "due" and row.template != "notice"]

    async def codes(self, sender: Sender) -> list[str]:
        """The codes that somebody gets in one of their channels."""
        return [
            code_of(SECRET, row.parameters["nonce"])
            for row in await self._owed(sender)
            if row.template == "join_code" and row.state == "due"
        ]

    async def _owed(self, sender: Sender) -> list[NotificationRow]:
        async with self.store.reading() as session:
            rows = select(NotificationRow).join(SubmitterRow, SubmitterRow.id == NotificationRow.submitter_id)
            own = (SubmitterRow.channel == sender.channel, SubmitterRow.address == sender.address)
            return list(await session.scalars(rows.where(*own).order_by(NotificationRow.id)))

    async def persons(self) -> list[set[str]]:
        """The addresses of each person who has several."""
        found: dict[str, set[str]] = {}
        async with self.store.reading() as session:
            for row in await session.scalars(select(SubmitterRow).where(SubmitterRow.person.is_not(None))):
                found.setdefault(row.person or "", set()).add(row.address)
        return sorted(found.values(), key=sorted)


@pytest.fixture
def post(store: Store, catalogue: Catalogue) -> Post:
    """With a bot, without which there is nothing to be joined."""
    settings = catalogue.settings
    telegram = type(settings.telegram)(token="7531902468:AAtest-token")
    changed = replace(catalogue, settings=settings.model_copy(update={"telegram": telegram}))
    return Post(Register(store, changed, SECRET), store)


async def test_a_code_of_the_chat_sent_by_mail_joins_both(post: Post) -> None:
    """The mail's domain vouches for its sender: both addresses are one person, and both are told."""
    await post.mail(await post.ask(), SURE_MAIL)

    assert await post.persons() == [{"4711", "anna@example.org"}]
    assert await post.told(CHAT) == ["join_code", "joined"]
    assert await post.told(MAIL) == ["joined"]


async def test_a_code_of_a_mail_sent_in_the_chat_joins_both(post: Post) -> None:
    """Whoever writes "verbinden" gets a code by mail, and the chat proves who sends it."""
    await post.mail("")
    (code,) = await post.codes(MAIL)

    assert await post.send(code) == "joined"
    assert await post.persons() == [{"4711", "anna@example.org"}]
    assert await post.told(MAIL) == ["join_code", "joined"]


async def test_joined_ideas_are_one_persons(post: Post) -> None:
    """In the chat they see what they have mailed, and the address counts as confirmed."""
    reference = await admit(post.register, "1", MAIL)
    assert await post.register.ideas_of("telegram", "4711", 10) == ()
    await post.mail("", MAIL)
    await post.send((await post.codes(MAIL))[0])

    assert [idea.reference for idea in await post.register.ideas_of("telegram", "4711", 10)] == [reference]
    assert (await post.register.mailboxes.by_reference(reference)).verified
    async with post.store.reading() as session:
        person = await person_at(session, "telegram", "4711")
    assert person is not None
    assert [row.channel for row in person.rows] == ["email", "telegram"]


async def test_two_persons_who_are_joined_are_one(post: Post) -> None:
    """All their channels belong together then."""
    work = Sender("email", "anna@work.example", verified=True)
    await post.mail(await post.ask(CHAT), SURE_MAIL)
    await post.mail(await post.ask(OTHER_CHAT), work)
    assert await post.persons() == [{"4711", "anna@example.org"}, {"4712", "anna@work.example"}]

    await post.mail(await post.ask(CHAT), work)

    assert await post.persons() == [{"4711", "4712", "anna@example.org", "anna@work.example"}]


# Attacks


async def test_a_forged_mail_joins_nothing(post: Post) -> None:
    """Whoever writes in a stranger's name with a code of their own chat only makes us send the stranger a code."""
    code = await post.ask(OTHER_CHAT)
    await post.mail(code, MAIL)

    assert await post.persons() == []
    assert await post.told(OTHER_CHAT) == ["join_code"]
    assert await post.told(MAIL) == ["join_code"]
    assert code not in await post.codes(MAIL)


@on_sqlite
async def test_a_forged_mail_tells_nothing_about_a_code(post: Post) -> None:
    """It is answered alike whether its code is right, wrong, or missing."""
    for number, code in enumerate((await post.ask(OTHER_CHAT), "2A2A2A2A2A2A", "")):
        await post.mail(code, replace(MAIL, address=f"person{number}@example.org"))

    told = [await post.told(replace(MAIL, address=f"person{number}@example.org")) for number in range(3)]
    assert told == [["join_code"]] * 3
    assert await number_of(post.store, WrongCodeRow) == 0


@on_sqlite
async def test_a_mail_that_fails_its_domains_policy_is_not_answered(post: Post) -> None:
    """Not even a code goes to a stranger then, and none is made."""
    await post.mail(await post.ask(), MAIL, answerable=False)

    assert await post.told(MAIL) == []
    assert await number_of(post.store, JoinCodeRow) == 1


@on_sqlite
async def test_a_stranger_is_not_bombed_with_codes(post: Post) -> None:
    """A hundred forged mails an hour make two, which is the limit of all automatic mail; no other code is made."""
    for number in range(100):
        post.at = NOON + number * timedelta(seconds=30)
        await post.mail("")

    assert await post.told(MAIL) == ["join_code"] * 2
    assert await number_of(post.store, JoinCodeRow) == 2


async def test_the_secret_address_of_an_own_idea_proves_a_sender(post: Post) -> None:
    """Whoever answers to it has received our mail, even where no domain vouches for them."""
    reference = await admit(post.register, "1", MAIL)
    await post.mail(await post.ask(), MAIL, thread=post.register.token(Purpose.REPLY, reference))

    assert await post.persons() == [{"4711", "anna@example.org"}]


@pytest.mark.parametrize("secret_of", ["another's idea", "another purpose", "nothing"])
@on_sqlite
async def test_no_other_secret_proves_a_sender(post: Post, secret_of: str) -> None:
    """Not the address of somebody else's idea, nor another link of one's own, nor a made-up one."""
    own = await admit(post.register, "1", MAIL)
    other = await admit(post.register, "2", ATTACKER)
    tokens = {
        "another's idea": post.register.token(Purpose.REPLY, other),
        "another purpose": post.register.token(Purpose.STATUS_PAGE, own),
        "nothing": "abcdefghijklmnopqrstuvwx27",
    }
    await post.mail(await post.ask(), MAIL, thread=tokens[secret_of])

    assert await post.persons() == []


async def test_a_code_joins_nothing_in_its_own_channel(post: Post) -> None:
    """Neither in the chat that it was given in, nor in another one: there it would hand a person over to a stranger."""
    code = await post.ask()

    assert [await post.send(code), await post.send(code, OTHER_CHAT)] == ["join_refused"] * 2
    assert await post.persons() == []
    assert await number_of(post.store, JoinCodeRow) == 1


async def test_a_code_holds_once(post: Post) -> None:
    """Whoever sends it a second time joins nobody."""
    await post.mail("")
    (code,) = await post.codes(MAIL)

    assert [await post.send(code), await post.send(code, OTHER_CHAT)] == ["joined", "join_refused"]
    assert await post.persons() == [{"4711", "anna@example.org"}]


async def test_a_code_that_many_send_at_once_joins_one_of_them(post: Post) -> None:
    """Of 50 chats that send it at the same moment one is joined."""
    await post.mail("")
    (code,) = await post.codes(MAIL)
    chats = [replace(CHAT, address=str(5000 + number)) for number in range(50)]

    answers = await asyncio.gather(*(post.send(code, chat) for chat in chats))

    assert sorted(answers) == ["join_refused"] * 49 + ["joined"]
    assert len((await post.persons())[0]) == 2


@pytest.mark.parametrize(("minutes", "answer"), [(59, "joined"), (60, "join_refused")])
@on_sqlite
async def test_a_code_holds_for_an_hour(post: Post, minutes: int, answer: str) -> None:
    """What counts is when the message came, not when it was read."""
    await post.mail("")
    (code,) = await post.codes(MAIL)
    post.at = NOON + timedelta(minutes=minutes)

    assert await post.send(code) == answer


@on_sqlite
async def test_guesses_are_counted(post: Post) -> None:
    """After five wrong codes in an hour the right one is refused like them, in all channels of the person; then not."""
    await post.mail(await post.ask(), SURE_MAIL)
    work = replace(MAIL, address="anna@work.example")
    await post.mail("", work)
    (code,) = await post.codes(work)
    wrong = [await post.send(f"2A2A2A2A2A2{sign}") for sign in "ABCDE"]

    assert wrong == ["join_refused"] * 5
    assert await post.send(code) == "join_refused"
    post.at = NOON + timedelta(minutes=59)
    assert await post.send(code) == "join_refused"
    await post.mail("", replace(work, address="anna@third.example"))
    (later,) = await post.codes(replace(work, address="anna@third.example"))
    post.at = NOON + HOUR
    assert await post.send(later) == "joined"


@on_sqlite
async def test_many_guesses_at_once_are_counted_as_well(post: Post) -> None:
    """A crowd of mails in one moment gets five tries."""
    await asyncio.gather(*(post.mail(f"2A2A2A2A2A{sign}A", SURE_MAIL) for sign in "ABCDEFGHJK"))

    assert await number_of(post.store, WrongCodeRow) == 5


async def test_an_attackers_code_leads_to_nobody_who_did_not_send_it(post: Post) -> None:
    """Sent in the victim's name it joins nothing, and sent by themselves it joins them to themselves."""
    victims = await admit(post.register, "1", SURE_MAIL)
    code = await post.ask(OTHER_CHAT)
    await post.mail(code, MAIL)
    await post.mail(code, ATTACKER)

    assert await post.register.ideas_as_told("telegram", OTHER_CHAT.address, NOON, reference=victims) == ()
    assert await post.persons() == [{"4712", "mallory@example.net"}]


@on_sqlite
async def test_codes_and_guesses_are_forgotten(post: Post) -> None:
    """An hour later neither is of any use."""
    await post.ask()
    await post.send("2A2A2A2A2A2A")
    async with post.store.writing() as session:
        kept = await expire_codes(session, NOON + timedelta(minutes=59))
        gone = await expire_codes(session, NOON + HOUR)

    assert (kept, gone) == (0, 2)


async def test_the_store_holds_no_code(post: Post) -> None:
    """Neither as it is read, nor in another form: the outbox has a nonce, the table a hash."""
    code = await post.ask()

    async with post.store.reading() as session:
        owed = [str(row.parameters) for row in await session.scalars(select(NotificationRow))]
        hashes = [row.code_hash for row in await session.scalars(select(JoinCodeRow))]
    for form in (code, code.lower(), code.replace("-", "")):
        assert [text for text in (*owed, *hashes) if form in text] == []


@on_sqlite
async def test_without_a_bot_no_code_is_mailed(store: Store, register: Register) -> None:
    """There is no chat that it could be sent in."""
    post = Post(register, store)
    await post.mail("")

    assert await number_of(store, NotificationRow) == 0


# Codes


def test_codes_differ_and_are_recognised() -> None:
    """Of a thousand no two are the same, and those that are given out are told from words."""
    codes = [code_of(SECRET, str(number)) for number in range(1000)]

    assert len(set(codes)) == 1000
    assert {len(code) for code in codes} == {14}
    assert code_of(b"another secret", "1") != codes[1]


@pytest.mark.parametrize(
    "typed",
    [
        "7QK2-M3XA-9TW0",
        "7qk2-m3xa-9two",
        "7QK2 M3XA 9TW0",
        "7QK2M3XA9TW0",
        " 7QK2 - M3XA - 9TW0. ",
        "„7QK2\u2013M3XA\u20139TW0“",
        "Code: 7QK2-M3XA-9TW0",
        "verbinden 7QK2-M3XA-9TW0",
    ],
)
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    """Case, hyphens, quotation marks, and a letter that looks like a digit do not matter."""
    assert code_in(typed) == "7QK2M3XA9TW0"


@pytest.mark.parametrize(
    "said",
    [
        "Schwimmhalle",
        "Haltestelle1",
        "Park 2024 Test",
        "Holz Hall Loch",
        "SWS-2026-0042-7",
        "7QK2-M3XA-9TW0 und ein Radweg",
        "Mein Code ist 7QK2-M3XA-9TW0, und ich wünsche mir einen Radweg nach Glauchau",
        "7QK2-M3XA",
        "7QK2-M3XA-9TWU",
        "0371 1234 5678",
        "DE12 3456 7890",
        "",
        "7QK2-M3XA-9TW0" * 1000,
    ],
)
def test_what_people_say_is_no_code(said: str) -> None:
    """Words, numbers, and texts that hold a code among other things are what somebody says."""
    assert code_in(said) is None
