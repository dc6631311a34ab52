"""Language, updates, and whether a chat can be reached."""

from __future__ import annotations

import pytest

from services.ideas.chat import NO, YES, Wish
from tests.conftest import NOON
from tests.ideas.dialogue.talk import MINUTE, Talk

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_the_language_is_asked_and_chosen(erika: Talk) -> None:
    """A language that is none of ours asks; a chosen one is spoken from that answer on."""
    await erika.press(Wish.LANGUAGE, argument="tlh")
    await erika.press(Wish.LANGUAGE, argument="de")

    assert await erika.answers() == ["ask_language", "language"]


async def test_updates_can_be_switched_off_and_on(erika: Talk) -> None:
    """Switched off, no stage is told of unasked, and answers go on; switched on, stages are told again."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.press(Wish.UPDATES, argument=NO)
    await erika.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    await erika.say("und abends")
    states = {row.template: row.state for row in await erika.owed()}
    assert (states["update"], states["updates"], states["confirmation"]) == ("withheld", "due", "due")

    await erika.press(Wish.UPDATES, argument=YES)
    await erika.register.change_stage(reference, "fachpruefung-imag", "", "staff", NOON)
    assert (await erika.owed())[-1].state == "due"


async def test_who_has_blocked_the_bot_gets_nothing_until_they_write(erika: Talk) -> None:
    """Blocked, nothing is owed to the chat any more, and the idea stays; whoever writes again can be reached."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.block()
    await erika.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    assert {row.state for row in await erika.owed()} == {"withheld"}

    await erika.say("Da bin ich wieder", after=10 * MINUTE)
    assert (await erika.owed())[-1].state == "due"


async def test_who_lets_the_bot_back_in_is_told_of_stages_again(erika: Talk) -> None:
    """Unblocked, the next stage is told of."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.block()
    await erika.block(is_present=True)
    reference = (await erika.idea()).reference
    await erika.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)

    assert (await erika.owed())[-1].state == "due"


async def test_a_stranger_who_blocks_the_bot_leaves_no_trace(erika: Talk) -> None:
    """Nothing is kept of a chat that never said anything."""
    await erika.block()

    assert await erika.owed() == []


async def test_words_for_a_button_without_an_idea_say_so(erika: Talk) -> None:
    """A "stimmt" in an empty chat is answered: there is nothing to confirm."""
    await erika.type(Wish.CONFIRM, "stimmt")

    assert (await erika.owed())[-1].parameters["reason"] == "nothing"
