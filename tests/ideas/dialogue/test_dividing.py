"""Splitting, merging, withdrawing and rewording."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.ideas.capability import Purpose
from services.ideas.chat import YES, Wish
from services.ideas.periods import Period
from tests.conftest import NOON
from tests.ideas.dialogue.talk import PLAUEN, Talk

DAY = timedelta(days=1)
sqlite_alone = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_a_message_is_split_from_the_idea_it_was_added_to(erika: Talk) -> None:
    """The button "Neue Idee" makes an idea of that message; both are understood and routed for themselves."""
    await erika.say("Mehr Busse in Chemnitz")
    number = await erika.say("Mehr Wald in Plauen")
    await erika.press(Wish.SPLIT, (await erika.idea()).reference, str(number))

    one, two = await erika.ideas()
    assert [[said.text for said in idea.contributions] for idea in (one, two)] == [
        ["Mehr Busse in Chemnitz"],
        ["Mehr Wald in Plauen"],
    ]
    assert [[each.body for each in idea.assignments] for idea in (one, two)] == [
        ["stadt-chemnitz"],
        ["landratsamt-vogtlandkreis"],
    ]
    confirmation = (await erika.owed())[-1]
    assert (confirmation.template, confirmation.parameters["reference"], confirmation.parameters["merge"]) == (
        "confirmation",
        two.reference,
        one.reference,
    )


@sqlite_alone
async def test_typed_splitting_takes_the_last_message(erika: Talk) -> None:
    """The words "neue Idee", typed after an addition, is about that addition."""
    await erika.say("Mehr Busse")
    await erika.say("Mehr Wald")
    await erika.type(Wish.SPLIT, "neue Idee")

    assert [[said.text for said in idea.contributions] for idea in await erika.ideas()] == [
        ["Mehr Busse"],
        ["Mehr Wald"],
    ]


@sqlite_alone
async def test_pressed_twice_a_button_splits_once(erika: Talk) -> None:
    """A second press of "Neue Idee" finds nothing to split."""
    await erika.say("Mehr Busse")
    number = await erika.say("Mehr Wald")
    reference = (await erika.idea()).reference
    for _ in range(2):
        await erika.press(Wish.SPLIT, reference, str(number))

    assert len(await erika.ideas()) == 2


async def test_two_ideas_are_merged(erika: Talk) -> None:
    """The second idea lives on in the first, which is found by both numbers and by both pages."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.say("auch in Plauen", after=timedelta(hours=1))
    one, two = await erika.ideas()
    await erika.press(Wish.MERGE, two.reference, one.reference)

    idea = await erika.idea()
    assert [said.text for said in idea.contributions] == ["Mehr Busse in Chemnitz", "auch in Plauen"]
    assert {each.body for each in idea.assignments} == {"stadt-chemnitz", "landratsamt-vogtlandkreis"}
    assert await erika.register.idea(two.reference) == idea
    token = erika.register.token(Purpose.STATUS_PAGE, two.reference)
    assert await erika.register.idea_by_token(token, Purpose.STATUS_PAGE) == idea
    assert (await erika.owed())[-1].parameters["merged"] == two.reference


@sqlite_alone
async def test_typed_merging_takes_the_idea_before(erika: Talk) -> None:
    """The word "zusammenlegen" joins the last two ideas of the chat."""
    await erika.say("Mehr Busse")
    await erika.say("Mehr Wald", after=timedelta(hours=1))
    await erika.type(Wish.MERGE, "zusammenlegen")

    assert len((await erika.idea()).contributions) == 2


@sqlite_alone
async def test_merging_loses_no_body_that_knew_the_idea(erika: Talk) -> None:
    """A body that was told of the second idea finds it in its next digest as part of the first."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.say("Mehr Wald in Plauen", after=timedelta(hours=1))
    one, two = await erika.ideas()
    await erika.register.write_digest("landratsamt-vogtlandkreis", Period("one", erika.at), erika.at)
    await erika.sent()
    await erika.press(Wish.MERGE, two.reference, one.reference)

    assert await erika.register.write_digest("landratsamt-vogtlandkreis", Period("two", erika.at), erika.at) == 1


@sqlite_alone
async def test_what_people_work_on_is_not_merged_away(erika: Talk) -> None:
    """An idea that a body has moved on keeps its own number."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.say("Mehr Wald in Plauen", after=timedelta(hours=1))
    one, two = await erika.ideas()
    await erika.register.change_stage(two.reference, "pruefung-regionalkonvent", "", "staff", NOON)
    await erika.press(Wish.MERGE, two.reference, one.reference)

    assert len(await erika.ideas()) == 2
    assert (await erika.owed())[-1].parameters["reason"] == "late"


async def test_withdrawing_is_asked_and_done(erika: Talk) -> None:
    """After a second press the idea is withdrawn, and bodies that knew nothing of it never will."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.press(Wish.WITHDRAW, reference)
    assert (await erika.idea()).stage == "zugeordnet"
    await erika.press(Wish.WITHDRAW, reference, YES)

    idea = await erika.idea()
    assert (idea.stage, idea.assignments) == ("zurueckgezogen", ())
    assert await erika.register.write_digest("stadt-chemnitz", Period("one", erika.at), erika.at) == 0
    await erika.say("Mehr Wald")
    assert len(await erika.ideas()) == 2


@sqlite_alone
async def test_a_body_hears_that_an_idea_is_withdrawn(erika: Talk) -> None:
    """A body that was told of an idea finds it in its next digest once more, withdrawn."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.register.write_digest("stadt-chemnitz", Period("one", erika.at), erika.at)
    await erika.sent()
    await erika.press(Wish.WITHDRAW, (await erika.idea()).reference, YES)

    assert await erika.register.write_digest("stadt-chemnitz", Period("two", erika.at), erika.at) == 1


@sqlite_alone
async def test_withdrawing_can_be_typed_and_refused(erika: Talk) -> None:
    """A "ja" after the question withdraws; without it nothing happens, and "nein" keeps the idea."""
    await erika.say("Mehr Busse")
    await erika.type(Wish.CONFIRM, "ja")
    await erika.type(Wish.WITHDRAW, "zurückziehen")
    await erika.type(Wish.KEEP, "nein")
    await erika.type(Wish.CONFIRM, "ja")
    assert (await erika.idea()).stage == "eingegangen"

    await erika.type(Wish.WITHDRAW, "zurückziehen")
    await erika.type(Wish.CONFIRM, "ja")
    assert (await erika.idea()).stage == "zurueckgezogen"


@sqlite_alone
async def test_what_is_decided_is_not_withdrawn(erika: Talk) -> None:
    """An idea at the end of its way stays there."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.register.change_stage(reference, "umgesetzt", "", "staff", NOON)
    await erika.press(Wish.WITHDRAW, reference, YES)

    assert (await erika.idea()).stage == "umgesetzt"


async def test_an_edit_changes_the_idea_and_keeps_how_it_read(erika: Talk) -> None:
    """A reworded message counts as it reads now, is understood and routed anew, and its former wording is kept."""
    number = await erika.say("Mehr Busse in Chemnitz")
    await erika.edit(number, "Mehr Busse in Plauen")
    await erika.edit(number, "Mehr Busse in Plauen!")

    idea = await erika.idea()
    assert [(said.text, said.earlier) for said in idea.contributions] == [
        ("Mehr Busse in Plauen!", ("Mehr Busse in Chemnitz", "Mehr Busse in Plauen"))
    ]
    assert idea.understanding.municipalities == (PLAUEN,)
    assert [each.body for each in idea.assignments] == ["landratsamt-vogtlandkreis"]


@sqlite_alone
async def test_an_edit_that_changes_nothing_is_not_answered(erika: Talk) -> None:
    """Telegram also sends edits that leave the text as it was."""
    number = await erika.say("Mehr Busse")
    await erika.edit(number, "Mehr Busse")

    assert await erika.answers() == ["confirmation"]
    assert (await erika.idea()).contributions[0].earlier == ()


@sqlite_alone
async def test_a_greeting_that_becomes_an_idea_is_one(erika: Talk) -> None:
    """A message that was none of an idea's may become one by an edit."""
    await erika.edit(77, "Hallo, mehr Busse in Plauen bitte")
    await erika.edit(78, "/hilfe bitte", is_phrase=True)

    assert (await erika.idea()).understanding.municipalities == (PLAUEN,)


@sqlite_alone
async def test_a_live_idea_is_not_merged_into_a_withdrawn_one(erika: Talk) -> None:
    """The button of an older card does not bury an idea in one that is over."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.say("Mehr Wald in Plauen", after=timedelta(hours=1))
    one, two = await erika.ideas()
    await erika.press(Wish.WITHDRAW, one.reference, YES)
    await erika.press(Wish.MERGE, two.reference, one.reference)

    assert [idea.stage for idea in await erika.ideas()] == ["zurueckgezogen", "zugeordnet"]
    assert (await erika.owed())[-1].parameters["reason"] == "late"


@sqlite_alone
async def test_what_people_work_on_is_not_split(erika: Talk) -> None:
    """No message is taken out of an idea that a body has moved on."""
    await erika.say("Mehr Busse in Chemnitz")
    number = await erika.say("Mehr Wald in Plauen")
    reference = (await erika.idea()).reference
    await erika.register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)
    await erika.press(Wish.SPLIT, reference, str(number))

    assert len((await erika.idea()).contributions) == 2
    assert (await erika.owed())[-1].parameters["reason"] == "late"


@sqlite_alone
async def test_a_forged_number_splits_nothing(erika: Talk) -> None:
    """A button with a number that no message can have is answered like any other that fits nothing."""
    await erika.say("Mehr Busse")
    await erika.press(Wish.SPLIT, (await erika.idea()).reference, "9" * 30)

    assert (await erika.answers())[-1] == "ask_idea"


@sqlite_alone
async def test_staff_who_know_the_old_number_move_the_merged_idea(erika: Talk) -> None:
    """An idea that was merged moves with the one it belongs to, and its submitter is told of that one."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.say("auch in Plauen", after=timedelta(hours=1))
    one, two = await erika.ideas()
    await erika.press(Wish.MERGE, two.reference, one.reference)
    moved = await erika.register.change_stage(two.reference, "pruefung-regionalkonvent", "", "staff", NOON)

    assert (moved.reference, moved.stage) == (one.reference, "pruefung-regionalkonvent")
    assert (await erika.owed())[-1].parameters["reference"] == one.reference


@sqlite_alone
async def test_a_withdrawn_idea_is_given_to_nobody_again(erika: Talk) -> None:
    """Neither an album that goes on nor a model that comes back later brings a withdrawn idea to a body."""
    await erika.say("Mehr Busse in Chemnitz", files=["1.jpg"], album="A")
    reference = (await erika.idea()).reference
    await erika.press(Wish.WITHDRAW, reference, YES)
    await erika.say("und in Plauen", files=["2.jpg"], album="A")

    idea = await erika.idea()
    assert (idea.assignments, len(idea.contributions)) == ((), 2)


@sqlite_alone
async def test_edits_of_captions_change_their_own_words(erika: Talk) -> None:
    """Each captioned picture of an album keeps its words when another one's are edited."""
    await erika.say("Mehr Busse in Plauen", files=["1.jpg"], album="A")
    number = await erika.say("Und die Schule", files=["2.jpg"], album="A")
    await erika.edit(number, "Und die Schule auch")

    assert [said.text for said in (await erika.idea()).contributions] == ["Mehr Busse in Plauen", "Und die Schule auch"]


@sqlite_alone
async def test_an_edit_asks_nothing_that_was_asked(erika: Talk) -> None:
    """The one question about an idea is not put again with each edit."""
    number = await erika.say("Der Bus in Lichtenberg fehlt")
    await erika.sent()
    await erika.edit(number, "Der Bus in Lichtenberg fehlt sehr")

    assert [row.parameters.get("question") for row in await erika.owed() if row.template != "notice"] == ["place", None]
    assert (await erika.owed())[-1].parameters["settled"] is True
