"""A person is forgotten: what goes, what stays, and that nothing leads to them any more, no row and no byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from nlp.understanding import Understanding
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.chat import EVERYTHING, YES, Button, ChatMessage, Wish
from services.ideas.chat_tables import CorrectionRow
from services.ideas.columns import Table
from services.ideas.deeds import Accept, Ask, Doer, Find, Move, NamePlace, PassOn, Verdict
from services.ideas.erasure import Fate, erase_locked, forget, locked_ideas
from services.ideas.errors import IdeaNotFound
from services.ideas.ledger import Event
from services.ideas.model import Attachment, InboundMessage, LoggedMessage, Sender
from services.ideas.periods import Period
from services.ideas.persons import person_at
from services.ideas.readings import (
    Asked,
    Edit,
    Held,
    HoldReason,
    NotUnderstood,
    Presence,
    Pressed,
    Reading,
    Source,
    Submission,
)
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import BlobRow, IdeaRow, InboundRow, NotificationRow, SubmitterRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.dialogue.talk import MINUTE, Talk
from tests.ideas.samples import number_of, understood
from tests.ideas.told import told as told_to

IMAG = "fachpruefung-imag"
NAME, ADDRESS, CHAT = "Canaria Vogelsang", "canaria@vogelsang.example", "470114701"
WORDS, OTHER_WORDS, FILE = "Zeisigweg", "Finkenweg", b"the bytes of a canary's picture"
CONTACT = [NAME, ADDRESS, CHAT]
ANYTHING = [*CONTACT, WORDS, OTHER_WORDS, FILE.decode()]
CANARIA = Sender("telegram", CHAT, verified=True)
BY_MAIL = Sender("email", ADDRESS, verified=True)
BEN = Sender("telegram", "4712", verified=True)


@dataclass
class Life:
    """What a register hears of people; each message comes a minute after the last one."""

    register: Register
    store: Store
    number: int = 0

    async def hear(self, reading: Reading, *, raw: str = "", envelope: dict[str, str] | None = None) -> str | None:
        """Log and record one message; its raw form holds all that leads to its sender."""
        self.number += 1
        at = NOON + self.number * MINUTE
        sender = getattr(reading, "sender")  # noqa: B009 - not every reading has one
        conversation = f"telegram:{sender.address}" if sender.channel == "telegram" else ""
        message = InboundMessage(sender.channel, str(self.number), envelope or {}, raw.encode(), at, conversation)
        (receipt,) = await self.register.log([message])
        known: dict[Source, Understanding] = {}
        while True:
            try:
                return await self.register.record(LoggedMessage(receipt.id, message, 1), reading, understood(), known)
            except NotUnderstood as question:
                known[question.source] = understood()

    async def say(self, text: str, sender: Sender = CANARIA, *files: Attachment) -> str | None:
        """Write in a chat, long after the last message."""
        chat = ChatMessage(100 + self.number, NOON + self.number * MINUTE)
        raw = f'{{"from": "{_name(sender)}", "chat": {sender.address}, "text": "{text}"}}'
        return await self.hear(Submission(sender, "", text, files, chat=chat), raw=raw)

    async def mail(self, text: str, sender: Sender = BY_MAIL) -> str | None:
        """Write a mail that is signed with a name and an address."""
        said = Submission(sender, "Idee", text, full_text=f"{text}\n-- \n{NAME}\n{sender.address}")
        raw = f"From: {NAME} <{sender.address}>\r\n\r\n{text}"
        return await self.hear(said, raw=raw, envelope={"mail_from": sender.address})

    async def ask(self, wish: Wish, argument: str = "", sender: Sender = CANARIA) -> None:
        """Press a button."""
        raw = f'{{"from": "{_name(sender)}", "chat": {sender.address}}}'
        await self.hear(Asked(sender, Button(wish, argument=argument), pressed=Pressed(7, "query")), raw=raw)

    async def send_all(self) -> list[tuple[str, str]]:
        """Send what is owed: recipients and templates."""
        sent = []
        while claimed := await self.register.claim_notifications(NOON + 1000 * MINUTE, MINUTE, 100):
            for notification in claimed:
                await self.register.sent(notification, NOON + 1000 * MINUTE)
                sent.append((notification.recipient, notification.template))
        return sent

    async def whole_life(self) -> None:
        """A person who has done all that one can do, in two channels."""
        first = ChatMessage(100 + self.number, NOON)
        reference = await self.say(f"Der {WORDS} ist zu eng.", CANARIA, Attachment("weg.jpg", "image/jpeg", FILE))
        assert reference is not None
        await self.hear(Edit(CANARIA, first, f"Der {WORDS} ist viel zu eng. {ADDRESS}"))
        await self.ask(Wish.CONFIRM)
        await self.ask(Wish.PLACE)
        await self.mail(f"Der {OTHER_WORDS} auch. Schreiben Sie an {ADDRESS.upper()}.")
        await self.work(reference)
        await self.hear(Presence(CANARIA, is_present=True), raw=CHAT)
        await self.ask(Wish.JOIN)
        await self.ask(Wish.JOIN, "wrong")
        async with self.store.writing() as session:
            own = SubmitterRow.address.in_((CHAT, ADDRESS))
            for row in await session.scalars(select(SubmitterRow).where(own)):
                row.person = "p"

    async def work(self, reference: str) -> None:
        """Staff do all that they can do with an idea, and repeat in each of it what its submitter has said."""
        said, doer, at = f"Der {WORDS}, wie {ADDRESS} schreibt.", Doer("j.weber"), NOON + self.number * MINUTE
        deeds = (
            Ask(said),
            PassOn(("landratsamt-zwickau",), said),
            NamePlace(WORDS, understood()),
            Accept(said),
            Move(IMAG, said),
        )
        for deed in (*deeds, Find("Umsetzbarkeit", Verdict.NO, said)):
            await self.register.work.act(reference, deed, doer, at)


def _name(sender: Sender) -> str:
    return NAME if sender in (CANARIA, BY_MAIL) else "Ben"


@pytest.fixture
def life(register: Register, store: Store) -> Life:
    return Life(register, store)


@pytest.fixture
def released(store: Store, catalogue: Catalogue) -> Life:
    """The same where the archive has released the ideas."""
    settings = catalogue.settings
    privacy = settings.privacy.model_copy(update={"archive_released": True})
    changed = replace(catalogue, settings=settings.model_copy(update={"privacy": privacy}))
    return Life(Register(store, changed, SECRET), store)


async def stored(store: Store) -> str:
    """All that stands in all tables."""
    found = []
    async with store.reading() as session:
        for table in Table.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                found += [value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(found)


async def hits(store: Store, canaries: list[str]) -> set[str]:
    everything = (await stored(store)).lower()
    return {canary for canary in canaries if canary.lower() in everything}


async def test_nothing_leads_to_a_forgotten_person(life: Life, store: Store) -> None:
    """Name, address and chat are in no table any more, and their words stay with the ideas."""
    await life.whole_life()
    assert await hits(store, ANYTHING) == set(ANYTHING)

    await life.ask(Wish.ERASE)
    await life.ask(Wish.ERASE, YES)
    await life.send_all()

    assert await hits(store, CONTACT) == set()
    assert await hits(store, ANYTHING) == {WORDS, OTHER_WORDS, FILE.decode()}


async def test_nothing_at_all_is_left_where_the_archive_has_released_it(released: Life, store: Store) -> None:
    """With the ideas, no word and no file of theirs is in any table."""
    await released.whole_life()
    assert await hits(store, ANYTHING) == set(ANYTHING)

    await released.ask(Wish.ERASE, EVERYTHING)
    await released.send_all()

    assert await hits(store, ANYTHING) == set()


@on_sqlite
async def test_no_byte_of_the_file_shows_what_was_erased(released: Life, store: Store, tmp_path: Path) -> None:
    """Neither the SQLite file nor its log holds a canary once both are wiped; before, they did."""
    for number in range(15):  # so that rows move between pages
        await released.say(
            f"Idee {number} " + "x" * 700, Sender("telegram", str(1000 + 37 * number % 97), verified=True)
        )
    await released.whole_life()
    assert _in_files(tmp_path) == set(ANYTHING)

    await released.ask(Wish.ERASE, EVERYTHING)
    await released.send_all()
    await store.wipe_log()
    await store.wipe_file()

    assert _in_files(tmp_path) == set()
    assert "Idee 14" in await stored(store)


def _in_files(directory: Path) -> set[str]:
    content = b"".join(path.read_bytes() for path in directory.iterdir() if ".sqlite3" in path.name)
    return {canary for canary in ANYTHING if canary.lower().encode() in content.lower()}


@on_sqlite
async def test_ideas_stay_where_they_are(life: Life, store: Store) -> None:
    """Number, stage, words and files are as before, and nobody is their submitter."""
    reference = await life.say(f"Der {WORDS} ist zu eng.", CANARIA, Attachment("weg.jpg", "image/jpeg", FILE))
    assert reference is not None
    before = await life.register.idea(reference)

    await life.ask(Wish.ERASE, YES)

    assert await life.register.idea(reference) == before
    assert await life.register.ideas_of("telegram", CHAT, 10) == ()
    assert await number_of(store, IdeaRow, IdeaRow.submitter_id.is_not(None)) == 0


async def test_no_link_opens_the_ideas_of_a_forgotten_person(life: Life) -> None:
    """Neither the page of the idea nor its secret mail address leads anywhere."""
    reference = await life.mail("Mehr Bänke.")
    assert reference is not None
    await forget_by_hand(life, BY_MAIL)

    for purpose in (Purpose.STATUS_PAGE, Purpose.UNSUBSCRIBE, Purpose.VERIFY_ADDRESS):
        token = life.register.token(purpose, reference)
        assert await life.register.idea_by_token(token, purpose) is None
        assert await life.register.mailboxes.by_token(token, purpose) is None
    answer = Submission(BY_MAIL, "", "Noch etwas.", thread=life.register.token(Purpose.REPLY, reference))
    await life.hear(answer)
    assert (await life.register.counts())["messages"] == {"read": 1, "held": 1}


@on_sqlite
async def test_whoever_is_forgotten_is_told_so(life: Life) -> None:
    """The answer stands where the button was, in the person's language, and is the last that is stored of them."""
    await life.ask(Wish.LANGUAGE, "en")
    await life.send_all()
    await life.ask(Wish.ERASE, YES)

    (farewell,) = await life.register.claim_notifications(NOON + 100 * MINUTE, MINUTE, 10)
    assert (farewell.recipient, farewell.template, farewell.language) == (CHAT, "erased", "en")
    assert (
        farewell.parameters.items() >= {"everything": False, "is_archived": True, "edit": 7, "query": "query"}.items()
    )
    await life.register.sent(farewell, NOON)
    assert (await life.register.counts())["notifications"] == {}


@on_sqlite
async def test_what_is_owed_to_a_forgotten_person_is_not_sent(life: Life) -> None:
    """The outbox forgets them with the rest."""
    await life.say("Mehr Bänke.")
    await life.ask(Wish.ERASE, YES)

    assert await life.send_all() == [(CHAT, "erased")]


@on_sqlite
async def test_whoever_writes_again_is_new(life: Life) -> None:
    """They are shown the privacy notice again, and have no ideas but the new one."""
    await life.say("Mehr Bänke.")
    await life.ask(Wish.ERASE, YES)
    await life.send_all()
    new = await life.say("Mehr Bäume.")

    assert await life.send_all() == [(CHAT, "notice"), (CHAT, "confirmation")]
    assert [idea.reference for idea in await life.register.ideas_of("telegram", CHAT, 10)] == [new]


@on_sqlite
async def test_a_message_of_a_forgotten_person_is_still_known(life: Life) -> None:
    """An update that Telegram delivers once more is not taken for a new one."""
    await life.say("Mehr Bänke.")
    await life.ask(Wish.ERASE, YES)

    (receipt,) = await life.register.log([InboundMessage("telegram", "1", {}, b"Mehr B\xc3\xa4nke.", NOON)])

    assert not receipt.new


@on_sqlite
async def test_what_is_not_read_yet_is_left_alone(life: Life, store: Store) -> None:
    """Who has written more before the wish was read is somebody new with it, and their words are not lost."""
    waiting = InboundMessage("telegram", "later", {}, b"Noch etwas.", NOON, f"telegram:{CHAT}")
    await life.register.log([waiting])
    await life.ask(Wish.ERASE, YES)

    async with store.reading() as session:
        rows = await session.scalars(select(InboundRow).order_by(InboundRow.id))
        assert [(row.external_id, row.raw, row.state) for row in rows] == [
            ("later", b"Noch etwas.", "stored"),
            ("1", b"", "read"),
        ]


@pytest.mark.parametrize(
    "envelope", [{"mail_from": ADDRESS.title()}, {"mail_from": "bounces@lists.example", "author": ADDRESS}]
)
async def test_mail_that_waits_for_a_person_is_erased_too(life: Life, store: Store, envelope: dict[str, str]) -> None:
    """Mail in somebody's name that nobody has placed yet holds their address, and waits for nobody any more."""
    await life.mail("Mehr Bänke.")
    # A stranger's half a character must not keep anybody from being found.
    await life.register.log([InboundMessage("email", "odd", {"mail_from": "\udce4@example.org"}, b"", NOON)])
    held = InboundMessage("email", "held", envelope, NAME.encode(), NOON)
    (receipt,) = await life.register.log([held])
    await life.register.record(LoggedMessage(receipt.id, held, 1), Held(HoldReason.NO_TOKEN), None)
    await forget_by_hand(life, BY_MAIL)

    assert await hits(store, CONTACT) == set()
    assert await life.register.holding_pen.number() == 0


async def test_others_are_not_touched(life: Life, store: Store) -> None:
    """What another person has written, got and linked is byte for byte what it was."""
    await life.say("Mehr Bäume.", BEN, Attachment("baum.jpg", "image/jpeg", FILE))
    before = await stored(store)
    await life.whole_life()
    await life.ask(Wish.ERASE, EVERYTHING)

    after = await stored(store)
    assert [line for line in before.splitlines() if line not in after] == []


async def test_a_file_that_another_idea_has_too_stays(released: Life, store: Store) -> None:
    """Bytes are kept once for all; they go with the last idea that they belong to."""
    await released.say("Mehr Bäume.", BEN, Attachment("baum.jpg", "image/jpeg", FILE))
    await released.say(f"Der {WORDS}.", CANARIA, Attachment("weg.jpg", "image/jpeg", FILE))

    await released.ask(Wish.ERASE, EVERYTHING)
    assert await number_of(store, BlobRow) == 1
    await released.ask(Wish.ERASE, EVERYTHING, BEN)
    assert await number_of(store, BlobRow) == 0


@on_sqlite
async def test_an_erased_idea_still_counts(released: Life, store: Store) -> None:
    """Number, stage, topic and district stay; bodies see an idea without words, and correct nothing with it."""
    reference = await released.say(f"Der {WORDS} ist zu eng.")
    assert reference is not None
    await released.ask(Wish.CONFIRM)
    await released.register.write_digest("stadt-chemnitz", Period("2026-11-23", NOON), NOON)
    await released.register.change_stage(reference, "nicht-weiterverfolgt", f"Der {WORDS} bleibt.", "staff", NOON)
    await released.ask(Wish.ERASE, EVERYTHING)

    idea = await released.register.idea(reference)
    assert (idea.stage, idea.contributions) == ("nicht-weiterverfolgt", ())
    understanding = idea.understanding
    assert [topic.id for topic in understanding.topics] == ["mobility"]
    assert [district.key for district in understanding.districts] == ["14511"]
    assert [change.note for change in idea.stages] == ["", "", ""]
    assert await number_of(store, CorrectionRow) == 0


@on_sqlite
async def test_bodies_that_were_told_of_an_idea_hear_that_it_is_gone(released: Life, store: Store) -> None:
    """Who was told finds it in the next digest (Art. 19 GDPR); who was not never hears of it."""
    told = await released.say("Mehr Bänke.")
    soon, later = NOON + 50 * MINUTE, NOON + 99 * MINUTE
    await released.register.write_digest("stadt-chemnitz", Period("2026-11-23", soon), soon)
    await released.send_all()
    await released.say("Neue Idee.", BEN)
    await released.ask(Wish.ERASE, EVERYTHING)
    await released.ask(Wish.ERASE, EVERYTHING, BEN)

    assert await released.register.write_digest("stadt-chemnitz", Period("2026-11-24", later), later) == 1
    assert (await told_to(store, "stadt-chemnitz"))["2026-11-24"] == [(told, Event.ERASED)]


async def test_ideas_wait_for_the_archive_where_it_has_not_released_them(life: Life, store: Store) -> None:
    """They are shown to nobody any more, keep their words, and are listed for staff (section 7 SächsDSDG)."""
    reference = await life.say(f"Der {WORDS} ist zu eng.")
    assert reference is not None
    await life.ask(Wish.ERASE, EVERYTHING)

    with pytest.raises(IdeaNotFound):
        await life.register.idea(reference)
    assert await hits(store, ANYTHING) == {CHAT, WORDS}  # the chat is still to be told
    async with store.reading() as session:
        assert [locked.reference for locked in await locked_ideas(session)] == [reference]


async def test_staff_erase_a_locked_idea_once(life: Life, store: Store) -> None:
    """Then its words are gone, it is locked no more, and only a locked one can be erased."""
    reference = await life.say(f"Der {WORDS} ist zu eng.")
    other = await life.say("Mehr Bäume.", BEN)
    assert reference is not None
    assert other is not None
    await life.ask(Wish.ERASE, EVERYTHING)
    await life.send_all()

    async with store.writing() as session:
        erased = [await erase_locked(session, each, NOON) for each in (reference, reference, other, "SWS-2026-9999-9")]
        assert await locked_ideas(session) == ()

    assert erased == [True, False, False, False]
    assert await hits(store, ANYTHING) == set()
    assert (await life.register.idea(other)).contributions != ()


@on_sqlite
async def test_asking_erases_nothing(life: Life, store: Store) -> None:
    """The question says how many ideas there are and whether they would be locked; nothing has changed."""
    await life.say("Mehr Bänke.")
    await life.ask(Wish.ERASE)
    await life.ask(Wish.ERASE, "anything else")

    async with store.reading() as session:
        asked = select(NotificationRow).where(NotificationRow.template == "ask_erasure")
        parameters = [row.parameters for row in await session.scalars(asked)]
    assert [(each["ideas"], each["is_archived"]) for each in parameters] == [(1, True), (1, True)]
    assert await number_of(store, SubmitterRow) == 1


@on_sqlite
async def test_typed_words_erase_only_whoever_was_asked(life: Life, store: Store) -> None:
    """The words of the button, typed out of the blue, are answered with the question; after it they count."""
    talk = Talk(life.register, store, CANARIA)
    await talk.type(Wish.ERASE, "Nur meine Daten löschen", YES)
    assert await talk.answers() == ["ask_erasure"]
    await talk.press(Wish.KEEP)
    await talk.type(Wish.ERASE, "Nur meine Daten löschen", YES)
    assert await talk.answers() == ["ask_erasure", "kept", "ask_erasure"]
    await talk.type(Wish.CONFIRM, "Ja")
    assert await talk.answers() == ["ask_erasure", "kept", "ask_erasure", "ask_erasure"]
    await talk.type(Wish.ERASE, "Nur meine Daten löschen", YES)
    assert await talk.answers() == ["erased"]


@on_sqlite
async def test_an_address_in_a_text_is_hidden_sign_by_sign(life: Life) -> None:
    """What the model has counted in the text still counts right, and longer addresses of others stay."""
    reference = await life.mail(f"Mail an {ADDRESS} oder x{ADDRESS}.")
    assert reference is not None
    await forget_by_hand(life, BY_MAIL)

    (said,) = (await life.register.idea(reference)).contributions
    assert (said.text, said.full_text) == (f"Mail an {'•' * len(ADDRESS)} oder x{ADDRESS}.", "")


async def forget_by_hand(life: Life, sender: Sender, fate: Fate = Fate.KEPT) -> None:
    """What staff do for somebody who asks them."""
    async with life.store.writing() as session:
        person = await person_at(session, sender.channel, sender.address, locked=True)
        assert person is not None
        await forget(session, person, fate, NOON)
