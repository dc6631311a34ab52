"""How people who write mail come to the language that they want to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from services.ideas.capability import Purpose
from services.ideas.deeds import Accept, Ask, Doer
from services.ideas.model import Notification, Sender
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.spelling import folded
from services.ideas.store import Store
from services.ideas.submitters import submitter_of
from tests.conftest import NOON, on_sqlite
from tests.ideas.samples import ANNA, BEN, admit, logged

CLARA = Sender("email", "clara@example.org", verified=True)
STRANGER = Sender("email", "dora@example.org", verified=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


async def sent(register: Register, at: datetime) -> Sequence[Notification]:
    """What leaves for submitters at a time."""
    claimed = await register.claim_notifications(at, DAY, 9)
    await register.all_sent(claimed, at)
    return claimed


async def answer(
    register: Register, reference: str, text: str, at: datetime, *, sender: Sender = CLARA, answerable: bool = True
) -> None:
    """An answer to a mail about an idea."""
    token = register.token(Purpose.REPLY, reference)
    said = Submission(sender, "Re: Neues", text, thread=token, answerable=answerable)
    await register.record(await logged(register, f"{text}{at}", received_at=at), said, None)


async def said(register: Register, reference: str) -> list[str]:
    """What the submitter has added to an idea."""
    return [each.text for each in (await register.idea(reference)).contributions][1:]


async def test_the_name_of_a_language_brings_the_last_mail_again(register: Register) -> None:
    """First the confirmation, later the update; and everything from then on."""
    reference = await admit(register, "1", CLARA)
    confirmation = await sent(register, NOON)
    await answer(register, reference, "English\n\nBest regards\nClara", NOON + MINUTE)
    again = await sent(register, NOON + MINUTE)
    await register.work.act(reference, Accept(), Doer("j.weber"), NOON + DAY)
    update = await sent(register, NOON + DAY)
    await answer(register, reference, "In Leichter Sprache.\n", NOON + DAY + MINUTE)
    simple = await sent(register, NOON + DAY + MINUTE)

    told = [(each.template, each.language) for each in (*confirmation, *again, *update, *simple)]
    assert told == [("confirmation", "de"), ("confirmation", "en"), ("update", "en"), ("update", "de-simple")]
    assert simple[0].parameters == update[0].parameters
    assert await said(register, reference) == []


@on_sqlite
async def test_who_answers_with_a_language_has_their_mail(register: Register) -> None:
    """As any other answer does it verifies the address, from which nothing was known before."""
    reference = await admit(register, "1", ANNA)
    await answer(register, reference, "Deutsch", NOON, sender=ANNA)

    assert (await register.mailboxes.by_reference(reference)).verified


@on_sqlite
@pytest.mark.parametrize(
    ("text", "sender", "answerable"),
    [
        ("Englisch in der Schule", CLARA, True),
        ("English", STRANGER, True),
        ("English", CLARA, False),
    ],
)
async def test_nobody_else_and_nothing_else_chooses(
    register: Register, text: str, sender: Sender, *, answerable: bool
) -> None:
    """More than the name belongs to the idea, and so does what a stranger says, or whoever only looks like them."""
    reference = await admit(register, "1", CLARA)
    await sent(register, NOON)
    await answer(register, reference, text, NOON, sender=sender, answerable=answerable)
    await register.work.act(reference, Accept(), Doer("j.weber"), NOON)

    assert [(each.template, each.language) for each in await sent(register, NOON)] == [("update", "de")]
    assert await said(register, reference) == [text]


@on_sqlite
async def test_who_sent_an_idea_by_chat_chooses_for_their_mail(register: Register, store: Store) -> None:
    """The chat, which cannot be reached any more, has its own language."""
    reference = await admit(register, "1", BEN)
    await sent(register, NOON)
    async with store.writing() as session:
        chat, mail = [await submitter_of(session, sender, NOON) for sender in (BEN, CLARA)]
        chat.person = mail.person = "b" * 32
        chat.undeliverable_at = NOON
    await register.work.act(reference, Accept(), Doer("j.weber"), NOON)
    left = [*await sent(register, NOON), *await sent(register, NOON)]
    await answer(register, reference, "English", NOON)
    left += await sent(register, NOON)

    assert [(each.channel, each.template, each.language) for each in left] == [
        ("email", "update", "de"),
        ("email", "update", "en"),
    ]


@on_sqlite
async def test_an_answer_to_a_question_is_no_choice(register: Register) -> None:
    """Whether it is easy to do, somebody may answer with the word that also means a language."""
    reference = await admit(register, "1", CLARA)
    await register.work.act(reference, Ask("Einfach oder mit Umsteigen?"), Doer("j.weber"), NOON + MINUTE)
    await answer(register, reference, "Einfach", NOON + 2 * MINUTE)
    await answer(register, reference, "einfach", NOON + 3 * MINUTE)

    assert await said(register, reference) == ["Einfach"]


@on_sqlite
async def test_no_more_than_two_mails_an_hour_come_of_it(register: Register) -> None:
    """A robot that answers with names of languages gets no more than the limit of all answers."""
    reference = await admit(register, "1", CLARA)
    left = [*await sent(register, NOON)]
    for minutes, text in enumerate(["English", "Deutsch", "English", "Deutsch"], 1):
        await answer(register, reference, text, NOON + minutes * MINUTE)
        left += await sent(register, NOON + minutes * MINUTE)

    assert [each.language for each in left] == ["de", "en"]


@on_sqlite
async def test_a_mail_sent_again_takes_no_other_ideas_confirmation(register: Register) -> None:
    """One confirmation a day is for what nobody asked for."""
    reference = await admit(register, "1", CLARA)
    await sent(register, NOON)
    await answer(register, reference, "English", NOON + DAY - 61 * MINUTE)
    await sent(register, NOON + DAY - 61 * MINUTE)
    await admit(register, "2", CLARA, received_at=NOON + DAY)

    assert [each.template for each in await sent(register, NOON + DAY)] == ["confirmation"]


def test_each_language_says_how_it_can_be_had(register: Register) -> None:
    """The word that its offer asks for is its own name."""
    texts = register.catalogue.texts
    for words in map(texts.words, texts.languages):
        assert folded(words.offer).endswith(folded(words.name))
