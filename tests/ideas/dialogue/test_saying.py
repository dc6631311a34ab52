"""What becomes of the messages of a chat: new ideas, and more of the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nlp.understanding import Point
from services.ideas.chat import ChatMessage, Wish
from services.ideas.model import Refused
from services.ideas.periods import Period
from services.ideas.readings import Submission
from tests.ideas.dialogue.talk import MINUTE, PLAUEN, Talk

DAY = timedelta(days=1)


async def test_one_message_is_an_idea(erika: Talk) -> None:
    """A first message is a whole idea: it is understood, routed and confirmed, after the privacy notice."""
    await erika.say("Mehr Busse in Chemnitz, bitte")

    idea = await erika.idea()
    assert [topic.id for topic in idea.understanding.topics] == ["mobility"]
    assert [assignment.body for assignment in idea.assignments] == ["stadt-chemnitz"]
    notice, confirmation = await erika.owed()
    assert notice.template == "notice"
    assert (confirmation.template, confirmation.parameters) == (
        "confirmation",
        {"reference": idea.reference, "answers": 1},
    )


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_the_notice_is_shown_once(erika: Talk) -> None:
    """Who has read the notice, or the welcome that holds it, is not shown it again."""
    await erika.request("welcome")
    await erika.say("Mehr Busse in Chemnitz")

    assert [row.template for row in await erika.owed()] == ["welcome", "confirmation"]


async def test_messages_in_a_row_are_one_idea(erika: Talk) -> None:
    """What follows within minutes belongs to the idea before, which is understood as a whole and routed anew."""
    await erika.say("Es fehlen Busse")
    assert [each.body for each in (await erika.idea()).assignments] == ["regionalkonvent"]
    await erika.say("und zwar in Plauen")
    await erika.say("vor allem abends")

    idea = await erika.idea()
    assert [said.text for said in idea.contributions] == ["Es fehlen Busse", "und zwar in Plauen", "vor allem abends"]
    assert idea.understanding.municipalities == (PLAUEN,)
    assert [each.body for each in idea.assignments] == ["landratsamt-vogtlandkreis"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_unsent_answers_are_not_repeated(erika: Talk) -> None:
    """While the confirmation has not left, it will tell of the additions as well; afterwards each one is answered."""
    await erika.say("Es fehlen Busse")
    await erika.say("in Plauen")
    assert await erika.answers() == ["confirmation"]
    await erika.sent()

    number = await erika.say("und in Chemnitz")
    assert await erika.answers() == ["confirmation", "added"]
    assert (await erika.owed())[-1].parameters["split"] == str(number)


@pytest.mark.parametrize(("after", "ideas"), [(5 * MINUTE, 1), (5 * MINUTE + timedelta(seconds=1), 2)])
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_later_message_is_a_new_idea(erika: Talk, after: timedelta, ideas: int) -> None:
    """After the configured minutes the next message is an idea of its own, offered to be merged with the one before."""
    await erika.say("Mehr Busse")
    await erika.say("Mehr Wald", after=after)

    assert len(await erika.ideas()) == ideas
    offered = [row.parameters.get("merge") for row in await erika.owed() if row.template == "confirmation"]
    assert offered == [None, (await erika.ideas())[0].reference][:ideas]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_reply_belongs_to_what_it_replies_to(erika: Talk) -> None:
    """A reply to an own message, or to one of the bot's that names an idea, extends that idea, however late."""
    first = await erika.say("Mehr Busse in Plauen")
    await erika.say("Mehr Wald", after=DAY)
    one, two = await erika.ideas()
    await erika.say("auch sonntags", answers=first)
    await erika.say("auch samstags", answers=999, about=one.reference, after=DAY)

    one, two = await erika.ideas()
    assert [said.text for said in one.contributions] == ["Mehr Busse in Plauen", "auch sonntags", "auch samstags"]
    assert [said.text for said in two.contributions] == ["Mehr Wald"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_reference_opens_no_one_elses_idea(erika: Talk, ben: Talk) -> None:
    """A reply that names somebody else's idea is an idea of its own."""
    await erika.say("Mehr Busse")
    foreign = (await erika.idea()).reference
    await ben.say("Hier bin ich", about=foreign, answers=1)

    assert len((await erika.idea()).contributions) == 1
    assert (await ben.idea()).reference != foreign


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_an_album_is_one_message(erika: Talk) -> None:
    """All pictures of an album stand with one contribution, answered once; a caption may be on any of them."""
    await erika.say(files=["1.jpg"], album="A")
    await erika.say(files=["2.jpg"], album="A", text="Der Wald stirbt")
    await erika.say(files=["3.jpg"], album="A", after=DAY)

    (said,) = (await erika.idea()).contributions
    assert (said.text, said.awaited) == ("Der Wald stirbt", ("1.jpg", "2.jpg", "3.jpg"))
    assert [topic.id for topic in (await erika.idea()).understanding.topics] == ["environment"]
    assert await erika.answers() == ["confirmation"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_location_tells_the_place_of_the_idea_before(erika: Talk) -> None:
    """A location that follows an idea is its place, and a text that follows a location is what should change there."""
    await erika.say("Es fehlen Busse")
    await erika.say(point=Point(50.49, 12.13))
    assert (await erika.idea()).understanding.municipalities == (PLAUEN,)

    await erika.say(point=Point(50.49, 12.13), after=DAY)
    await erika.say("Hier fehlt ein Wald")
    idea = (await erika.ideas())[1]
    assert idea.understanding.municipalities == (PLAUEN,)
    assert [topic.id for topic in idea.understanding.topics] == ["environment"]
    assert idea.contributions[0].point == Point(50.49, 12.13)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_additions_can_be_announced(erika: Talk) -> None:
    """After "Ergänzen" the next message belongs to that idea, even days later, and only that one."""
    await erika.say("Mehr Busse")
    await erika.say("Mehr Wald", after=DAY)
    one, _ = await erika.ideas()
    await erika.sent()
    await erika.press(Wish.ADD, one.reference)
    await erika.say("auch nachts", after=23 * timedelta(hours=1))
    await erika.say("Mehr Schulen", after=DAY)

    assert [len(idea.contributions) for idea in await erika.ideas()] == [2, 1, 1]
    assert (await erika.answers())[2:] == ["ask_addition", "added", "confirmation"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_new_idea_can_be_announced(erika: Talk) -> None:
    """After "Neue Idee" the next message is one of its own, however soon it comes."""
    await erika.say("Mehr Busse")
    await erika.type(Wish.SPLIT, "neue Idee")
    await erika.say("Mehr Wald")

    assert [len(idea.contributions) for idea in await erika.ideas()] == [1, 1]


async def test_told_bodies_hear_of_additions(erika: Talk) -> None:
    """A body that had an idea in its digest finds it in the next one again when something is added."""
    await erika.say("Mehr Busse in Chemnitz")
    assert await erika.register.write_digest("stadt-chemnitz", Period("one", erika.at), erika.at) == 1
    await erika.sent()
    assert await erika.register.write_digest("stadt-chemnitz", Period("two", erika.at), erika.at) == 0
    await erika.say("auch nachts")

    assert await erika.register.write_digest("stadt-chemnitz", Period("three", erika.at), erika.at) == 1


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_files_that_are_too_large_are_told_by_the_answer_that_waits(erika: Talk) -> None:
    """What comes before the first answer has left is counted in it, and no second one is owed."""
    await erika.say("Mehr Busse in Chemnitz")
    for number in (90, 91):
        chat = ChatMessage(number, erika.at)
        await erika.record(Submission(erika.sender, "", "", refused=Refused(too_large=1), chat=chat))

    assert await erika.answers() == ["confirmation"]
    assert (await erika.owed())[-1].parameters["too_large"] == 2


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_the_question_is_asked_once(erika: Talk) -> None:
    """The card that asks says so, and every later one is settled, though nobody has answered."""
    await erika.say("Mehr Busse")
    await erika.say("und zwar in Lichtenberg")
    (confirmation,) = (await erika.owed())[1:]
    assert confirmation.parameters["question"] == "place"
    await erika.sent()
    await erika.say("am besten jede halbe Stunde")

    added = (await erika.owed())[-1]
    assert (added.template, added.parameters["settled"]) == ("added", True)
