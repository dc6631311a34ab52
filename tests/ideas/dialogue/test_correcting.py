"""Corrections by the person who sent an idea."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from nlp.understanding import Point
from services.ideas.chat import MORE, NO, Wish
from services.ideas.chat_tables import CorrectionRow
from services.ideas.model import Idea
from tests.ideas.dialogue.talk import LICHTENBERGS, PLAUEN, VENUSBERG, Talk

HOUR = timedelta(hours=1)
sqlite_alone = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def corrections(talk: Talk) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    async with talk.store.reading() as session:
        rows = await session.scalars(select(CorrectionRow).order_by(CorrectionRow.id))
        return [(row.field, row.before, row.after) for row in rows]


def topics(understanding: dict[str, object]) -> list[object]:
    return [topic["id"] for topic in understanding["topics"]]  # type: ignore[attr-defined]


def towns(idea: Idea) -> list[str]:
    return [town.ags for town in idea.understanding.municipalities]


async def test_a_chosen_topic_is_kept_as_a_correction(erika: Talk) -> None:
    """The chosen topic counts from now on, before and after are kept, and the idea is routed by it."""
    await erika.say("Mehr Busse in Plauen")
    reference = (await erika.idea()).reference
    await erika.press(Wish.TOPIC, reference)
    await erika.press(Wish.TOPIC, reference, "education")

    idea = await erika.idea()
    assert [topic.id for topic in idea.understanding.topics] == ["education"]
    ((field, before, after),) = await corrections(erika)
    assert (field, topics(before), topics(after)) == ("topic", ["mobility"], ["education"])
    assert (await erika.answers())[1:] == ["ask_topic", "corrected"]


@sqlite_alone
async def test_a_correction_survives_what_is_said_later(erika: Talk) -> None:
    """An addition changes what was not corrected, and nothing that was."""
    await erika.say("Mehr Busse")
    await erika.press(Wish.TOPIC, (await erika.idea()).reference, "education")
    await erika.say("in Plauen, und der Bus auch")

    understanding = (await erika.idea()).understanding
    assert [topic.id for topic in understanding.topics] == ["education"]
    assert understanding.municipalities == (PLAUEN,)


@sqlite_alone
async def test_none_of_the_topics_is_for_a_person(erika: Talk) -> None:
    """Whose topic is not among them goes to people: the program does not guess against the person's word."""
    await erika.say("Mehr Busse in Plauen")
    await erika.press(Wish.TOPIC, (await erika.idea()).reference, NO)

    idea = await erika.idea()
    assert (idea.understanding.topics, idea.understanding.abstained) == ((), True)
    assert [each.body for each in idea.assignments] == ["regionalkonvent"]


@sqlite_alone
async def test_all_topics_can_be_asked_for(erika: Talk) -> None:
    """The button "Andere Themen" asks once more, with every topic."""
    await erika.say("Mehr Busse")
    await erika.press(Wish.TOPIC, (await erika.idea()).reference, MORE)

    assert (await erika.owed())[-1].parameters["every"] is True


@sqlite_alone
async def test_a_typed_topic_answers_the_question_alone(erika: Talk) -> None:
    """The name of a topic is its choice after the question, and else somebody's words."""
    await erika.say("Mehr Busse")
    await erika.type(Wish.TOPIC, "Bildung", "education")
    assert len((await erika.idea()).contributions) == 2

    await erika.press(Wish.TOPIC, (await erika.idea()).reference)
    await erika.type(Wish.TOPIC, "Bildung", "education")
    assert len((await erika.idea()).contributions) == 2
    assert [topic.id for topic in (await erika.idea()).understanding.topics] == ["education"]


async def test_a_typed_place_is_a_correction(erika: Talk) -> None:
    """After "Ort ändern" the next words are the place, and no contribution."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say("plauen")

    idea = await erika.idea()
    assert towns(idea) == [PLAUEN.ags]
    assert [each.body for each in idea.assignments] == ["landratsamt-vogtlandkreis"]
    assert len(idea.contributions) == 1
    assert [field for field, _, _ in await corrections(erika)] == ["place"]


@sqlite_alone
async def test_a_shared_location_is_a_correction(erika: Talk) -> None:
    """After "Ort ändern" a location is the place, and people can see the very point."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say(point=Point(50.49, 12.13))

    assert towns(await erika.idea()) == [PLAUEN.ags]
    assert (await erika.idea()).contributions[-1].point == Point(50.49, 12.13)


@sqlite_alone
async def test_an_unknown_place_is_kept_as_words(erika: Talk) -> None:
    """A place that nobody knows stays with the idea, and the question stays open."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say("Hinterdupfing")
    assert [said.text for said in (await erika.idea()).contributions] == ["Mehr Busse in Chemnitz", "Hinterdupfing"]
    assert (await erika.answers())[-1] == "unknown_place"

    await erika.say("Plauen")
    assert towns(await erika.idea()) == [PLAUEN.ags]


@sqlite_alone
async def test_a_name_of_one_district_names_the_district(erika: Talk) -> None:
    """Where all places of a typed name lie in one district, that one counts, and a single place is the place."""
    await erika.say("Mehr Busse in Chemnitz")
    reference = (await erika.idea()).reference
    await erika.press(Wish.PLACE, reference)
    await erika.say("Neustadt")
    understanding = (await erika.idea()).understanding
    assert ([each.key for each in understanding.districts], understanding.candidates) == (["14523"], ())

    await erika.press(Wish.PLACE, reference)
    await erika.say("Venusberg")
    assert towns(await erika.idea()) == [VENUSBERG.ags]


@sqlite_alone
async def test_a_typed_name_of_several_districts_is_asked_about(erika: Talk) -> None:
    """Where a typed name stands for places in several districts, the candidates are kept for the question."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say("Lichtenberg")

    understanding = (await erika.idea()).understanding
    assert (understanding.districts, understanding.candidates) == ((), LICHTENBERGS)


@sqlite_alone
async def test_more_than_a_place_is_no_place(erika: Talk) -> None:
    """Who goes on telling after "Ort ändern" has added to the idea."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say("Ach nein. Der Bus soll auch nach Plauen fahren, und zwar am besten jede Stunde bis Mitternacht.")

    assert len((await erika.idea()).contributions) == 2
    assert await corrections(erika) == []


async def test_one_of_several_places_is_chosen_by_a_button(erika: Talk) -> None:
    """The chosen one of the places of a name counts, and nothing is open any more."""
    await erika.say("Der Bus in Lichtenberg fehlt")
    idea = await erika.idea()
    assert idea.understanding.candidates == LICHTENBERGS
    await erika.press(Wish.PLACE, idea.reference, LICHTENBERGS[2].ags)

    understanding = (await erika.idea()).understanding
    assert [district.key for district in understanding.districts] == ["14524"]
    assert [town.ags for town in understanding.municipalities] == [LICHTENBERGS[2].ags]
    assert understanding.candidates == ()


@sqlite_alone
async def test_one_of_several_places_is_chosen_in_words(erika: Talk) -> None:
    """A short answer that fits one of the places alone chooses it; one that fits several is an addition."""
    await erika.say("Der Bus in Lichtenberg fehlt")
    await erika.say("das im Kreis Zwickau")
    assert towns(await erika.idea()) == [LICHTENBERGS[2].ags]
    assert len((await erika.idea()).contributions) == 1


@sqlite_alone
async def test_more_than_the_answer_is_kept(erika: Talk) -> None:
    """What else is said with the answer stays with the idea; hours later it would be another one."""
    await erika.say("Der Bus in Lichtenberg fehlt")
    await erika.say("der im Kreis Zwickau braucht auch eine Haltestelle")
    assert towns(await erika.idea()) == [LICHTENBERGS[2].ags]
    assert len((await erika.idea()).contributions) == 2


@sqlite_alone
async def test_an_answer_may_come_late(erika: Talk) -> None:
    """A day long a short answer is one, and a longer message about the same place a new idea."""
    await erika.say("Der Bus in Lichtenberg fehlt")
    await erika.say("im Kreis Zwickau sollte man einmal mehr bauen", after=5 * HOUR)
    assert len(await erika.ideas()) == 2

    await erika.say("Wald in Lichtenberg", after=HOUR)
    await erika.say("das im Kreis Zwickau", after=5 * HOUR)
    assert len(await erika.ideas()) == 3
    assert towns((await erika.ideas())[2]) == [LICHTENBERGS[2].ags]


@sqlite_alone
@pytest.mark.parametrize("place", ["St. Plauen", "Plauen i. V."])
async def test_a_place_may_be_abbreviated(erika: Talk, place: str) -> None:
    """A dot ends no sentence behind a short word."""
    await erika.say("Mehr Busse in Chemnitz")
    await erika.press(Wish.PLACE, (await erika.idea()).reference)
    await erika.say(place)

    assert towns(await erika.idea()) == [PLAUEN.ags]


@sqlite_alone
async def test_a_place_that_is_none_of_them_asks(erika: Talk) -> None:
    """A button with a place that is no candidate of the idea, forged or outdated, asks for the place."""
    await erika.say("Mehr Busse in Chemnitz")
    before = (await erika.idea()).understanding
    await erika.press(Wish.PLACE, (await erika.idea()).reference, "14523320")

    assert (await erika.answers())[-1] == "ask_place"
    assert (await erika.idea()).understanding == before


@sqlite_alone
async def test_that_it_is_right_is_kept_too(erika: Talk) -> None:
    """That it is right, pressed or typed, is kept: the next model learns from it as well."""
    await erika.say("Mehr Busse in Plauen")
    await erika.type(Wish.CONFIRM, "stimmt")

    ((field, before, after),) = await corrections(erika)
    assert (field, before) == ("confirmed", after)
    assert (await erika.answers())[-1] == "confirmed"


@sqlite_alone
async def test_nobody_corrects_someone_elses_idea(erika: Talk, ben: Talk) -> None:
    """A forged button about another person's idea changes nothing and says no more than that it is unknown here."""
    await erika.say("Mehr Busse in Plauen")
    before = await erika.idea()
    for wish, argument in ((Wish.TOPIC, "education"), (Wish.WITHDRAW, "yes"), (Wish.CONFIRM, ""), (Wish.ADD, "")):
        await ben.press(wish, before.reference, argument)

    assert await erika.idea() == before
    assert {row.template for row in await erika.owed()} == {"notice", "confirmation", "not_possible"}
