"""What a body asks in a chat, and what becomes of the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.chat import NO, Wish
from services.ideas.deeds import Ask, Doer
from services.ideas.ledger import Event
from services.ideas.periods import Period
from services.ideas.work_tables import LedgerRow
from tests.ideas.dialogue.talk import MINUTE, Talk

sqlite_alone = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)
CHEMNITZ = "stadt-chemnitz"


async def asked(erika: Talk, question: str = "Welche Straße meinen Sie?") -> str:
    """An idea of some days ago whose body has asked something, which has been sent; its number."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.register.write_digest(CHEMNITZ, Period("one", erika.at), erika.at)
    erika.at += 3 * DAY
    await ask(erika, reference, question)
    return reference


async def ask(erika: Talk, reference: str, question: str) -> None:
    await erika.register.work.act(reference, Ask(question), Doer("j.weber", CHEMNITZ), erika.at)
    await erika.sent()


async def said(erika: Talk) -> list[list[str]]:
    return [[each.text for each in idea.contributions] for idea in await erika.ideas()]


async def test_the_next_message_is_the_answer(erika: Talk) -> None:
    """It lands in the idea's conversation, and the body that asked hears of it."""
    await asked(erika)
    await erika.say("Die Zwickauer Straße", after=5 * MINUTE)

    assert await said(erika) == [["Mehr Busse in Chemnitz", "Die Zwickauer Straße"]]
    assert (await erika.answers())[-1] == "added"
    async with erika.store.reading() as session:
        heard = await session.scalars(
            select(LedgerRow.event).where(LedgerRow.body == CHEMNITZ, LedgerRow.digest_id.is_(None))
        )
        assert set(heard) == {Event.DECIDED, Event.ADDED}


@sqlite_alone
@pytest.mark.parametrize(("wish", "words"), [(Wish.CONFIRM, "Ja, genau"), (Wish.KEEP, "nein"), (Wish.TOPIC, "Umwelt")])
async def test_a_short_answer_is_one_as_well(erika: Talk, wish: Wish, words: str) -> None:
    """Words that would be a button's elsewhere are what the body wants to know."""
    await asked(erika, "Meinen Sie die Zwickauer Straße?")
    await erika.type(wish, words, "environment" if wish is Wish.TOPIC else "")

    assert await said(erika) == [["Mehr Busse in Chemnitz", words]]


@sqlite_alone
async def test_after_a_day_a_message_is_a_new_idea_unless_the_button_is_pressed(erika: Talk) -> None:
    """The button under the question holds as long as the idea."""
    reference = await asked(erika)
    await erika.say("Mehr Wald", after=DAY + MINUTE)
    await erika.press(Wish.ADD, reference)
    await erika.say("Die Zwickauer Straße", after=MINUTE)

    assert await said(erika) == [["Mehr Busse in Chemnitz", "Die Zwickauer Straße"], ["Mehr Wald"]]


@sqlite_alone
async def test_what_was_asked_last_is_answered(erika: Talk) -> None:
    """Of two questions about two ideas; and one answer is enough."""
    first = await asked(erika)
    await erika.say("Am Markt", after=MINUTE)
    await erika.say("Mehr Wald", after=DAY)
    assert len(await erika.ideas()) == 2
    await ask(erika, first, "Wann?")
    await erika.say("Abends", after=MINUTE)

    assert await said(erika) == [["Mehr Busse in Chemnitz", "Am Markt", "Abends"], ["Mehr Wald"]]


@sqlite_alone
async def test_a_question_does_not_keep_anybody_from_saying_stop(erika: Talk) -> None:
    """Typed commands are no answers."""
    await asked(erika)
    await erika.type(Wish.UPDATES, "stopp", NO)

    assert await said(erika) == [["Mehr Busse in Chemnitz"]]
    assert (await erika.answers())[-1] == "updates"


@sqlite_alone
async def test_news_without_a_question_wait_for_no_answer(erika: Talk) -> None:
    """What is written after a stage was told is a new idea."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.register.change_stage((await erika.idea()).reference, "pruefung-regionalkonvent", "", "s", erika.at)
    await erika.sent()
    await erika.say("Mehr Wald", after=DAY)

    assert len(await erika.ideas()) == 2
